//! What a message costs, moved and copied: `cargo bench -p thread-worker`.
//!
//! Both are timed in turns within one run, and the median of the turns counts. Compare the ratios
//! between machines, not the microseconds.

use std::hint::black_box;
use std::io::{self, Write};
use std::time::Instant;
use thread_worker::Worker;

const TURNS: usize = 101;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "A buffer goes to a worker and back:")?;
    let worker = Worker::spawn(|buffer: Vec<u8>, outbox| outbox.post(buffer));
    for (name, size) in [
        ("64 B", 64),
        ("64 KiB", 64 << 10),
        ("1 MiB", 1 << 20),
        ("64 MiB", 64 << 20),
    ] {
        let mut buffer = vec![1; size];
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..TURNS {
            for (copy, times) in [false, true].into_iter().zip(&mut times) {
                let start = Instant::now();
                if copy {
                    buffer = buffer.clone();
                }
                worker.post(black_box(buffer)).expect("it runs");
                buffer = worker.messages().recv().expect("it answers");
                times.push(start.elapsed().as_nanos() as f64 / 1_000.0);
            }
        }
        let [moved, copied] = times.map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[TURNS / 2]
        });
        writeln!(
            out,
            "  {name:<7} moved {moved:8.1} µs   copied once, then moved {copied:8.1} µs"
        )?;
    }
    Ok(())
}
