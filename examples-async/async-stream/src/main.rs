//! A stream with a slow reader, its order, its bound, and what is left of it when it is dropped.

use async_stream::{ahead, fetch_in_order, fetch_stream, pages};
use futures_util::StreamExt;
use std::cell::Cell;
use std::convert::Infallible;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use virtual_time::{run, sleep};

#[path = "../examples/requests.rs"]
mod requests;

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    writeln!(out, "8 requests of 100 to 400 ms, 4 at a time.")?;
    let stream = fetch_in_order(0..8, 4, requests::get).map(|done| done.number);
    let (order, elapsed) = run(stream.collect::<Vec<_>>())?;
    writeln!(
        out,
        "  fetch_in_order: {order:?}, {} ms",
        elapsed.as_millis()
    )?;
    let stream = fetch_stream(0..8, 4, requests::get).map(|done| done.number);
    let (order, elapsed) = run(stream.collect::<Vec<_>>())?;
    writeln!(
        out,
        "  fetch_stream:   {order:?}, {} ms\n",
        elapsed.as_millis()
    )?;

    writeln!(
        out,
        "The same, with a loop body of 1 s and a time-out of 500 ms for each request."
    )?;
    let (paused, _) = run(requests::paused())?;
    writeln!(out, "  futures in buffer_unordered: {}", timed_out(&paused))?;
    let (running, _) = run(requests::running())?;
    writeln!(
        out,
        "  tasks, by fetch_stream:      {}\n",
        timed_out(&running)
    )?;

    writeln!(
        out,
        "100,000 items, a slow reader, n = 4, and ahead with a capacity of 8."
    )?;
    let ((consumed, most), _) = run(slow_reader(100_000))?;
    writeln!(out, "  consumed: {consumed}")?;
    writeln!(
        out,
        "  most items that were produced and not consumed: {most}\n"
    )?;

    writeln!(
        out,
        "The stream is dropped after 3 of many items, which come in pages of 2."
    )?;
    let (loaded, _) = run(first_three())?;
    writeln!(out, "  pages loaded: {loaded}")?;
    let (left, _) = run(dropped())?;
    writeln!(
        out,
        "  requests that run after fetch_stream was dropped: {left}"
    )?;
    Ok(())
}

/// Which requests timed out, and how long the slowest one took.
fn timed_out(results: &[requests::Read]) -> String {
    let late = results.iter().filter(|(done, _)| !done.ok);
    let late: Vec<_> = late.map(|(done, _)| done.number).collect();
    let times = results.iter().map(|(done, _)| done.ended - done.started);
    let longest = times.max().unwrap_or_default().as_millis();
    format!("timed out: {late:?}, the longest took {longest} ms")
}

/// How many items it consumed, and the most that were produced and not consumed.
async fn slow_reader(items: usize) -> (usize, usize) {
    let produced = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&produced);
    let get = move |item: usize| {
        counts.fetch_add(1, Relaxed);
        async move { item }
    };
    let mut stream = ahead(fetch_in_order(0..items, 4, get), 8);
    let (mut consumed, mut most) = (0, 0);
    while stream.next().await.is_some() {
        consumed += 1;
        tokio::task::yield_now().await; // the others run as far as they can
        most = most.max(produced.load(Relaxed) - consumed);
    }
    (consumed, most)
}

/// How many pages were loaded.
async fn first_three() -> usize {
    let loaded = Cell::new(0);
    let load = async |page: usize| {
        loaded.set(loaded.get() + 1);
        Ok::<_, Infallible>((vec![2 * page, 2 * page + 1], Some(page + 1)))
    };
    let items = pages(0, load).take(3);
    items.for_each(|_| async {}).await;
    loaded.get()
}

/// How many requests are left when their stream has been dropped.
async fn dropped() -> usize {
    let alive = Arc::new(());
    let get = |_| {
        let alive = Arc::clone(&alive);
        async move {
            sleep(Duration::from_millis(1)).await;
            drop(alive);
        }
    };
    let mut stream = fetch_stream(0..100, 4, get);
    for _ in 0..3 {
        stream.next().await;
    }
    drop(stream);
    tokio::task::yield_now().await; // an aborted task is dropped when the runtime gets to it
    Arc::strong_count(&alive) - 1
}
