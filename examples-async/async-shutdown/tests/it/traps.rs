//! The traps of the page: each wrong version is seen to fail, in a child or in virtual time.

use async_shutdown::{Outcome, Shutdown};
use std::future::ready;
use std::thread;
use std::time::Duration;
use testing::watchdog::{assert_ends, assert_hangs};
use tokio::runtime::Builder;
use tokio::time::{sleep, timeout};
use tokio_util::task::TaskTracker;

// ANCHOR: never_closed
#[tokio::test(start_paused = true)]
async fn a_tracker_that_is_not_closed_waits_forever() {
    let tasks = TaskTracker::new();
    tasks.spawn(async { println!("done") });
    let a_year = Duration::from_secs(365 * 24 * 60 * 60);
    assert!(timeout(a_year, tasks.wait()).await.is_err()); // wrong: more tasks may come

    tasks.close(); // right: now `wait` returns as soon as there are none
    assert!(timeout(a_year, tasks.wait()).await.is_ok());
}
// ANCHOR_END: never_closed

// ANCHOR: never_looks
#[tokio::test(start_paused = true)]
async fn a_loop_that_does_not_look_at_the_token_is_left() {
    let shutdown = Shutdown::new(Duration::from_secs(10));
    shutdown.spawn(async {
        loop {
            sleep(Duration::from_secs(1)).await; // wrong: nothing ends this loop
        }
    });
    assert_eq!(shutdown.wait(ready(())).await, Outcome::Left(1));

    let shutdown = Shutdown::new(Duration::from_secs(10));
    let token = shutdown.token();
    shutdown.spawn(async move {
        let pause = || sleep(Duration::from_secs(1));
        while token.run_until_cancelled(pause()).await.is_some() {} // right
    });
    assert_eq!(shutdown.wait(ready(())).await, Outcome::Clean);
}
// ANCHOR_END: never_looks

// ANCHOR: blocking
fn stop_with_a_blocking_task(ends: fn(tokio::runtime::Runtime)) {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("it is allowed");
    let outcome = runtime.block_on(async {
        let shutdown = Shutdown::new(Duration::from_millis(50));
        shutdown.spawn(async {
            let _ = tokio::task::spawn_blocking(|| thread::sleep(Duration::MAX)).await;
        });
        shutdown.wait(ready(())).await
    });
    println!("{outcome:?}");
    ends(runtime);
}

fn hangs() {
    stop_with_a_blocking_task(drop); // wrong, and what #[tokio::main] does: waits for the closure
}

fn ends() {
    stop_with_a_blocking_task(|runtime| runtime.shutdown_background()); // right
}
// ANCHOR_END: blocking

#[test]
fn after_left_a_blocking_closure_keeps_the_process_alive() {
    let test = "traps::after_left_a_blocking_closure_keeps_the_process_alive";
    assert_hangs(test, "Left(1)", hangs);
}

#[test]
fn shutdown_background_does_not_wait_for_it() {
    assert_ends(ends);
}
