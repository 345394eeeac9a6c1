//! The traps of the page, with tokio's paused clock.
#![expect(clippy::panic, reason = "a task that panics is the trap")]

use std::convert::Infallible;
use std::future::{Future, pending};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::task::{JoinSet, yield_now};
use tokio::time::sleep;

// ANCHOR: swallowed
async fn save() {
    yield_now().await;
    panic!("the disk is full");
}

async fn swallows_the_panic() {
    drop(tokio::spawn(save())); // wrong: it panics, and the program goes on
    for _ in 0..3 {
        yield_now().await;
    }
    println!("all is well");
}

async fn reports_the_panic() {
    let mut tasks = JoinSet::new(); // right: look at each result
    tasks.spawn(save());
    while let Some(ended) = tasks.join_next().await {
        ended.expect("a task panicked"); // ends the program, or handle it
    }
}
// ANCHOR_END: swallowed

/// Runs `body` in a child process, and returns whether it succeeded and what it printed.
fn child(test: &str, body: impl Future<Output = ()>) -> Option<(bool, String)> {
    let Some(mut child) = testing::child::again(test) else {
        let runtime = Builder::new_current_thread().build();
        runtime.expect("it is allowed").block_on(body);
        return None;
    };
    let output = child.output().expect("a test binary can start itself");
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8(printed).expect("it prints text");
    Some((output.status.success(), printed))
}

#[test]
fn a_dropped_handle_swallows_the_panic() {
    let _limit = testing::watchdog::limit();
    let test = "traps::a_dropped_handle_swallows_the_panic";
    let Some((success, printed)) = child(test, swallows_the_panic()) else {
        return;
    };
    assert!(printed.contains("the disk is full") && printed.contains("all is well"));
    assert!(success, "the panic had a consequence: {printed}");
}

#[test]
fn a_join_set_reports_the_panic() {
    let _limit = testing::watchdog::limit();
    let test = "traps::a_join_set_reports_the_panic";
    let Some((success, printed)) = child(test, reports_the_panic()) else {
        return;
    };
    assert!(!success);
    assert!(printed.contains("a task panicked"), "{printed}");
    assert!(printed.contains("the disk is full"), "{printed}");
}

#[tokio::test]
// ANCHOR: detached
async fn a_dropped_handle_does_not_cancel_the_task() {
    let running = Arc::new(());
    let shared = Arc::clone(&running);
    let task = async move {
        let _shared = shared;
        pending::<()>().await;
    };
    drop(tokio::spawn(task)); // wrong: the task runs on, and nobody can stop it
    yield_now().await;
    assert_eq!(Arc::strong_count(&running), 2);

    let shared = Arc::clone(&running);
    let mut tasks = JoinSet::new(); // right: aborts its tasks when it is dropped
    tasks.spawn(async move {
        pending::<()>().await;
        drop(shared);
    });
    drop(tasks);
    yield_now().await;
    assert_eq!(Arc::strong_count(&running), 2); // only the first one is left
}
// ANCHOR_END: detached

#[tokio::test]
// ANCHOR: memory
async fn a_join_set_keeps_the_outputs_that_nobody_takes() {
    let mut tasks = JoinSet::new();
    for _ in 0..1000 {
        tasks.spawn(async { vec![0_u8; 1024] });
        yield_now().await;
    }
    assert_eq!(tasks.len(), 1000); // wrong: all have ended, and all are kept

    while tasks.try_join_next().is_some() {} // right: in every iteration
    assert_eq!(tasks.len(), 0);
}
// ANCHOR_END: memory

#[test]
// ANCHOR: too_early
fn the_program_ends_before_its_tasks() {
    let saved = Arc::new(AtomicUsize::new(0));
    let save = |saved: &Arc<AtomicUsize>| {
        let saved = Arc::clone(saved);
        async move {
            sleep(Duration::from_secs(1)).await;
            saved.fetch_add(1, Relaxed);
        }
    };
    let runtime = || {
        Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
    };

    runtime().expect("it is allowed").block_on(async {
        drop(tokio::spawn(save(&saved))); // wrong: dropped when `block_on` returns
    });
    assert_eq!(saved.load(Relaxed), 0);

    runtime().expect("it is allowed").block_on(async {
        let task = tokio::spawn(save(&saved));
        task.await.expect("it does not panic"); // right
    });
    assert_eq!(saved.load(Relaxed), 1);
}
// ANCHOR_END: too_early

#[tokio::test(start_paused = true)]
// ANCHOR: order
async fn a_join_set_returns_results_in_the_order_in_which_tasks_end() {
    let wait = |number: u64| async move {
        sleep(Duration::from_secs(3 - number)).await;
        Ok::<_, Infallible>(number)
    };
    let mut tasks: JoinSet<_> = (0..3).map(wait).collect();
    let mut ended = Vec::new();
    while let Some(Ok(Ok(number))) = tasks.join_next().await {
        ended.push(number);
    }
    assert_eq!(ended, [2, 1, 0]);

    let outputs = async_tasks::try_all(3, (0..3).map(wait)).await;
    assert_eq!(outputs.expect("none fails"), [0, 1, 2]);
}
// ANCHOR_END: order

#[tokio::test(start_paused = true)]
// ANCHOR: one_by_one
async fn awaiting_in_the_loop_runs_one_after_the_other() {
    let start = tokio::time::Instant::now();
    for _ in 0..5 {
        let task = tokio::spawn(sleep(Duration::from_secs(1)));
        task.await.expect("it does not panic"); // wrong: the next starts when this has ended
    }
    assert_eq!(start.elapsed().as_secs(), 5);

    let start = tokio::time::Instant::now();
    let tasks: JoinSet<_> = (0..5).map(|_| sleep(Duration::from_secs(1))).collect();
    tasks.join_all().await; // right: all have been started
    assert_eq!(start.elapsed().as_secs(), 1);
}
// ANCHOR_END: one_by_one
