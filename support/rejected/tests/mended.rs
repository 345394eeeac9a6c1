//! The programs that are refused, as they compile.

use std::cell::Cell;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, mpsc};
use std::task::{Context, Waker};
use std::thread;

thread_local! {
    /// What this test saved last.
    static SAVED: Cell<u32> = const { Cell::new(0) };
}

async fn save(value: u32) {
    SAVED.set(value);
}

/// As the spawn of tokio and smol: any thread may go on with the task. This one runs it at once, to
/// its end, since nothing here waits.
fn spawn(task: impl Future + Send + 'static) {
    let polled = pin!(task).poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_ready());
}

#[test]
// ANCHOR: rc_into_a_thread
fn arc_counts_for_all_threads() {
    let names = Arc::new(vec!["one", "two"]);
    let theirs = Arc::clone(&names);
    let thread = thread::spawn(move || theirs.len());
    assert_eq!(names.len(), 2);
    assert_eq!(thread.join().unwrap(), 2);
}
// ANCHOR_END: rc_into_a_thread

#[test]
// ANCHOR: refcell_in_an_arc
fn a_mutex_is_the_cell_of_threads() {
    let total = Arc::new(Mutex::new(0));
    let theirs = Arc::clone(&total);
    let thread = thread::spawn(move || *theirs.lock().unwrap() += 1);
    thread.join().unwrap();
    assert_eq!(*total.lock().unwrap(), 1);
}
// ANCHOR_END: refcell_in_an_arc

// ANCHOR: guard_over_an_await
fn the_guard_ends_with_its_block() {
    let total = Arc::new(Mutex::new(0));
    spawn(async move {
        let new = {
            let mut guard = total.lock().unwrap_or_else(PoisonError::into_inner);
            *guard += 1;
            *guard
        };
        save(new).await;
    });
}
// ANCHOR_END: guard_over_an_await

#[test]
fn what_comes_after_the_block_is_saved() {
    the_guard_ends_with_its_block();
    assert_eq!(SAVED.take(), 1);
}

// ANCHOR: guard_in_a_function
struct Total(Mutex<u32>);

impl Total {
    /// Not async, so no guard can get into a task.
    fn add(&self) -> u32 {
        let mut total = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *total += 1;
        *total
    }
}

fn the_guard_stays_in_a_function() {
    let total = Arc::new(Total(Mutex::new(0)));
    spawn(async move {
        let new = total.add();
        save(new).await;
    });
}
// ANCHOR_END: guard_in_a_function

#[test]
fn what_the_function_returns_is_saved() {
    the_guard_stays_in_a_function();
    assert_eq!(SAVED.take(), 1);
}

#[test]
// ANCHOR: borrow_into_a_thread
fn a_scope_ends_before_what_it_borrows() {
    let names = ["one", "two"];
    let count = thread::scope(|scope| scope.spawn(|| names.len()).join().unwrap());
    assert_eq!(count, 2);
}
// ANCHOR_END: borrow_into_a_thread

#[test]
// ANCHOR: two_threads_write
fn two_threads_write_under_a_lock() {
    let total = Mutex::new(0);
    thread::scope(|scope| {
        scope.spawn(|| *total.lock().unwrap() += 1);
        scope.spawn(|| *total.lock().unwrap() += 1);
    });
    assert_eq!(total.into_inner().unwrap(), 2);
}
// ANCHOR_END: two_threads_write

#[test]
// ANCHOR: change_in_an_arc
fn arc_shares_and_mutex_lets_change() {
    let names = Arc::new(Mutex::new(Vec::new()));
    let theirs = Arc::clone(&names);
    let thread = thread::spawn(move || theirs.lock().unwrap().push("one"));
    thread.join().unwrap();
    assert_eq!(names.lock().unwrap().len(), 1);
}
// ANCHOR_END: change_in_an_arc

#[test]
// ANCHOR: guard_into_a_thread
fn each_thread_locks_for_itself() {
    let total = Mutex::new(0);
    thread::scope(|scope| {
        scope.spawn(|| *total.lock().unwrap() += 1);
    });
    assert_eq!(total.into_inner().unwrap(), 1);
}
// ANCHOR_END: guard_into_a_thread

#[test]
// ANCHOR: lock_into_nothing
fn a_name_keeps_the_guard() {
    let one_at_a_time = Mutex::new(());
    let _guard = one_at_a_time.lock().unwrap();
    assert!(one_at_a_time.try_lock().is_err());
}
// ANCHOR_END: lock_into_nothing

#[test]
// ANCHOR: moved_into_the_first_thread
fn each_thread_has_a_handle_of_its_own() {
    let total = Arc::new(Mutex::new(0));
    let theirs = Arc::clone(&total);
    let one = thread::spawn(move || *theirs.lock().unwrap() += 1);
    let theirs = Arc::clone(&total);
    let other = thread::spawn(move || *theirs.lock().unwrap() += 1);
    one.join().unwrap();
    other.join().unwrap();
    assert_eq!(*total.lock().unwrap(), 2);
}
// ANCHOR_END: moved_into_the_first_thread

// ANCHOR: borrow_into_a_task
fn count(names: &[String]) {
    let names = names.to_vec(); // the task owns a copy; an `Arc<[String]>` would be shared
    spawn(async move { names.len() });
}

#[test]
fn a_task_owns_what_it_uses() {
    count(&["one".to_owned()]);
}
// ANCHOR_END: borrow_into_a_task

// ANCHOR: future_dropped
async fn work() {
    save(1).await;
}
// ANCHOR_END: future_dropped

#[test]
fn awaited_it_runs() {
    drop(work());
    assert_eq!(SAVED.take(), 0, "nobody polled it");
    spawn(work());
    assert_eq!(SAVED.take(), 1);
}

#[test]
fn a_static_changes_as_an_atomic() {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let other = thread::spawn(|| COUNT.fetch_add(1, Ordering::Relaxed));
    other.join().unwrap();
    assert_eq!(COUNT.load(Ordering::Relaxed), 1);
}

#[test]
fn a_receiver_moves_into_one_thread() {
    let (sender, receiver) = mpsc::channel();
    sender.send(1).unwrap();
    let received = thread::scope(|scope| scope.spawn(move || receiver.recv()).join().unwrap());
    assert_eq!(received, Ok(1));
}

#[test]
fn what_an_rwlock_holds_is_changed_by_a_writer() {
    let total: RwLock<u32> = RwLock::default();
    thread::scope(|scope| {
        scope.spawn(|| *total.write().unwrap() = 1);
    });
    assert_eq!(*total.read().unwrap(), 1);
}

#[test]
fn a_store_releases_and_a_load_acquires() {
    let ready = AtomicBool::new(false);
    ready.store(true, Ordering::Release);
    assert!(ready.load(Ordering::Acquire));
}
