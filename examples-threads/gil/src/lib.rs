// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A small interpreter with a global lock like Python's GIL: only one thread runs at a time.
//!
//! From the project "Many Things at Once", where `cargo run -p gil` demonstrates it and
//! `docs/src/threads/gil.md` explains it.
//!
//! *Notice:* a thread holds the lock while it runs instructions. So two threads that compute take
//! turns, and two that wait do not. `x = x + 1` is four instructions, and another thread may run
//! between any two of them.
//!
//! *Use instead:* Rust needs no such lock. Use `thread-parallel-map` to compute on all cores, and
//! `mutex` for data that threads share.
//!
//! # Use it
//! ```ignore
//! use gil::{Gil, Instruction::*, run};
//! use std::{sync::atomic::AtomicI64, thread};
//!
//! fn main() {
//!     let (gil, x) = (Gil::new(), [AtomicI64::new(0)]);
//!     let add_one = [Load(0), Const(1), Add, Store(0)];
//!     thread::scope(|scope| {
//!         for _ in 0..2 {
//!             scope.spawn(|| run(&gil, &x, 4, &add_one)); // switches threads every 4 steps
//!         }
//!     });
//!     println!("x = {x:?}"); // 2. Every 1, 2 or 3 steps, an update may be lost
//! }
//! ```

pub mod lock;

pub use lock::{Gil, Held};

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

/// The instructions of the interpreter. Each thread has a stack, and all threads share the
/// variables.
#[derive(Clone, Copy)]
pub enum Instruction<'a> {
    /// Pushes a number.
    Const(i64),
    /// Pushes the variable with this number.
    Load(usize),
    /// Pops a number and stores it in the variable with this number.
    Store(usize),
    /// Pops two numbers and pushes their sum.
    Add,
    /// Pushes a copy of the top of the stack.
    Dup,
    /// Pops a number and continues at this instruction, unless the number is zero.
    JumpIfNotZero(usize),
    /// Calls a Rust function with the lock held, as Python calls an extension.
    Call(&'a (dyn Fn() + Sync)),
    /// Calls a Rust function with the lock released, as Python does around everything that waits: a
    /// read, a sleep, another lock.
    Wait(&'a (dyn Fn() + Sync)),
}

/// Runs a program to its end with the lock held, and returns the number of steps. After every
/// `switch_after` steps it lets waiting threads take the lock first. With zero it never does.
///
/// # Panics
/// If the program pops from an empty stack, names a variable that does not exist, or calls a
/// function that panics. The lock is released.
pub fn run(
    gil: &Gil,
    variables: &[AtomicI64],
    switch_after: usize,
    program: &[Instruction],
) -> usize {
    let mut held = gil.acquire();
    let (mut stack, mut at, mut steps) = (Vec::new(), 0, 0_usize);
    while let Some(instruction) = program.get(at) {
        if steps > 0 && steps.is_multiple_of(switch_after) {
            held.give_way();
        }
        (at, steps) = (at + 1, steps + 1);
        let mut pop = || stack.pop().expect("a program pops what it has pushed");
        // Relaxed: the lock orders these accesses. The variables are atomics only because threads
        // that use different locks could access them at the same time.
        match *instruction {
            Instruction::Const(number) => stack.push(number),
            Instruction::Load(variable) => stack.push(variables[variable].load(Ordering::Relaxed)),
            Instruction::Store(variable) => variables[variable].store(pop(), Ordering::Relaxed),
            Instruction::Add => {
                let sum = pop().wrapping_add(pop());
                stack.push(sum);
            }
            Instruction::Dup => {
                let top = pop();
                stack.extend([top, top]);
            }
            Instruction::JumpIfNotZero(target) => {
                if pop() != 0 {
                    at = target;
                }
            }
            Instruction::Call(function) => function(),
            Instruction::Wait(function) => held.without(function),
        }
    }
    steps
}

impl fmt::Debug for Instruction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Const(number) => write!(f, "Const({number})"),
            Self::Load(variable) => write!(f, "Load({variable})"),
            Self::Store(variable) => write!(f, "Store({variable})"),
            Self::Add => write!(f, "Add"),
            Self::Dup => write!(f, "Dup"),
            Self::JumpIfNotZero(target) => write!(f, "JumpIfNotZero({target})"),
            Self::Call(_) => write!(f, "Call"),
            Self::Wait(_) => write!(f, "Wait"),
        }
    }
}
