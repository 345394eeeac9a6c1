//! A starved heartbeat, a limit, a panic, a caller that goes away, and a computation.

use async_blocking::Blocking;
use rayon::prelude::*;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use std::{env, fs, panic, process, thread};
use tokio::runtime::Builder;
use tokio::select;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{MissedTickBehavior, interval, sleep};

/// The heartbeat is meant to tick once in this time.
const PERIOD: Duration = Duration::from_millis(5);

/// What the heartbeat did. Relaxed suffices, because the numbers guard no other data.
#[derive(Debug, Default)]
struct Heart {
    ticks: AtomicU32,
    most_late_ms: AtomicU32,
}

fn main() -> io::Result<()> {
    demo::no_arguments();
    panic::set_hook(Box::new(|_| {})); // the panic below is reported as an error
    let runtime = Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(demonstrate(&mut io::stdout().lock()))
}

async fn demonstrate(out: &mut impl Write) -> io::Result<()> {
    let blocking = Blocking::new(8);
    let heart = Arc::new(Heart::default());
    tokio::spawn(heartbeat(Arc::clone(&heart)));
    yield_now().await; // the first tick

    writeln!(
        out,
        "One thread runs all tasks. A heartbeat task ticks every 5 ms.\n\
         A blocking call returns after 10 ticks, or gives up after one second."
    )?;
    let direct = wait_for_ticks(&heart); // wrong: the heartbeat runs on this very thread
    sleep(PERIOD).await;
    let late = heart.most_late_ms.swap(0, Relaxed);
    writeln!(
        out,
        "  called in a task:  {direct} ticks; the next one was {late} ms late"
    )?;
    let theirs = Arc::clone(&heart);
    let call = blocking.io(move || wait_for_ticks(&theirs)).await;
    let ticks = call.map_err(io::Error::other)?;
    let late = heart.most_late_ms.load(Relaxed);
    writeln!(
        out,
        "  blocking.io(call): {ticks} ticks; each at most {late} ms late"
    )?;

    writeln!(
        out,
        "1,000 tasks write a file each, and there are 8 permits."
    )?;
    let (written, most) = write_files(&blocking).await?;
    writeln!(
        out,
        "  files written: {written}; {} 8 calls at the same time",
        if most > 8 { "more than" } else { "at most" }
    )?;

    let pages: [u32; 0] = [];
    let result = blocking.io(move || *pages.first().expect("no pages")).await;
    writeln!(out, "A closure panics.\n  the caller gets: {result:?}")?;

    writeln!(out, "A caller goes away while its call runs.")?;
    let (finish, finished) = leave_a_call(&blocking).await;
    let _ = finish.send(()); // the call may end now
    let ended = blocking.io(move || finished.recv().is_ok()).await;
    writeln!(
        out,
        "  the call {}",
        if ended == Ok(true) {
            "ran to its end"
        } else {
            "was stopped"
        }
    )?;

    let primes = blocking
        .cpu(|| (2..200_000_u32).into_par_iter().filter(is_prime).count())
        .await;
    let primes = primes.map_err(io::Error::other)?;
    writeln!(
        out,
        "rayon counts the primes below 200,000, on all cores.\n  primes: {primes}"
    )
}

async fn heartbeat(heart: Arc<Heart>) {
    let mut interval = interval(PERIOD);
    interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        let due = interval.tick().await;
        let late = due.elapsed().as_millis();
        let late = u32::try_from(late).unwrap_or(u32::MAX);
        heart.most_late_ms.fetch_max(late, Relaxed);
        heart.ticks.fetch_add(1, Relaxed);
    }
}

/// Blocks its thread until the heartbeat has ticked ten more times, or a second has passed.
fn wait_for_ticks(heart: &Heart) -> u32 {
    let (before, start) = (heart.ticks.load(Relaxed), Instant::now());
    loop {
        let seen = heart.ticks.load(Relaxed) - before;
        if seen >= 10 || start.elapsed() >= Duration::from_secs(1) {
            return seen.min(10);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Writes real files. Returns how many, and how many closures ran at the same time at most.
async fn write_files(blocking: &Blocking) -> io::Result<(usize, u32)> {
    let folder = env::temp_dir().join(format!("async-blocking-{}", process::id()));
    fs::create_dir_all(&folder)?; // a short call at the start may block
    let (running, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let mut tasks = JoinSet::new();
    for number in 0..1000 {
        let (blocking, path) = (blocking.clone(), folder.join(number.to_string()));
        let (running, most) = (Arc::clone(&running), Arc::clone(&most));
        let write = move || {
            most.fetch_max(running.fetch_add(1, Relaxed) + 1, Relaxed);
            let written = fs::write(path, "a blocking call");
            running.fetch_sub(1, Relaxed);
            written
        };
        tasks.spawn(async move { blocking.io(write).await.map_err(io::Error::other)? });
    }
    let results = tasks.join_all().await;
    let written = results.iter().filter(|result| result.is_ok()).count();
    fs::remove_dir_all(folder)?;
    Ok((written, most.load(Relaxed)))
}

/// Drops a call that has started. Returns what lets it end, and what says that it has ended.
async fn leave_a_call(blocking: &Blocking) -> (mpsc::Sender<()>, mpsc::Receiver<()>) {
    let (finish, may_finish) = mpsc::channel();
    let (end, ended) = mpsc::channel();
    let (start, started) = tokio::sync::oneshot::channel();
    let call = blocking.io(move || {
        let _ = start.send(());
        let _ = may_finish.recv();
        let _ = end.send(());
    });
    select! {
        _ = call => {}
        _ = started => {} // the call runs, and its future is dropped
    }
    (finish, ended)
}

fn is_prime(number: &u32) -> bool {
    (2..)
        .take_while(|d| d * d <= *number)
        .all(|d| !number.is_multiple_of(d))
}
