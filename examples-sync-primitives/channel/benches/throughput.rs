//! What a message costs, beside std's channel and crossbeam's: `cargo bench -p channel`.
//!
//! All are timed in turns within one run, and the median of the turns counts. Compare the ratios
//! between machines, not the nanoseconds.

use std::io::{self, Write};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

const MESSAGES: u32 = 20_000;
const TURNS: usize = 11;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for capacity in [1, 16, 1024] {
        let mut nanoseconds = [(); 3].map(|()| Vec::new());
        for _ in 0..TURNS {
            nanoseconds[0].push(std(capacity));
            nanoseconds[1].push(crossbeam(capacity));
            nanoseconds[2].push(ours(capacity));
        }
        let [std, crossbeam, ours] = nanoseconds.map(median);
        writeln!(out, "One producer, one consumer, capacity {capacity}:")?;
        writeln!(
            out,
            "  std::sync::mpsc::sync_channel  {std:6.0} ns a message"
        )?;
        for (name, time) in [("crossbeam-channel", crossbeam), ("this one", ours)] {
            let ratio = time / std;
            writeln!(out, "  {name:<29}  {time:6.0} ns   {ratio:.2} × std")?;
        }
    }
    Ok(())
}

fn std(capacity: usize) -> f64 {
    let (sender, receiver) = mpsc::sync_channel(capacity);
    timed(
        move |value| sender.send(value).is_ok(),
        receiver.into_iter(),
    )
}

fn crossbeam(capacity: usize) -> f64 {
    let (sender, receiver) = crossbeam_channel::bounded(capacity);
    timed(
        move |value| sender.send(value).is_ok(),
        receiver.into_iter(),
    )
}

fn ours(capacity: usize) -> f64 {
    let (sender, receiver) = channel::channel(capacity);
    timed(move |value| sender.send(value).is_ok(), receiver.iter())
}

/// Nanoseconds for each message, from the first to the last one received.
fn timed(send: impl Fn(u32) -> bool + Send, received: impl Iterator<Item = u32>) -> f64 {
    let start = Instant::now();
    let count = thread::scope(|scope| {
        scope.spawn(move || (0..MESSAGES).all(send));
        received.count()
    });
    start.elapsed().as_nanos() as f64 / count as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
