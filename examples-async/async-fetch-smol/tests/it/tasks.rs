//! What becomes of a task whose handle nobody keeps, and what tokio's libraries need. The book
//! shows these.

use std::rc::Rc;
use std::time::Duration;

use smol::future::pending;

// ANCHOR: dropped
use std::cell::RefCell;

use smol::LocalExecutor;
use smol::future::yield_now;

#[test]
fn a_dropped_task_stops_and_a_detached_one_goes_on() {
    let log = RefCell::new(Vec::new());
    let executor = LocalExecutor::new();
    let work = async |name| {
        for step in 1..=2 {
            log.borrow_mut().push(format!("{name} {step}"));
            yield_now().await;
        }
    };
    let dropped = executor.spawn(work("dropped"));
    executor.spawn(work("detached")).detach();
    // One tick is one poll of one task: each gets as far as its first await.
    assert!(executor.try_tick() && executor.try_tick());
    drop(dropped);
    while executor.try_tick() {}
    assert_eq!(*log.borrow(), ["dropped 1", "detached 1", "detached 2"]);
}
// ANCHOR_END: dropped

#[test]
fn the_executor_drops_the_future_of_a_dropped_task_at_its_last_turn() {
    let _limit = testing::watchdog::limit();
    let watched = Rc::new(());
    let held = Rc::clone(&watched);
    let executor = LocalExecutor::new();
    let task = executor.spawn(async move {
        let _held = held;
        pending::<()>().await;
    });
    assert!(executor.try_tick());
    drop(task);
    assert_eq!(Rc::strong_count(&watched), 2);
    assert!(executor.try_tick());
    assert_eq!(Rc::strong_count(&watched), 1);
    assert!(!executor.try_tick());
}

// ANCHOR: reactor
#[test]
#[should_panic(
    expected = "there is no reactor running, must be called from the context of a Tokio"
)]
fn tokio_needs_its_own_reactor() {
    smol::block_on(tokio::time::sleep(Duration::from_millis(1)));
}

#[test]
fn and_has_it_within_a_runtime_of_its_own() {
    // It must be the kind with threads: nobody calls its `block_on`, so one of them moves it.
    let tokio = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let _inside = tokio.enter();
    smol::block_on(tokio::time::sleep(Duration::from_millis(1)));
}
// ANCHOR_END: reactor
