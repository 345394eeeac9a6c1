//! What it costs to hand a closure to another thread and await its result: `cargo bench -p
//! async-blocking`.
//!
//! All are timed in turns within one run, and the median of the turns counts. Compare the ratios
//! between machines, not the microseconds.

use async_blocking::Blocking;
use std::hint::black_box;
use std::io::{self, Write};
use std::thread;
use std::time::Instant;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::{JoinSet, spawn_blocking};

const CALLS: u32 = 2_000;
const TURNS: usize = 15;
const NAMES: [&str; 5] = [
    "spawn_blocking",
    "a thread per call, and a oneshot",
    "rayon::spawn, and a oneshot",
    "Blocking::io, 8 permits",
    "Blocking::cpu",
];

fn main() -> io::Result<()> {
    let runtime = Builder::new_current_thread().build()?;
    let mut out = io::stdout().lock();
    runtime.block_on(async {
        let blocking = Blocking::new(8);
        for at_a_time in [1, 64] {
            let mut microseconds = [(); 5].map(|()| Vec::new());
            for _ in 0..TURNS {
                microseconds[0].push(timed(at_a_time, pool).await);
                microseconds[1].push(timed(at_a_time, thread_per_call).await);
                microseconds[2].push(timed(at_a_time, rayon_and_oneshot).await);
                let ours = blocking.clone();
                let io = move |number| {
                    let ours = ours.clone();
                    async move { ours.io(move || work(number)).await.ok() }
                };
                microseconds[3].push(timed(at_a_time, io).await);
                let ours = blocking.clone();
                let cpu = move |number| {
                    let ours = ours.clone();
                    async move { ours.cpu(move || work(number)).await.ok() }
                };
                microseconds[4].push(timed(at_a_time, cpu).await);
            }
            let medians = microseconds.map(median);
            writeln!(out, "Calls at the same time: {at_a_time}")?;
            for (name, time) in NAMES.iter().zip(medians) {
                let ratio = time / medians[0];
                writeln!(
                    out,
                    "  {name:<33} {time:6.1} µs a call   {ratio:.2} × spawn_blocking"
                )?;
            }
        }
        Ok(())
    })
}

/// Next to nothing, so that the hand-off is what is measured.
fn work(number: u32) -> u32 {
    black_box(number) + 1
}

async fn pool(number: u32) -> Option<u32> {
    spawn_blocking(move || work(number)).await.ok()
}

async fn thread_per_call(number: u32) -> Option<u32> {
    let (sender, receiver) = oneshot::channel();
    thread::spawn(move || sender.send(work(number)));
    receiver.await.ok()
}

async fn rayon_and_oneshot(number: u32) -> Option<u32> {
    let (sender, receiver) = oneshot::channel();
    rayon::spawn(move || {
        let _ = sender.send(work(number));
    });
    receiver.await.ok()
}

/// Microseconds for each call, with this many tasks that call one after the other.
async fn timed<F>(at_a_time: u32, call: impl Fn(u32) -> F + Clone + Send + 'static) -> f64
where
    F: Future<Output = Option<u32>> + Send + 'static,
{
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..at_a_time {
        let call = call.clone();
        tasks.spawn(async move {
            for number in 0..CALLS / at_a_time {
                assert_eq!(call(number).await, Some(number + 1));
            }
        });
    }
    tasks.join_all().await;
    let calls = CALLS / at_a_time * at_a_time;
    start.elapsed().as_secs_f64() * 1e6 / f64::from(calls)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
