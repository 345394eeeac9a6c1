//! The traps of the page. What hangs runs in a child process, which is killed.
#![expect(clippy::panic, reason = "a closure that panics is a trap")]

use async_blocking::Blocking;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;
use testing::watchdog;
use tokio::runtime::{Builder, Runtime};
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::{MissedTickBehavior, interval, timeout};

// ANCHOR: period
const PERIOD: Duration = Duration::from_millis(10);
// ANCHOR_END: period

/// Ticks, and counts the ticks that it missed.
async fn heartbeat(missed: Arc<AtomicU32>) {
    let mut interval = interval(PERIOD);
    interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        let late = interval.tick().await.elapsed();
        let periods = late.as_millis() / PERIOD.as_millis();
        missed.fetch_add(u32::try_from(periods).expect("a short test"), SeqCst);
    }
}

// ANCHOR: starved
async fn blocks_in_a_task() {
    thread::sleep(PERIOD * 20); // wrong: no other task of this thread runs
}

async fn blocks_elsewhere() {
    let blocking = Blocking::new(8);
    let call = || thread::sleep(PERIOD * 20); // right: a blocking call, on a thread for it
    blocking.io(call).await.expect("it does not panic");
}
// ANCHOR_END: starved

#[tokio::test]
async fn a_blocking_call_in_a_task_makes_the_heartbeat_miss_its_ticks() {
    let _limit = watchdog::limit();
    let missed = Arc::new(AtomicU32::new(0));
    tokio::spawn(heartbeat(Arc::clone(&missed)));
    yield_now().await;
    blocks_in_a_task().await;
    tokio::time::sleep(PERIOD).await;
    assert!(missed.load(SeqCst) >= 18, "{missed:?} of 20 are missed");
    blocks_elsewhere().await; // that the heartbeat goes on is in `behaviour`
}

#[tokio::test]
// ANCHOR: timeout
async fn a_timeout_does_not_end_a_blocking_call() {
    let call = async { thread::sleep(PERIOD * 2) }; // wrong: nobody looks at the clock
    let late = timeout(PERIOD, call).await;
    assert!(
        late.is_ok(),
        "the call took twice the time, and no error is reported"
    );
}
// ANCHOR_END: timeout

#[tokio::test]
async fn abort_does_not_stop_a_closure_that_has_started() {
    let _limit = watchdog::limit();
    // ANCHOR: abort
    let (start, started) = tokio::sync::oneshot::channel();
    let (stop, stopped) = mpsc::channel();
    let task = spawn_blocking(move || {
        let _ = start.send(());
        stopped.recv() // right: it looks whether it should stop
    });
    started.await.expect("it starts");
    task.abort(); // wrong: has no effect, because the closure has started
    stop.send("stop").expect("it still runs");
    assert_eq!(task.await.expect("it was not aborted"), Ok("stop"));
    // ANCHOR_END: abort
}

// ANCHOR: exit
fn waits_forever_for_a_closure() {
    let runtime = Runtime::new().expect("it is allowed");
    runtime.spawn_blocking(loop_forever);
    println!("main is done");
    drop(runtime); // wrong: waits for the closure, as the end of #[tokio::main] does
}

fn waits_for_a_second() {
    let runtime = Runtime::new().expect("it is allowed");
    runtime.spawn_blocking(loop_forever);
    runtime.shutdown_timeout(Duration::from_secs(1)); // right: leaves the closure behind
}

fn loop_forever() {
    loop {
        thread::park();
    }
}
// ANCHOR_END: exit

#[test]
fn the_end_of_the_runtime_waits_for_a_closure() {
    let test = "traps::the_end_of_the_runtime_waits_for_a_closure";
    watchdog::assert_hangs(test, "main is done", waits_forever_for_a_closure);
}

#[test]
fn shutdown_timeout_leaves_the_closure_behind() {
    watchdog::assert_ends(waits_for_a_second);
}

// ANCHOR: exhausted
async fn waits_in_the_pool_for_the_pool(jobs: usize) {
    let (send, receive) = mpsc::channel();
    let receive = Arc::new(std::sync::Mutex::new(receive));
    let waiting: Vec<_> = (0..jobs)
        .map(|_| {
            let receive = Arc::clone(&receive);
            spawn_blocking(move || receive.lock().map(|jobs| jobs.recv()).is_ok())
        })
        .collect();
    println!("every thread of the pool waits");
    let sends = spawn_blocking(move || (0..jobs).try_for_each(|job| send.send(job)));
    sends
        .await
        .expect("it does not panic")
        .expect("somebody receives");
    for task in waiting {
        task.await.expect("it does not panic");
    }
}
// ANCHOR_END: exhausted

fn pool_of_two(jobs: usize) {
    let mut runtime = Builder::new_current_thread();
    let runtime = runtime.max_blocking_threads(2).build();
    let runtime = runtime.expect("it is allowed");
    runtime.block_on(waits_in_the_pool_for_the_pool(jobs));
}

#[test]
fn jobs_that_wait_for_the_pool_use_it_up() {
    let test = "traps::jobs_that_wait_for_the_pool_use_it_up";
    watchdog::assert_hangs(test, "every thread of the pool waits", || pool_of_two(2));
}

#[test]
fn one_thread_less_and_the_same_jobs_end() {
    watchdog::assert_ends(|| pool_of_two(1));
}

// ANCHOR: aborts
async fn panics_in_rayon() {
    rayon::spawn(|| panic!("no such table")); // wrong: ends the process
    std::future::pending::<()>().await;
}

async fn panics_as_an_error() {
    let blocking = Blocking::new(8);
    let result = blocking.cpu(|| panic!("no such table")); // right: caught
    let error: Result<(), _> = result.await;
    println!("{error:?}");
}
// ANCHOR_END: aborts

#[test]
fn a_panic_in_rayon_spawn_aborts_the_process() {
    let _limit = watchdog::limit();
    let test = "traps::a_panic_in_rayon_spawn_aborts_the_process";
    let Some(mut child) = testing::child::again(test) else {
        let runtime = Builder::new_current_thread().build();
        return runtime.expect("it is allowed").block_on(panics_in_rayon());
    };
    let output = child.output().expect("a test binary can start itself");
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    let words = "Rayon: detected unexpected panic; aborting";
    assert!(printed.contains(words), "{printed}");
}

#[tokio::test]
async fn a_panic_in_cpu_is_an_error() {
    let _limit = watchdog::limit();
    panics_as_an_error().await;
}

// ANCHOR: par_iter
async fn sum_of_squares(numbers: Vec<u64>) -> u64 {
    // Wrong in a task: `numbers.par_iter().map(|n| n * n).sum()` blocks until rayon is done.
    let blocking = Blocking::new(8);
    let sum = blocking.cpu(move || numbers.par_iter().map(|n| n * n).sum());
    sum.await.expect("it does not panic")
}
// ANCHOR_END: par_iter

// ANCHOR: worker
fn start_writer() -> (tokio::sync::mpsc::Sender<String>, thread::JoinHandle<usize>) {
    let (lines, mut receiver) = tokio::sync::mpsc::channel::<String>(100);
    let writer = thread::spawn(move || {
        let mut bytes = 0;
        while let Some(line) = receiver.blocking_recv() {
            bytes += line.len(); // writes it to a file
        }
        bytes // all senders are gone, so it ends
    });
    (lines, writer)
}
// ANCHOR_END: worker

#[tokio::test]
async fn rayon_and_a_thread_of_its_own_do_their_work() {
    let _limit = watchdog::limit();
    assert_eq!(sum_of_squares((0..10).collect()).await, 285);
    let (lines, writer) = start_writer();
    for _ in 0..1000 {
        lines.send("a line".to_owned()).await.expect("it receives");
    }
    drop(lines);
    assert_eq!(writer.join().expect("it does not panic"), 6000);
}
