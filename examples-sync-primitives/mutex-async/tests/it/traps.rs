//! The code under *Traps*, as tests.
#![expect(clippy::unwrap_used, reason = "the traps as people write them")]

use std::pin::pin;
use std::sync::{Arc, Mutex as StdMutex};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{Instant, sleep, timeout};

// ANCHOR: answer
const ANSWER: Duration = Duration::from_millis(100);
// ANCHOR_END: answer

#[tokio::test]
// ANCHOR: across
#[expect(clippy::await_holding_lock, reason = "the trap: clippy finds it")]
async fn a_std_guard_across_an_await_blocks_the_next_task() {
    let number = StdMutex::new(0);
    let holds = async {
        let _guard = number.lock().unwrap();
        yield_now().await; // the other task runs, on the same thread
    };
    let wants = async {
        // lock() would block the thread, and the task with the lock could never continue.
        assert!(number.try_lock().is_err());
    };
    tokio::join!(holds, wants);
}
// ANCHOR_END: across

#[tokio::test]
// ANCHOR: accepted
async fn the_compiler_accepts_this_in_a_spawned_task() {
    let number = Arc::new(StdMutex::new(0));
    let shared = Arc::clone(&number);
    let task = tokio::spawn(async move {
        {
            let mut guard = shared.lock().unwrap();
            *guard += 1;
        } // the end of the block drops the guard
        yield_now().await;
        *shared.lock().unwrap() += 1; // a guard without a name lives until the semicolon
        yield_now().await;
    });
    task.await.unwrap();
    assert_eq!(*number.lock().unwrap(), 2);
}
// ANCHOR_END: accepted

// ANCHOR: collapse
/// A request to another server. It needs the address and takes 100 ms.
async fn request(address: &str) -> usize {
    sleep(ANSWER).await;
    address.len()
}

/// Slow: locked during the request, so the tasks wait for each other.
async fn locked_during_request(address: Arc<Mutex<String>>) -> usize {
    let address = address.lock().await;
    request(&address).await
}

/// Fast: copies the address under a short lock, so all tasks wait at the same time.
async fn copied_before_request(address: Arc<StdMutex<String>>) -> usize {
    let address = address.lock().unwrap().clone(); // unlocked at the semicolon
    request(&address).await
}

#[tokio::test(start_paused = true)]
async fn ten_requests_take_1000_ms_under_the_lock_and_100_ms_beside_it() {
    let address = Arc::new(Mutex::new("example.org".to_owned()));
    let start = Instant::now();
    let tasks = (0..10).map(|_| locked_during_request(Arc::clone(&address)));
    tasks.collect::<JoinSet<_>>().join_all().await;
    assert_eq!(start.elapsed().as_millis(), 1000);

    let address = Arc::new(StdMutex::new("example.org".to_owned()));
    let start = Instant::now();
    let tasks = (0..10).map(|_| copied_before_request(Arc::clone(&address)));
    tasks.collect::<JoinSet<_>>().join_all().await;
    assert_eq!(start.elapsed().as_millis(), 100);
}
// ANCHOR_END: collapse

#[tokio::test(start_paused = true)]
// ANCHOR: cancelled
async fn a_cancelled_task_leaves_its_change_half_done_and_no_poison() {
    let accounts = Arc::new(Mutex::new([100, 0]));
    let shared = Arc::clone(&accounts);
    let transfer = tokio::spawn(async move {
        let mut accounts = shared.lock().await;
        accounts[0] -= 40;
        sleep(ANSWER).await; // cancelled here
        accounts[1] += 40;
    });
    yield_now().await;
    transfer.abort();
    assert!(transfer.await.unwrap_err().is_cancelled());

    let accounts = accounts.try_lock().unwrap(); // free, and nothing says what happened
    assert_eq!(*accounts, [60, 0]);
}
// ANCHOR_END: cancelled

#[tokio::test(start_paused = true)]
// ANCHOR: futurelock
async fn a_future_in_the_queue_that_is_not_polled_stops_the_queue() {
    let mutex = Mutex::new(0);
    let guard = mutex.lock().await;
    let mut first = pin!(mutex.lock());
    tokio::select! {
        _ = &mut first => unreachable!("it is locked"),
        () = sleep(ANSWER) => {} // from here on nobody polls `first`, but it stays in the queue
    }
    drop(guard); // hands the lock to `first`

    let second = timeout(Duration::from_secs(3600), mutex.lock()).await;
    assert!(
        second.is_err(),
        "it waits for `first`, which waits for a poll"
    );

    drop(first.await); // poll it or drop it: then the queue moves on
    assert!(mutex.try_lock().is_ok());
}
// ANCHOR_END: futurelock

#[tokio::test(start_paused = true)]
// ANCHOR: twice
async fn a_second_lock_in_the_same_task_waits_for_the_first() {
    let mutex = Mutex::new(0);
    let _guard = mutex.lock().await;
    let second = timeout(Duration::from_secs(3600), mutex.lock()).await;
    assert!(second.is_err()); // this task hangs; the thread does not
}
// ANCHOR_END: twice

#[tokio::test]
// ANCHOR: blocking-lock
#[should_panic(expected = "Cannot block the current thread from within a runtime")]
async fn blocking_lock_is_for_threads_outside_the_runtime() {
    let mutex = Mutex::new(0);
    *mutex.blocking_lock() += 1;
}
// ANCHOR_END: blocking-lock
