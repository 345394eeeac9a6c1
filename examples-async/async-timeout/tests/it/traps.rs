//! The traps of the page: the wrong version and the right one, in virtual time.

use async_timeout::Deadline;
use std::cell::Cell;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, duplex};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

// ANCHOR: limit
const LIMIT: Duration = Duration::from_secs(5);
// ANCHOR_END: limit

// ANCHOR: per_read
async fn limit_per_read(mut stream: impl AsyncRead + Unpin) -> io::Result<Vec<u8>> {
    let (mut all, mut buffer) = (Vec::new(), [0; 1024]);
    loop {
        // Wrong: each read begins a new limit, so one byte every 4 s keeps it alive forever.
        match timeout(LIMIT, stream.read(&mut buffer)).await?? {
            0 => return Ok(all),
            bytes => all.extend_from_slice(&buffer[..bytes]),
        }
    }
}
// ANCHOR_END: per_read

// ANCHOR: whole
async fn one_limit(mut stream: impl AsyncRead + Unpin, deadline: Deadline) -> io::Result<Vec<u8>> {
    let (mut all, mut buffer) = (Vec::new(), [0; 1024]);
    loop {
        // Right: all reads share one point in time.
        match deadline.run(stream.read(&mut buffer)).await?? {
            0 => return Ok(all),
            bytes => all.extend_from_slice(&buffer[..bytes]),
        }
    }
}
// ANCHOR_END: whole

/// The other end sends 30 bytes, one per second.
fn drip() -> impl AsyncRead + Unpin {
    let (ours, mut theirs) = duplex(64);
    tokio::spawn(async move {
        for _ in 0..30 {
            sleep(Duration::from_secs(1)).await;
            if theirs.write_all(b"x").await.is_err() {
                return;
            }
        }
    });
    ours
}

#[tokio::test(start_paused = true)]
async fn a_limit_per_read_does_not_end_a_drip_and_a_deadline_does() {
    let start = Instant::now();
    let all = limit_per_read(drip()).await.expect("no read was late");
    assert_eq!((all.len(), start.elapsed()), (30, Duration::from_secs(30)));

    let start = Instant::now();
    let error = one_limit(drip(), Deadline::after(LIMIT)).await;
    assert_eq!(
        error.expect_err("it is late").kind(),
        io::ErrorKind::TimedOut
    );
    assert_eq!(start.elapsed(), LIMIT);
}

// ANCHOR: new_limit
/// Wrong: three attempts with a limit each may take three times as long.
async fn three_limits(attempt: impl AsyncFn() -> bool) -> bool {
    for _ in 0..3 {
        if timeout(LIMIT, attempt()).await == Ok(true) {
            return true;
        }
    }
    false
}

/// Right: each attempt has a limit, and all of them have the deadline of the caller.
async fn one_deadline(deadline: Deadline, attempt: impl AsyncFn() -> bool) -> bool {
    for _ in 0..3 {
        if deadline.part(LIMIT / 2).run(attempt()).await == Ok(true) {
            return true;
        }
    }
    false
}
// ANCHOR_END: new_limit

#[tokio::test(start_paused = true)]
async fn attempts_with_a_limit_each_add_up() {
    let hangs = async || {
        sleep(Duration::from_secs(60)).await;
        true
    };
    let start = Instant::now();
    assert!(!three_limits(hangs).await);
    assert_eq!(start.elapsed(), LIMIT * 3);

    let start = Instant::now();
    assert!(!one_deadline(Deadline::after(LIMIT), hangs).await);
    assert_eq!(start.elapsed(), LIMIT);
}

#[tokio::test(start_paused = true)]
async fn attempts_that_fail_immediately_end_before_the_deadline() {
    let _limit = testing::watchdog::limit();
    let attempts = Cell::new(0);
    let fails = async || {
        attempts.set(attempts.get() + 1);
        false
    };
    assert!(!one_deadline(Deadline::after(LIMIT), fails).await);
    assert_eq!(attempts.get(), 3);
}

// ANCHOR: runs_on
async fn job(done: Arc<AtomicBool>) {
    sleep(LIMIT * 2).await;
    done.store(true, Ordering::Relaxed);
}

#[tokio::test(start_paused = true)]
async fn a_spawned_task_runs_on_after_the_timeout() {
    let done = Arc::new(AtomicBool::new(false));
    let task = tokio::spawn(job(Arc::clone(&done)));
    assert!(timeout(LIMIT, task).await.is_err()); // wrong: this drops only the handle
    sleep(LIMIT * 2).await;
    assert!(done.load(Ordering::Relaxed)); // it ran to its end

    done.store(false, Ordering::Relaxed);
    let mut tasks = JoinSet::new();
    tasks.spawn(job(Arc::clone(&done)));
    assert!(timeout(LIMIT, tasks.join_all()).await.is_err()); // right: this drops the set
    sleep(LIMIT * 2).await;
    assert!(!done.load(Ordering::Relaxed)); // the set has aborted it
}
// ANCHOR_END: runs_on

// ANCHOR: late_step
#[tokio::test(start_paused = true)]
async fn timeout_runs_a_future_that_is_ready_although_no_time_is_left() {
    let charge = async { "charged" };
    assert_eq!(timeout(Duration::ZERO, charge).await, Ok("charged")); // it is polled first

    let charge = async { "charged" };
    let deadline = Deadline::after(Duration::ZERO);
    assert!(deadline.run(charge).await.is_err()); // not polled at all
}
// ANCHOR_END: late_step

// ANCHOR: overflow
fn far(limit: Duration) -> Instant {
    Instant::now() + limit // wrong: panics if the clock cannot represent the sum
}
// ANCHOR_END: overflow

#[tokio::test]
#[should_panic(expected = "overflow when adding duration to instant")]
async fn adding_the_largest_duration_panics() {
    let _limit = testing::watchdog::limit();
    far(Duration::MAX);
}

// ANCHOR: pass_on
/// For a server on another machine, whose clock is a different one: send what is left.
fn header(deadline: Deadline) -> String {
    format!("Request-Timeout-Ms: {}", deadline.left().as_millis())
}
// ANCHOR_END: pass_on

#[tokio::test(start_paused = true)]
async fn the_time_that_is_left_is_sent_on() {
    let _limit = testing::watchdog::limit();
    let deadline = Deadline::after(LIMIT);
    sleep(Duration::from_millis(1_200)).await;
    assert_eq!(header(deadline), "Request-Timeout-Ms: 3800");
}
