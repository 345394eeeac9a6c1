//! Threads that compute, threads that wait, and an update that is lost, under a GIL and without.

use gil::Instruction::{Add, Call, Const, Dup, JumpIfNotZero, Load, Store, Wait};
use gil::{Gil, Instruction, run};
use std::io::{self, Write};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::thread;

const TIMES: i64 = 1_000;
const OFTEN: usize = 100;
const SELDOM: usize = 1_000_000;

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    writeln!(out, "2 threads compute.")?;
    let (most, steps) = compute(&[&Gil::default(); 2], || ());
    let total: usize = steps.iter().sum();
    writeln!(
        out,
        "  one GIL:       {most} in a step at a time, {total} steps one after another"
    )?;
    // Here each waits inside a step for the other, so that two is reached, not by chance.
    let both = Barrier::new(2);
    let (most, steps) = compute(&[&Gil::default(), &Gil::default()], || {
        both.wait();
    });
    writeln!(
        out,
        "  one for each:  {most} in a step at a time, {} steps each",
        steps[0]
    )?;

    writeln!(out, "4 threads wait for IO.")?;
    writeln!(out, "  GIL released:  {} wait at a time", wait(true))?;
    writeln!(out, "  GIL kept:      {} waits at a time", wait(false))?;

    writeln!(out, "1 thread computes, another wants the GIL.")?;
    for (name, switch_after) in [("often:", OFTEN), ("seldom:", SELDOM)] {
        let turn = if comes_between(switch_after) {
            "meanwhile"
        } else {
            "after that"
        };
        writeln!(out, "  switch {name:<8}has its turn {turn}")?;
    }

    writeln!(
        out,
        "2 threads do x = x + 1, which is {} instructions.",
        ADD_ONE.len()
    )?;
    for switch_after in 1..=ADD_ONE.len() {
        let x = x_after(switch_after);
        writeln!(out, "  switch after {switch_after}: x = {x}")?;
    }
    Ok(())
}

const ADD_ONE: [Instruction; 4] = [Load(0), Const(1), Add, Store(0)];

/// Each thread under its lock. Returns the most that were in one step at a time, and their steps.
fn compute(gils: &[&Gil], in_the_step: impl Fn() + Sync) -> (usize, Vec<usize>) {
    let crowd = Crowd::default();
    let step = || crowd.inside(&in_the_step);
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
    (crowd.most.into_inner(), steps)
}

/// The most that wait at a time.
fn wait(released: bool) -> usize {
    let (gil, crowd, all) = (Gil::default(), Crowd::default(), Barrier::new(4));
    // Nobody is done with waiting before all wait. With the lock kept that would be never.
    let meet = || {
        if released {
            all.wait();
        }
    };
    let io = || crowd.inside(meet);
    let program = if released { [Wait(&io)] } else { [Call(&io)] };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| run(&gil, &[], OFTEN, &program));
        }
    });
    crowd.most.into_inner()
}

/// Whether a thread that waits for the lock has its turn before the one that computes is done.
fn comes_between(switch_after: usize) -> bool {
    let (gil, came, came_before) = (
        Gil::default(),
        AtomicBool::new(false),
        AtomicBool::new(false),
    );
    let look = || came_before.store(came.load(Ordering::Relaxed), Ordering::Relaxed);
    let come = || came.store(true, Ordering::Relaxed);
    let computes = [
        Const(TIMES),
        Const(-1),
        Add,
        Dup,
        JumpIfNotZero(1),
        Call(&look),
    ];
    in_turn(&gil, switch_after, &[], [&computes, &[Call(&come)]]);
    came_before.into_inner()
}

fn x_after(switch_after: usize) -> i64 {
    let x = [AtomicI64::new(0)];
    in_turn(&Gil::default(), switch_after, &x, [&ADD_ONE, &ADD_ONE]);
    let [x] = x;
    x.into_inner()
}

/// Nobody begins before both stand in line, in this order. From there on the lock's order is certain.
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

/// Counts who is inside at the same time.
#[derive(Default)]
struct Crowd {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Crowd {
    fn inside(&self, work: impl Fn()) {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        work();
        self.now.fetch_sub(1, Ordering::Relaxed);
    }
}
