//! Runs the threads of a small interpreter one at a time, under one lock: Python's GIL as a toy.
//!
//! Run it: `cargo run -p gil`
//!
//! *Notice:* whoever runs an instruction holds the lock, so two threads that compute take turns, and
//! two that wait do not. And `x = x + 1` is four instructions: the lock may change hands within.
//!
//! *Use instead:* in Rust nothing of the kind. `thread-parallel-map` to compute on all cores, `mutex`
//! for what threads share.
//!
//! The page: `docs/src/threads/gil.md`
//!
//! # Use it
//! ```
//! use gil::{Gil, Instruction::*, run};
//! use std::{sync::atomic::AtomicI64, thread};
//!
//! fn main() {
//!     let (gil, variables) = (Gil::default(), [AtomicI64::new(0)]);
//!     let add_one = [Load(0), Const(1), Add, Store(0)];
//!     thread::scope(|scope| {
//!         for _ in 0..2 {
//!             scope.spawn(|| run(&gil, &variables, 4, &add_one)); // gives way after 4 steps
//!         }
//!     });
//!     assert_eq!(variables.map(AtomicI64::into_inner), [2]); // after 1, 2 or 3 it may be 1
//! }
//! ```

pub mod lock;

pub use lock::{Gil, Held};

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

/// What the machine can do. It has a stack for each thread, and variables that all threads share.
#[derive(Clone, Copy)]
pub enum Instruction<'a> {
    /// Pushes a number.
    Const(i64),
    /// Pushes the variable with this number.
    Load(usize),
    /// Pops into the variable with this number.
    Store(usize),
    /// Pops two, and pushes their sum.
    Add,
    /// Pushes what is on top once more.
    Dup,
    /// Pops, and goes on at this instruction unless that was zero.
    JumpIfNotZero(usize),
    /// Calls a function of Rust under the lock, as Python calls an extension.
    Call(&'a (dyn Fn() + Sync)),
    /// The same without the lock, as Python does around whatever waits: a read, a sleep, a lock.
    Wait(&'a (dyn Fn() + Sync)),
}

/// Runs a program to its end under the lock, and returns how many steps that took. After every
/// `switch_after` steps it gives way to threads that wait for the lock; with zero, never.
///
/// # Panics
/// If the program pops from an empty stack or names a variable that there is not; if a function that
/// it calls panics. The lock is free then.
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
        // Relaxed: under one lock the order is the lock's. They are atomic only because, without
        // the lock, threads may come to write them at the same time.
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
