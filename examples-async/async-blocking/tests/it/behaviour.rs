//! Limits, panics, callers that go away, and a runtime that is shut down.

use async_blocking::{Blocking, Failed};
use rayon::prelude::*;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier, mpsc};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use testing::{child, watchdog};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::{JoinSet, yield_now};

const PERMITS: usize = 4;
const CALLS: u32 = 10_000;

/// A runtime with one thread for tasks, which counts all its threads for blocking calls.
fn runtime() -> (Runtime, Arc<AtomicUsize>) {
    let threads = Arc::new(AtomicUsize::new(0));
    let (started, stopped) = (Arc::clone(&threads), Arc::clone(&threads));
    let runtime = Builder::new_current_thread()
        .on_thread_start(move || {
            started.fetch_add(1, SeqCst);
        })
        .on_thread_stop(move || {
            stopped.fetch_sub(1, SeqCst);
        })
        .build();
    (runtime.expect("it is allowed"), threads)
}

#[derive(Clone, Default)]
struct Running {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Running {
    fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let now = self.now.fetch_add(1, SeqCst) + 1;
        self.most.fetch_max(now, SeqCst);
        let result = work();
        self.now.fetch_sub(1, SeqCst);
        result
    }
}

/// Yields until this many closures wait, so that no test depends on time.
async fn until(mut condition: impl FnMut() -> bool) {
    while !condition() {
        yield_now().await;
    }
}

#[test]
fn ten_thousand_calls_use_as_many_threads_as_there_are_permits() {
    let _limit = watchdog::limit();
    let (runtime, threads) = runtime();
    runtime.block_on(async {
        let (blocking, running) = (Blocking::new(PERMITS), Running::default());
        let open = Arc::new(AtomicU32::new(0));
        let mut calls = JoinSet::new();
        for number in 0..CALLS {
            let (blocking, running, open) = (blocking.clone(), running.clone(), open.clone());
            let call = move || {
                running.during(|| {
                    while open.load(SeqCst) == 0 {
                        std::thread::yield_now();
                    }
                    number
                })
            };
            calls.spawn(async move { blocking.io(call).await });
        }
        for _ in 0..3 {
            yield_now().await; // each task has been polled, and waits
        }
        until(|| running.now.load(SeqCst) == PERMITS).await;
        assert_eq!(threads.load(SeqCst), PERMITS, "while {CALLS} calls wait");
        open.store(1, SeqCst);
        let mut numbers: Vec<_> = calls.join_all().await.into_iter().flatten().collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..CALLS).collect::<Vec<_>>());
        assert_eq!(running.most.load(SeqCst), PERMITS);
    });
}

#[test]
fn without_permits_the_same_calls_start_512_threads() {
    let _limit = watchdog::limit();
    let (runtime, threads) = runtime();
    runtime.block_on(async {
        let (hold, held) = mpsc::channel::<()>();
        let held = Arc::new(std::sync::Mutex::new(held));
        let mut calls = JoinSet::new();
        for _ in 0..600 {
            let held = Arc::clone(&held);
            calls.spawn_blocking(move || held.lock().is_ok_and(|held| held.recv().is_ok()));
        }
        until(|| threads.load(SeqCst) == 512).await;
        drop(hold); // `recv` fails, and all end
        assert_eq!(calls.join_all().await, [false; 600]);
    });
    assert!(threads.load(SeqCst) <= 512);
}

#[tokio::test]
async fn computations_are_limited_to_the_threads_of_rayon() {
    let _limit = watchdog::limit();
    let (blocking, running) = (Blocking::new(1), Running::default());
    let mut calls = JoinSet::new();
    for number in 0..CALLS {
        let (blocking, running) = (blocking.clone(), running.clone());
        let call = move || running.during(|| number);
        calls.spawn(async move { blocking.cpu(call).await });
    }
    assert_eq!(calls.join_all().await.len(), 10_000);
    assert!(running.most.load(SeqCst) <= rayon::current_num_threads());
}

/// Three computations meet, and so run at the same time. A fourth does not wait in the queue of
/// rayon, which runs what nobody waits for any more.
#[test]
fn as_many_computations_run_as_rayon_has_threads_and_no_more_are_queued() {
    const THREADS: usize = 3;
    let test = "behaviour::as_many_computations_run_as_rayon_has_threads_and_no_more_are_queued";
    child::alone(test, &[("RAYON_NUM_THREADS", "3")], || {
        let _limit = watchdog::limit();
        runtime().0.block_on(async {
            let (blocking, meet) = (Blocking::new(1), Arc::new(Barrier::new(THREADS + 1)));
            let mut calls = JoinSet::new();
            for _ in 0..THREADS {
                let (blocking, meet) = (blocking.clone(), Arc::clone(&meet));
                let call = move || meet.wait().is_leader();
                calls.spawn(async move { blocking.cpu(call).await });
            }
            yield_now().await; // each has a permit
            let ran = Arc::new(AtomicU32::new(0));
            for _ in 0..10 {
                let ran = Arc::clone(&ran);
                let mut call = pin!(blocking.cpu(move || ran.fetch_add(1, SeqCst)));
                let poll = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
                assert_eq!(poll, Poll::Pending);
            }
            meet.wait(); // ends when all three are there
            assert!(calls.join_all().await.iter().all(Result::is_ok));
            for _ in 0..10 {
                assert_eq!(blocking.cpu(|| ()).await, Ok(()));
            }
            assert_eq!(ran.load(SeqCst), 0, "nobody waited for it");
        });
    });
}

#[tokio::test]
async fn a_computation_may_use_all_cores() {
    let _limit = watchdog::limit();
    let sum = || (0..1000_u64).into_par_iter().sum::<u64>();
    assert_eq!(Blocking::new(1).cpu(sum).await, Ok(499_500));
}

#[tokio::test]
async fn io_and_computations_do_not_wait_for_each_other() {
    let _limit = watchdog::limit();
    let blocking = Blocking::new(1);
    let (finish, may_finish) = mpsc::channel();
    let io = blocking.io(move || may_finish.recv());
    let cpu = async {
        let computed = blocking.cpu(|| 7).await; // the only permit for IO is in use
        finish.send(computed).expect("the call waits for it");
    };
    assert_eq!(tokio::join!(io, cpu).0, Ok(Ok(Ok(7))));
}

#[tokio::test]
async fn a_heartbeat_goes_on_during_a_call() {
    let _limit = watchdog::limit();
    let ticks = Arc::new(AtomicU32::new(0));
    let theirs = Arc::clone(&ticks);
    tokio::spawn(async move {
        loop {
            yield_now().await;
            theirs.fetch_add(1, SeqCst);
        }
    });
    for cpu in [false, true] {
        let ticks = Arc::clone(&ticks);
        let call = move || {
            let before = ticks.load(SeqCst);
            while ticks.load(SeqCst) < before + 1000 {
                std::thread::yield_now(); // would hang if it stopped the heartbeat
            }
        };
        let blocking = Blocking::new(1);
        let ended = match cpu {
            true => blocking.cpu(call).await,
            false => blocking.io(call).await,
        };
        assert_eq!(ended, Ok(()));
    }
}

#[tokio::test]
async fn a_panic_is_an_error_and_frees_its_permit() {
    let _limit = watchdog::limit();
    let blocking = Blocking::new(1);
    let panicked = |message: &str| Err(Failed::Panicked(message.to_owned()));
    for round in 0..100 {
        let formatted = move || assert!(round > 100, "round {round}");
        let expected = panicked(&format!("round {round}"));
        assert_eq!(blocking.io(formatted).await, expected);
        assert_eq!(blocking.cpu(formatted).await, expected);
    }
    assert_eq!(
        blocking.io(|| panic!("fixed")).await,
        panicked("fixed") as Result<(), _>
    );
    let other = || std::panic::panic_any(7);
    let expected: Result<(), _> = panicked("the panic has no message");
    assert_eq!(blocking.cpu(other).await, expected);
    assert_eq!(blocking.io(|| 1).await, Ok(1), "the permit is free again");
}

#[tokio::test]
async fn a_closure_whose_caller_went_finishes_and_then_frees_its_permit() {
    let _limit = watchdog::limit();
    for cpu in [false, true] {
        let blocking = Blocking::new(1);
        let (finish, may_finish) = mpsc::channel();
        let (end, mut ended) = oneshot::channel();
        let (start, started) = oneshot::channel();
        let closure = move || {
            let _ = start.send(());
            let _ = may_finish.recv();
            let _ = end.send("to its end");
        };
        let theirs = blocking.clone();
        let caller = tokio::spawn(async move {
            match cpu {
                true => theirs.cpu(closure).await,
                false => theirs.io(closure).await,
            }
        });
        started.await.expect("it starts");
        caller.abort();
        assert!(caller.await.is_err_and(|error| error.is_cancelled()));
        if cpu {
            finish.send(()).expect("it runs on");
            assert_eq!(ended.await, Ok("to its end"));
            continue; // rayon may have more than one thread, and so more permits
        }
        let mut next = pin!(blocking.io(|| "next"));
        for _ in 0..100 {
            let poll = poll_fn(|context| Poll::Ready(next.as_mut().poll(context))).await;
            assert_eq!(poll, Poll::Pending, "the permit was free too early");
            std::thread::sleep(Duration::from_millis(1)); // with a permit, it would run by now
            yield_now().await;
        }
        assert!(ended.try_recv().is_err());
        finish.send(()).expect("it runs on");
        assert_eq!(next.await, Ok("next"));
        assert_eq!(ended.try_recv(), Ok("to its end"));
    }
}

/// Nobody takes the result, so it is dropped on the thread of the pool. An uncaught panic there
/// would abort the process. With one thread of rayon, the last call waits for that thread.
#[test]
fn a_result_that_panics_when_it_is_dropped_does_not_end_the_process() {
    struct PanicsInDrop(Option<oneshot::Sender<()>>);
    impl Drop for PanicsInDrop {
        fn drop(&mut self) {
            let _ = self.0.take().map(|dropped| dropped.send(()));
            std::panic::resume_unwind(Box::new("meant"));
        }
    }
    let test = "behaviour::a_result_that_panics_when_it_is_dropped_does_not_end_the_process";
    let one_thread = [("RAYON_NUM_THREADS", "1")];
    child::alone(test, &one_thread, || {
        let _limit = watchdog::limit();
        let blocking = Blocking::new(1);
        runtime().0.block_on(async {
            for cpu in [false, true] {
                let (finish, may_finish) = mpsc::channel::<()>();
                let (drops, dropped) = oneshot::channel();
                let closure = move || {
                    let _ = may_finish.recv();
                    PanicsInDrop(Some(drops))
                };
                let theirs = blocking.clone();
                let caller = tokio::spawn(async move {
                    match cpu {
                        true => theirs.cpu(closure).await.is_ok(),
                        false => theirs.io(closure).await.is_ok(),
                    }
                });
                yield_now().await; // it has a permit
                caller.abort();
                assert!(caller.await.is_err_and(|error| error.is_cancelled()));
                finish.send(()).expect("it waits");
                dropped.await.expect("the result is dropped");
                assert_eq!(blocking.io(|| 1).await, Ok(1));
                assert_eq!(blocking.cpu(|| 2).await, Ok(2));
            }
        });
    });
}

#[tokio::test]
async fn a_closure_whose_caller_went_before_it_started_never_runs() {
    let _limit = watchdog::limit();
    let blocking = Blocking::new(1);
    let (finish, may_finish) = mpsc::channel::<()>();
    let first = tokio::spawn({
        let blocking = blocking.clone();
        async move { blocking.io(move || may_finish.recv().is_ok()).await }
    });
    yield_now().await; // it has the permit
    let ran = Arc::new(AtomicU32::new(0));
    for _ in 0..100 {
        let ran = Arc::clone(&ran);
        let mut call = pin!(blocking.io(move || ran.fetch_add(1, SeqCst)));
        let poll = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
        assert_eq!(poll, Poll::Pending);
    }
    finish.send(()).expect("it waits");
    assert_eq!(first.await.expect("it does not panic"), Ok(true));
    assert_eq!(blocking.io(|| ()).await, Ok(()));
    assert_eq!((ran.load(SeqCst), Arc::strong_count(&ran)), (0, 1));
}

#[test]
fn a_call_that_the_shut_down_runtime_never_started_is_an_error() {
    let _limit = watchdog::limit();
    let runtime = Builder::new_current_thread().build().expect("allowed");
    let handle = runtime.handle().clone();
    runtime.shutdown_background();
    let _inside = handle.enter();
    let blocking = Blocking::new(1);
    let mut context = Context::from_waker(Waker::noop());
    let poll = pin!(blocking.io(|| 1)).poll(&mut context);
    assert_eq!(poll, Poll::Ready(Err(Failed::ShutDown)));
    assert_eq!(Failed::ShutDown.to_string(), "the runtime was shut down");
}

#[tokio::test]
async fn the_largest_number_of_permits_is_no_panic() {
    let _limit = watchdog::limit();
    assert_eq!(Blocking::new(usize::MAX).io(|| 7).await, Ok(7));
}

#[test]
#[should_panic(expected = "with 0 permits no closure could ever start")]
fn zero_permits_panic() {
    let _ = Blocking::new(0);
}

#[test]
fn its_futures_can_be_spawned_and_its_error_can_be_boxed() {
    fn send<T: Send>(_: T) {}
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    send(Blocking::new(1).io(|| ()));
    send(Blocking::new(1).cpu(|| ()));
    error::<Failed>();
}
