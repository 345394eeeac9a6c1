//! The code under *Traps*, as tests, with tokio's paused clock.
#![expect(clippy::unwrap_used, reason = "the traps as people write them")]

use futures_util::{StreamExt, future, stream};
use semaphore_async::Limit;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, spawn_blocking, yield_now};
use tokio::time::{sleep, timeout};

// ANCHOR: hour
const HOUR: Duration = Duration::from_secs(3600);
// ANCHOR_END: hour

// ANCHOR: yours
/// Counts how many requests run at the same time.
#[derive(Default)]
struct Server {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Server {
    async fn get(&self, number: usize) -> usize {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        sleep(Duration::from_millis(100)).await;
        self.now.fetch_sub(1, Ordering::Relaxed);
        number
    }

    fn most(&self) -> usize {
        self.most.swap(0, Ordering::Relaxed)
    }
}
// ANCHOR_END: yours

#[tokio::test(start_paused = true)]
// ANCHOR: gather
async fn three_at_a_time() {
    let server = Arc::new(Server::default());

    // One task per request: they may run in parallel. Results arrive as they finish.
    let (semaphore, mut tasks) = (Arc::new(Semaphore::new(3)), JoinSet::new());
    for number in 0..12 {
        let (semaphore, server) = (Arc::clone(&semaphore), Arc::clone(&server));
        tasks.spawn(async move {
            let _permit = semaphore.acquire().await.unwrap();
            server.get(number).await
        });
    }
    assert_eq!(tasks.join_all().await.len(), 12);
    assert_eq!(server.most(), 3);

    // One task, no semaphore: they may borrow, but do not run while nobody polls the stream.
    let requests = stream::iter(0..12).map(|number| server.get(number));
    let pages: Vec<_> = requests.buffer_unordered(3).collect().await; // or buffered, in order
    assert_eq!(pages.len(), 12);
    assert_eq!(server.most(), 3);
}
// ANCHOR_END: gather

#[tokio::test(start_paused = true)]
// ANCHOR: nothing
async fn permits_that_limit_nothing() {
    let (server, semaphore) = (Arc::new(Server::default()), Semaphore::new(3));

    // Wrong: one permit around all twelve requests.
    let permit = semaphore.acquire().await.unwrap();
    future::join_all((0..12).map(|number| server.get(number))).await;
    drop(permit);
    assert_eq!(server.most(), 12);

    // Wrong: not moved into the task, so released at the end of each iteration.
    let mut tasks = JoinSet::new();
    for number in 0..12 {
        let _permit = semaphore.acquire().await.unwrap();
        let server = Arc::clone(&server);
        tasks.spawn(async move { server.get(number).await });
    }
    tasks.join_all().await;
    assert_eq!(server.most(), 12);

    // Wrong: `_` is not a variable, so the permit is released immediately.
    let _ = semaphore.acquire().await.unwrap();
    assert_eq!(semaphore.available_permits(), 3);
}
// ANCHOR_END: nothing

#[tokio::test(start_paused = true)]
// ANCHOR: for-ever
async fn requests_that_are_never_granted() {
    // More permits than there are. tokio does not refuse it, and all later requests wait behind it.
    let semaphore = Semaphore::new(2);
    assert!(timeout(HOUR, semaphore.acquire_many(3)).await.is_err());

    // Two jobs have one permit each, and each waits for a second one.
    let job = async || {
        let _first = semaphore.acquire().await;
        yield_now().await;
        let _second = semaphore.acquire().await;
    };
    let both = async { tokio::join!(job(), job()) };
    assert!(timeout(HOUR, both).await.is_err());
}
// ANCHOR_END: for-ever

#[tokio::test]
// ANCHOR: forget
async fn a_forgotten_permit_is_never_released() {
    let semaphore = Semaphore::new(3);
    semaphore.acquire().await.unwrap().forget(); // lowers the limit to two
    assert_eq!(semaphore.available_permits(), 2);
    semaphore.add_permits(1); // and three again
    assert_eq!(semaphore.available_permits(), 3);
}
// ANCHOR_END: forget

#[tokio::test]
// ANCHOR: beside
async fn a_permit_beside_the_closure_is_released_too_early() {
    let semaphore = Arc::new(Semaphore::new(1));
    let shared = Arc::clone(&semaphore);
    let (finish, finished) = mpsc::channel::<()>();
    let task = tokio::spawn(async move {
        let _permit = shared.acquire().await.unwrap();
        spawn_blocking(move || finished.recv()).await // wrong: move the permit in here
    });
    yield_now().await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());

    assert_eq!(semaphore.available_permits(), 1); // the next job may start,
    finish.send(()).unwrap(); // although the closure is still running
}
// ANCHOR_END: beside

// ANCHOR: pool
/// tokio's pool for blocking work has 512 threads by default. Here it has two.
fn pool_of_two() -> Runtime {
    let mut builder = Builder::new_current_thread();
    let builder = builder.enable_time().max_blocking_threads(2);
    builder.build().unwrap()
}

fn a_pool_full_of_waiting_jobs_never_starts_the_job_they_wait_for() {
    pool_of_two().block_on(async {
        let signal = Arc::new(OnceLock::new());
        let waits = || {
            let signal = Arc::clone(&signal);
            spawn_blocking(move || *signal.wait())
        };
        let jobs = [waits(), waits()];
        let shared = Arc::clone(&signal);
        let mut gives_the_signal = spawn_blocking(move || shared.set(()));
        let started = timeout(Duration::from_millis(200), &mut gives_the_signal).await;
        assert!(started.is_err(), "there was a third thread");

        signal.set(()).unwrap(); // from outside of the pool; without this line it hangs
        for job in jobs {
            job.await.unwrap();
        }
        gives_the_signal.await.unwrap().unwrap_err(); // it runs now, too late
    });
}

fn a_limit_below_the_size_of_the_pool_keeps_a_thread_free() {
    pool_of_two().block_on(async {
        let (limit, signal) = (Limit::new(1), Arc::new(OnceLock::new()));
        let waits = async || {
            let signal = Arc::clone(&signal);
            let job = limit.spawn_blocking(move || *signal.wait()).await; // waits without a thread
            job.unwrap().await.unwrap();
        };
        let gives_the_signal = async {
            let shared = Arc::clone(&signal);
            spawn_blocking(move || shared.set(())).await.unwrap()
        };
        let (.., given) = tokio::join!(waits(), waits(), gives_the_signal);
        given.unwrap();
    });
}
// ANCHOR_END: pool

#[test]
fn a_pool_of_two_threads_is_exhausted_and_a_limit_keeps_one_free() {
    let _limit = testing::watchdog::limit();
    a_pool_full_of_waiting_jobs_never_starts_the_job_they_wait_for();
    a_limit_below_the_size_of_the_pool_keeps_a_thread_free();
}
