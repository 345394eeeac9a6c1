//! The traps of the page. What hangs runs in a child process, which is killed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc as std_mpsc;
use std::thread;
use std::time::Duration;
use testing::watchdog::{assert_ends, assert_hangs};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::mpsc;
use tokio::task::{block_in_place, spawn_blocking};
use tokio::time::sleep;

// ANCHOR: yours
async fn load() -> u32 {
    sleep(Duration::from_millis(1)).await; // the request
    7
}

fn current_thread() -> Runtime {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("it is allowed")
}
// ANCHOR_END: yours

/// The message of the panic of `call`.
fn message<T>(call: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(call))
        .err()
        .expect("it panics");
    let text = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    text.or_else(|| panic.downcast_ref().cloned())
        .expect("it has a message")
}

// ANCHOR: within
async fn blocks_in_a_task() -> u32 {
    let inner = current_thread();
    inner.block_on(load()) // wrong: panics with this message
}

const WITHIN: &str = "Cannot start a runtime from within a runtime. This happens because a \
    function (like `block_on`) attempted to block the current thread while the thread is being \
    used to drive asynchronous tasks. If you are in an async function, use `.await` on the \
    future instead of blocking on it.";
// ANCHOR_END: within

#[test]
fn block_on_within_block_on_panics_with_this_message() {
    let _limit = testing::watchdog::limit();
    let outer = current_thread();
    let within = message(|| outer.block_on(blocks_in_a_task()));
    assert_eq!(within, WITHIN);
    let by_handle = outer.block_on(async { message(|| Handle::current().block_on(load())) });
    assert_eq!(by_handle, WITHIN);
}

// ANCHOR: from_sync
fn calls_async_code() -> std::io::Result<u32> {
    let runtime = Builder::new_current_thread().enable_all().build()?; // once, not for each call
    Ok(runtime.block_on(load())) // this function is not async, and blocks until the result is there
}
// ANCHOR_END: from_sync

#[test]
fn sync_code_calls_async_code_by_block_on() {
    assert_eq!(calls_async_code().expect("it is allowed"), 7);
}

// ANCHOR: in_between
/// A function that is not async, for example of a trait that you cannot change.
fn in_between(handle: &Handle) -> u32 {
    handle.block_on(load()) // panics in a task; right on a thread that may block
}

async fn calls_it() -> u32 {
    let handle = Handle::current();
    let call = spawn_blocking(move || in_between(&handle));
    call.await.expect("it does not panic")
}

async fn calls_it_here() -> u32 {
    let handle = Handle::current();
    block_in_place(|| in_between(&handle)) // only if the runtime has several threads
}
// ANCHOR_END: in_between

#[test]
fn a_sync_function_between_two_async_ones_works_on_a_thread_that_may_block() {
    assert_ends(|| {
        assert_eq!(current_thread().block_on(calls_it()), 7);
        let several = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let several = several.expect("it is allowed");
        assert_eq!(several.block_on(calls_it_here()), 7);
        let in_a_task = several.block_on(async { tokio::spawn(calls_it_here()).await });
        assert_eq!(in_a_task.expect("it does not panic"), 7);
    });
}

// ANCHOR: recv_hangs
async fn receives_with_std() {
    let (sender, receiver) = std_mpsc::channel();
    tokio::spawn(async move { sender.send("hello") });
    println!("waiting");
    println!("{:?}", receiver.recv()); // wrong: blocks the thread that must run the sender
}
// ANCHOR_END: recv_hangs

// ANCHOR: recv_ends
async fn receives_with_tokio() -> Option<&'static str> {
    let (sender, mut receiver) = mpsc::channel(1);
    tokio::spawn(async move { sender.send("hello").await });
    receiver.recv().await // right: the sender's task runs meanwhile
}
// ANCHOR_END: recv_ends

#[test]
fn std_recv_in_a_task_hangs() {
    let test = "traps::std_recv_in_a_task_hangs";
    let body = || current_thread().block_on(receives_with_std());
    assert_hangs(test, "waiting", body);
}

#[test]
fn tokio_recv_in_a_task_receives() {
    assert_ends(|| {
        let received = current_thread().block_on(receives_with_tokio());
        assert_eq!(received, Some("hello"));
    });
}

// ANCHOR: channel
async fn a_thread_and_a_task() -> u32 {
    let (numbers, mut receiver) = mpsc::channel(4);
    let (results, mut sums) = mpsc::channel(4);
    thread::spawn(move || {
        for number in 1..=3 {
            let _ = numbers.blocking_send(number); // thread to task; fails if the task is gone
        }
        sums.blocking_recv() // task to thread
    });
    let mut sum = 0;
    while let Some(number) = receiver.recv().await {
        sum += number;
        let _ = results.try_send(sum); // does not wait; `send(sum).await` does
    }
    sum
}
// ANCHOR_END: channel

#[test]
fn a_channel_connects_a_thread_and_a_task() {
    assert_ends(|| assert_eq!(current_thread().block_on(a_thread_and_a_task()), 6));
}

// ANCHOR: undriven
fn nobody_drives_the_timer() {
    let runtime = current_thread(); // runs its timers and sockets only in its own `block_on`
    let handle = runtime.handle().clone();
    let thread = thread::spawn(move || {
        println!("waiting");
        handle.block_on(load()) // wrong: runs the future here, and nobody runs its timer
    });
    thread.join().expect("it does not panic");
}

fn the_runtime_drives_it() -> u32 {
    let runtime = current_thread();
    thread::scope(|scope| {
        let thread = scope.spawn(|| runtime.block_on(load())); // right
        thread.join().expect("it does not panic")
    })
}
// ANCHOR_END: undriven

#[test]
fn a_handle_of_a_current_thread_runtime_drives_no_timer() {
    let test = "traps::a_handle_of_a_current_thread_runtime_drives_no_timer";
    assert_hangs(test, "waiting", nobody_drives_the_timer);
}

#[test]
fn its_own_block_on_drives_the_timer() {
    assert_ends(|| assert_eq!(the_runtime_drives_it(), 7));
}

// ANCHOR: dropped
async fn drops_a_runtime() {
    let runtime = Runtime::new().expect("it is allowed");
    drop(runtime); // wrong: waits for its threads, and this thread runs tasks
}

async fn leaves_a_runtime() {
    let runtime = Runtime::new().expect("it is allowed");
    runtime.shutdown_background(); // right if you must: does not wait
}
// ANCHOR_END: dropped

#[test]
fn a_runtime_cannot_be_dropped_in_a_task() {
    let _limit = testing::watchdog::limit();
    let runtime = current_thread();
    let words = message(|| runtime.block_on(drops_a_runtime()));
    let expected = "Cannot drop a runtime in a context where blocking is not allowed. This happens \
        when a runtime is dropped from within an asynchronous context.";
    assert_eq!(words, expected);
    runtime.block_on(leaves_a_runtime());
}

// ANCHOR: spawned
fn spawns_and_returns() -> bool {
    let runtime = current_thread();
    let task = runtime.spawn(load()); // wrong: no thread runs it
    thread::sleep(Duration::from_millis(20));
    let finished = task.is_finished();
    runtime.block_on(task).expect("it does not panic"); // right: runs it, and what it waits for
    finished
}
// ANCHOR_END: spawned

#[test]
fn a_task_on_a_current_thread_runtime_waits_for_block_on() {
    assert_ends(|| assert!(!spawns_and_returns()));
}
