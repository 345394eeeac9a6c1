//! What a stream costs for each item, beside a JoinSet: `cargo bench -p async-stream`.
//!
//! Each way runs the same futures, 8 at a time, on a runtime with two threads. All are timed in
//! turns within one run, and the median of the turns counts. Compare the ratios between machines.

use async_stream::{ahead, fetch_in_order, fetch_stream};
use futures_util::{StreamExt, stream};
use std::future::Future;
use std::hint::black_box;
use std::io::{self, Write};
use std::time::Instant;
use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinSet, yield_now};

const AT_A_TIME: usize = 8;
const TURNS: usize = 11;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let runtime = Builder::new_multi_thread().worker_threads(2).build()?;
    compare(
        &mut out,
        &runtime,
        "yields once",
        20_000,
        |item| async move {
            yield_now().await;
            item
        },
    )?;
    compare(
        &mut out,
        &runtime,
        "computes for a while",
        2_000,
        |item| async move {
            yield_now().await;
            (0..20_000_u64).fold(item, |sum, number| black_box(sum ^ number))
        },
    )
}

fn compare<F>(
    out: &mut impl Write,
    runtime: &Runtime,
    work: &str,
    items: u64,
    get: impl Fn(u64) -> F + Copy + Send + 'static,
) -> io::Result<()>
where
    F: Future<Output = u64> + Send + 'static,
{
    let ways: [(&str, &dyn Fn() -> u64); 6] = [
        ("JoinSet, refilled to 8", &|| {
            on(runtime, join_set(items, get))
        }),
        ("buffered(8), futures", &|| {
            on(
                runtime,
                count(stream::iter(0..items).map(get).buffered(AT_A_TIME)),
            )
        }),
        ("buffer_unordered(8), futures", &|| {
            on(
                runtime,
                count(stream::iter(0..items).map(get).buffer_unordered(AT_A_TIME)),
            )
        }),
        ("fetch_in_order, tasks", &|| {
            on(runtime, count(fetch_in_order(0..items, AT_A_TIME, get)))
        }),
        ("fetch_stream, tasks", &|| {
            on(runtime, count(fetch_stream(0..items, AT_A_TIME, get)))
        }),
        ("fetch_stream and ahead(8)", &|| {
            on(runtime, async move {
                count(ahead(fetch_stream(0..items, AT_A_TIME, get), 8)).await
            })
        }),
    ];
    let mut nanoseconds = ways.map(|_| Vec::new());
    for _ in 0..TURNS {
        for ((_, way), times) in ways.iter().zip(&mut nanoseconds) {
            let start = Instant::now();
            assert_eq!(way(), items);
            times.push(start.elapsed().as_nanos() as f64 / items as f64);
        }
    }
    let medians = nanoseconds.map(median);
    writeln!(out, "A future that {work}, 8 at a time:")?;
    for ((name, _), time) in ways.iter().zip(medians) {
        let ratio = time / medians[0];
        writeln!(
            out,
            "  {name:<30} {time:7.0} ns an item   {ratio:.2} × JoinSet"
        )?;
    }
    Ok(())
}

fn on(runtime: &Runtime, count: impl Future<Output = u64> + Send + 'static) -> u64 {
    let task = runtime.spawn(count);
    runtime.block_on(task).unwrap_or(0)
}

async fn count(stream: impl StreamExt) -> u64 {
    stream.fold(0, |count, _| async move { count + 1 }).await
}

async fn join_set<F>(items: u64, get: impl Fn(u64) -> F) -> u64
where
    F: Future<Output = u64> + Send + 'static,
{
    let (mut tasks, mut left, mut ended) = (JoinSet::new(), 0..items, 0);
    loop {
        while tasks.len() < AT_A_TIME {
            let Some(item) = left.next() else { break };
            tasks.spawn(get(item));
        }
        match tasks.join_next().await {
            Some(result) => ended += u64::from(result.is_ok()),
            None => return ended,
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
