//! What a second thread is worth, under one GIL and without: `cargo bench -p gil`.
//!
//! The ways are timed in turns within one run, and the fastest of the turns counts, so that noise from
//! other programs falls on all alike; still, a machine that is busy has no cores to spare.

use gil::Instruction::{Add, Const, Dup, JumpIfNotZero, Wait};
use gil::{Gil, Instruction, run};
use std::io::{self, Write};
use std::thread;
use std::time::{Duration, Instant};

const TURNS: u32 = 7;
/// Four steps each.
const TIMES: i64 = 2_000_000;
/// Some milliseconds, as Python's switch interval of 5.
const SWITCH_AFTER: usize = 1_000_000;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let compute = [Const(TIMES), Const(-1), Add, Dup, JumpIfNotZero(1)];
    let io = || thread::sleep(Duration::from_millis(10));
    for (name, program) in [("compute", &compute[..]), ("wait 10 ms", &[Wait(&io)])] {
        let mut best = [Duration::MAX; 4];
        for _ in 0..TURNS {
            let times = [
                alone_twice(program),
                both(program, SWITCH_AFTER, [&Gil::new(); 2]),
                both(program, 100, [&Gil::new(); 2]),
                both(program, SWITCH_AFTER, [&Gil::new(), &Gil::new()]),
            ];
            best = std::array::from_fn(|way| best[way].min(times[way]));
        }
        writeln!(out, "2 threads {name}")?;
        let ways = [
            "one after another",
            "one GIL, switch after 1,000,000 steps",
            "one GIL, switch after 100 steps",
            "a lock for each",
        ];
        for (way, time) in ways.into_iter().zip(best) {
            let ratio = best[0].as_secs_f64() / time.as_secs_f64();
            writeln!(out, "  {way:<38} {time:>9.1?} {ratio:6.2} ×")?;
        }
    }
    Ok(())
}

fn alone_twice(program: &[Instruction]) -> Duration {
    let start = Instant::now();
    for _ in 0..2 {
        run(&Gil::new(), &[], SWITCH_AFTER, program);
    }
    start.elapsed()
}

fn both(program: &[Instruction], switch_after: usize, gils: [&Gil; 2]) -> Duration {
    let start = Instant::now();
    thread::scope(|scope| {
        for gil in gils {
            scope.spawn(move || run(gil, &[], switch_after, program));
        }
    });
    start.elapsed()
}
