//! What a stage costs for each item, beside one message: `cargo bench -p thread-pipeline`.
//!
//! All are timed in turns within one run, and the median of the turns counts. Compare the ratios
//! between machines, not the nanoseconds.

use std::hint::black_box;
use std::io::{self, Write};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Instant;
use thread_pipeline::pipeline;

const ITEMS: u32 = 20_000;
const DEPTH: usize = 64;
const TURNS: usize = 11;

fn main() -> io::Result<()> {
    let measures: [(&str, fn()); 3] = [
        ("a message in sync_channel(64)", message),
        ("a stage with 1 worker", || stages(1)),
        ("a stage with 2 workers", || stages(2)),
    ];
    let mut nanoseconds = [(); 3].map(|()| Vec::new());
    for _ in 0..TURNS {
        for (times, (_, measure)) in nanoseconds.iter_mut().zip(measures) {
            let start = Instant::now();
            measure();
            times.push(start.elapsed().as_nanos() as f64 / f64::from(ITEMS));
        }
    }
    let medians = nanoseconds.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    let mut out = io::stdout().lock();
    for ((name, _), time) in measures.iter().zip(medians) {
        let ratio = time / medians[0];
        writeln!(out, "{name:<30} {time:6.0} ns an item   {ratio:4.1} ×")?;
    }
    Ok(())
}

fn message() {
    let (sender, receiver) = sync_channel(DEPTH);
    let producer = thread::spawn(move || {
        for item in 0..ITEMS {
            sender.send(item).expect("it is received");
        }
    });
    black_box(receiver.iter().map(u64::from).sum::<u64>());
    producer.join().expect("it does not panic");
}

fn stages(workers: usize) {
    black_box(pipeline(0..ITEMS, workers, DEPTH, u64::from).sum::<u64>());
}
