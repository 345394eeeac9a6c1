//! Threads that compute, threads that wait, and a lost update, with a GIL and with a lock for each
//! thread.

use gil::Instruction::{Add, Call, Const, Dup, JumpIfNotZero, Load, Store, Wait};
use gil::{Gil, Instruction, run};
use std::io::{self, Write};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::thread;

const TIMES: i64 = 1_000;
const OFTEN: usize = 100;
const RARELY: usize = 1_000_000;

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    writeln!(out, "2 threads compute.")?;
    let (most, steps) = compute(&[&Gil::new(); 2], || ());
    let total: usize = steps.iter().sum();
    writeln!(
        out,
        "  one GIL:              at most {most} thread inside a step, {total} steps in all"
    )?;
    // Here each thread waits inside a step for the other, so the result does not depend on luck.
    let both = Barrier::new(2);
    let (most, _) = compute(&[&Gil::new(), &Gil::new()], || {
        both.wait();
    });
    writeln!(
        out,
        "  a lock for each:      {most} threads inside a step at the same time"
    )?;

    writeln!(out, "4 threads wait for IO.")?;
    writeln!(
        out,
        "  GIL released:         {} wait at the same time",
        wait(true)
    )?;
    writeln!(
        out,
        "  GIL kept:             {} waits at a time",
        wait(false)
    )?;

    writeln!(out, "1 thread computes, another wants the GIL.")?;
    for (name, switch_after) in [("often:", OFTEN), ("rarely:", RARELY)] {
        let when = match runs_meanwhile(switch_after) {
            true => "it runs while the first still computes",
            false => "it runs after the first has ended",
        };
        writeln!(out, "  switch {name:<15}{when}")?;
    }

    writeln!(
        out,
        "2 threads run x = x + 1, which is {} instructions.",
        ADD_ONE.len()
    )?;
    for switch_after in 1..=ADD_ONE.len() {
        let x = x_after(switch_after);
        let lost = if x < 2 {
            ", one update is lost"
        } else {
            ", both updates count"
        };
        writeln!(out, "  switch after {switch_after}:       x = {x}{lost}")?;
    }
    Ok(())
}

const ADD_ONE: [Instruction; 4] = [Load(0), Const(1), Add, Store(0)];

/// Runs a thread with each of these locks. Returns how many threads were inside a step at the same
/// time, at most, and how many steps each made.
fn compute(gils: &[&Gil], in_the_step: impl Fn() + Sync) -> (usize, Vec<usize>) {
    let inside = Inside::default();
    let step = || inside.during(&in_the_step);
    let program = [
        Const(TIMES),
        Call(&step),
        Const(-1),
        Add,
        Dup,
        JumpIfNotZero(1),
    ];
    let steps = thread::scope(|scope| {
        let run = |gil| scope.spawn(move || run(gil, &[], OFTEN, &program));
        let threads: Vec<_> = gils.iter().map(|gil| run(*gil)).collect();
        let steps = threads.into_iter().map(|thread| thread.join());
        steps
            .map(|steps| steps.expect("no program here panics"))
            .collect()
    });
    (inside.most.into_inner(), steps)
}

/// How many threads wait at the same time, at most.
fn wait(released: bool) -> usize {
    let (gil, inside, all) = (Gil::new(), Inside::default(), Barrier::new(4));
    // No wait ends before all threads wait. With the lock kept that would never happen.
    let meet = || {
        if released {
            all.wait();
        }
    };
    let io = || inside.during(meet);
    let program = if released { [Wait(&io)] } else { [Call(&io)] };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| run(&gil, &[], OFTEN, &program));
        }
    });
    inside.most.into_inner()
}

/// Whether a thread that waits for the lock runs before the one that computes has ended.
fn runs_meanwhile(switch_after: usize) -> bool {
    let (gil, has_run, meanwhile) = (Gil::new(), AtomicBool::new(false), AtomicBool::new(false));
    let look = || meanwhile.store(has_run.load(Ordering::Relaxed), Ordering::Relaxed);
    let other = || has_run.store(true, Ordering::Relaxed);
    let computes = [
        Const(TIMES),
        Const(-1),
        Add,
        Dup,
        JumpIfNotZero(1),
        Call(&look),
    ];
    in_turn(&gil, switch_after, &[], [&computes, &[Call(&other)]]);
    meanwhile.into_inner()
}

fn x_after(switch_after: usize) -> i64 {
    let x = [AtomicI64::new(0)];
    in_turn(&Gil::new(), switch_after, &x, [&ADD_ONE, &ADD_ONE]);
    let [x] = x;
    x.into_inner()
}

/// Starts both programs once both threads are in the queue, in this order. From there on the order
/// is determined by the lock.
fn in_turn(gil: &Gil, switch_after: usize, x: &[AtomicI64], programs: [&[Instruction]; 2]) {
    thread::scope(|scope| {
        let held = gil.acquire();
        for (place, program) in programs.into_iter().enumerate() {
            scope.spawn(move || run(gil, x, switch_after, program));
            while gil.waiting() <= place as u64 {
                thread::yield_now();
            }
        }
        drop(held);
    });
}

/// Counts the threads that are inside at the same time.
#[derive(Default)]
struct Inside {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Inside {
    fn during(&self, work: impl Fn()) {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        work();
        self.now.fetch_sub(1, Ordering::Relaxed);
    }
}
