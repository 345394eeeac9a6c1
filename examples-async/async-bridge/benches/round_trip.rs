//! What one call of an async function costs sync code: `cargo bench -p async-bridge`.
//!
//! All are timed in turns within one run, and the median of the turns counts. Compare the ratios
//! between machines, not the microseconds.

use async_bridge::BlockingClient;
use std::hint::black_box;
use std::io::{self, Write};
use std::time::Instant;
use tokio::runtime::Builder;

const CALLS: u32 = 1_000;
const TURNS: usize = 15;

async fn load(number: u32) -> u32 {
    black_box(number) + 1
}

fn main() -> io::Result<()> {
    let client = BlockingClient::new(load)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut microseconds = [(); 4].map(|()| Vec::new());
    for _ in 0..TURNS {
        microseconds[0].push(timed(|number| Some(runtime.block_on(load(number)))));
        microseconds[1].push(timed(|number| client.get(number).ok()));
        microseconds[2].push(timed(|number| {
            let runtime = Builder::new_current_thread().enable_all().build().ok()?;
            Some(runtime.block_on(load(number)))
        }));
        microseconds[3].push(timed(|number| {
            let runtime = Builder::new_multi_thread().enable_all().build().ok()?;
            Some(runtime.block_on(load(number)))
        }));
    }
    let medians = microseconds.map(median);
    let mut out = io::stdout().lock();
    for (name, time) in [
        "block_on of one runtime",
        "BlockingClient::get",
        "a new current_thread runtime per call",
        "a new multi_thread runtime per call",
    ]
    .iter()
    .zip(medians)
    {
        let ratio = time / medians[1];
        writeln!(out, "  {name:<38} {time:7.2} µs a call   {ratio:.2} × get")?;
    }
    Ok(())
}

/// Microseconds for each call.
fn timed(call: impl Fn(u32) -> Option<u32>) -> f64 {
    let start = Instant::now();
    for number in 0..CALLS {
        assert_eq!(call(number), Some(number + 1));
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
