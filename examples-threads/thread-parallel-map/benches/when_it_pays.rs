//! When a parallel map pays, by the work in all and by Amdahl: `cargo bench -p thread-parallel-map`.
//!
//! The ways are timed in turns within one run, and the fastest of the turns counts, so that noise from
//! other programs falls on all alike; still, a machine that is busy has no cores to spare and shows
//! nothing. A ratio is the time of one after another divided by theirs.

use std::hint::black_box;
use std::io::{self, Write};
use std::num::NonZero;
use std::thread;
use std::time::{Duration, Instant};
use thread_parallel_map::{parallel_map, with_rayon};

/// What one row may take in its turns, all ways together.
const BUDGET: Duration = Duration::from_millis(300);

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let round = nanoseconds_a_round();
    let rounds = |nanoseconds: u64| (nanoseconds as f64 / round).max(1.0) as u64;

    writeln!(out, "    items      each    in all   threads     rayon")?;
    let costs = [10, 100, 1_000, 10_000, 100_000, 1_000_000].map(|cost| (100, cost));
    let counts = [1_000, 10_000, 100_000, 1_000_000].map(|count| (count, 10));
    let mut pays = [None; 2];
    for (count, cost) in costs.into_iter().chain(counts) {
        let row = measure(&vec![rounds(cost); count]);
        print(&mut out, count, row)?;
        note(&mut pays, row);
    }
    for (name, pays) in ["std threads", "rayon"].into_iter().zip(pays) {
        match pays {
            Some(total) => writeln!(out, "{name}: faster from {total:.0?} in all")?,
            None => writeln!(out, "{name}: never faster here")?,
        }
    }

    let cores = thread::available_parallelism().map_or(1, NonZero::get) as f64;
    writeln!(
        out,
        "part that stays serial, {cores} cores: Amdahl's law, measured"
    )?;
    let items = vec![rounds(50_000); 400];
    for percent in [0, 10, 50] {
        let (first, rest) = items.split_at(items.len() * percent / 100);
        let serial = percent as f64 / 100.0;
        let amdahl = 1.0 / (serial + (1.0 - serial) / cores);
        let [alone, together] = fastest(
            7,
            &mut [&mut || one_after_another(&items), &mut || {
                one_after_another(first);
                drop(black_box(parallel_map(rest, spin)));
            }],
        );
        let measured = ratio(alone, together);
        writeln!(out, "  {percent:>2} %   {amdahl:.2} ×   {measured:.2} ×")?;
    }
    Ok(())
}

/// A loop that neither allocates nor waits, and that no compiler can shorten.
fn spin(rounds: &u64) -> u64 {
    let mut state = black_box(1_u64);
    for _ in 0..*rounds {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
    }
    state
}

fn one_after_another(items: &[u64]) {
    drop(black_box(items.iter().map(spin).collect::<Vec<_>>()));
}

/// One after another, by std threads, by rayon.
type Row = [Duration; 3];

fn measure(items: &[u64]) -> Row {
    let start = Instant::now();
    one_after_another(items);
    let turns = BUDGET
        .div_duration_f64(3 * start.elapsed())
        .clamp(5.0, 101.0);
    fastest(
        turns as usize,
        &mut [
            &mut || one_after_another(items),
            &mut || drop(black_box(parallel_map(items, spin))),
            &mut || drop(black_box(with_rayon::parallel_map(items, spin))),
        ],
    )
}

fn fastest<const N: usize>(turns: usize, ways: &mut [&mut dyn FnMut(); N]) -> [Duration; N] {
    let mut best = [Duration::MAX; N];
    for _ in 0..turns {
        for (way, best) in ways.iter_mut().zip(&mut best) {
            let start = Instant::now();
            way();
            *best = start.elapsed().min(*best);
        }
    }
    best
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

fn print(out: &mut impl Write, items: usize, [alone, std, rayon]: Row) -> io::Result<()> {
    let (std, rayon) = (ratio(alone, std), ratio(alone, rayon));
    let each = format!("{:.1?}", alone.div_f64(items as f64));
    let all = format!("{alone:.1?}");
    writeln!(
        out,
        "{items:>9} {each:>9} {all:>9} {std:7.2} × {rayon:7.2} ×"
    )
}

/// The least work in all with which each way was the faster one.
fn note(pays: &mut [Option<Duration>; 2], [alone, others @ ..]: Row) {
    for (pays, other) in pays.iter_mut().zip(others) {
        if other < alone && pays.is_none_or(|least| alone < least) {
            *pays = Some(alone);
        }
    }
}

fn nanoseconds_a_round() -> f64 {
    const ROUNDS: u64 = 1_000_000;
    let [fastest] = fastest(20, &mut [&mut || assert!(spin(&ROUNDS) > 0)]);
    fastest.as_nanos() as f64 / ROUNDS as f64
}
