//! `Shutdown` without signals: in virtual time, on several threads, and dropped after each poll.

use async_shutdown::{Outcome, Shutdown};
use std::future::{pending, poll_fn, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::Duration;
use testing::watchdog;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

const GRACE: Duration = Duration::from_secs(10);

#[tokio::test(start_paused = true)]
async fn waits_as_long_as_the_last_task_and_no_longer() {
    let _limit = watchdog::limit();
    let (start, shutdown) = (Instant::now(), Shutdown::new(GRACE));
    for seconds in 1..=9 {
        let token = shutdown.token();
        shutdown.spawn(async move {
            token.cancelled().await;
            sleep(Duration::from_secs(seconds)).await;
        });
    }
    let outcome = shutdown.wait(sleep(Duration::from_secs(100))).await;
    assert_eq!(outcome, Outcome::Clean);
    assert_eq!(start.elapsed(), Duration::from_secs(109));
}

#[tokio::test(start_paused = true)]
async fn gives_up_exactly_at_the_end_of_the_grace_and_says_what_is_left() {
    let _limit = watchdog::limit();
    for stuck in 0..5 {
        let (start, shutdown) = (Instant::now(), Shutdown::new(GRACE));
        for _ in 0..stuck {
            shutdown.spawn(pending::<()>());
        }
        for _ in 0..3 {
            shutdown.spawn(sleep(GRACE / 2));
        }
        let outcome = shutdown.wait(ready(())).await;
        if stuck == 0 {
            assert_eq!((outcome, start.elapsed()), (Outcome::Clean, GRACE / 2));
        } else {
            assert_eq!((outcome, start.elapsed()), (Outcome::Left(stuck), GRACE));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_told_before_the_signal_and_no_task_ends_the_wait() {
    let _limit = watchdog::limit();
    let (start, shutdown) = (Instant::now(), Shutdown::new(GRACE));
    let token = shutdown.token();
    let ended = shutdown.spawn(async {});
    let signal = async {
        sleep(GRACE * 2).await;
        assert!(ended.is_finished() && !token.is_cancelled());
    };
    assert_eq!(shutdown.wait(signal).await, Outcome::Clean);
    assert!(token.is_cancelled());
    assert_eq!(start.elapsed(), GRACE * 2);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_panics_has_ended_and_its_handle_has_the_panic() {
    let _limit = watchdog::limit();
    let shutdown = Shutdown::new(GRACE);
    let handle = shutdown.spawn(async { panic!("the disk is full") });
    assert_eq!(shutdown.wait(ready(())).await, Outcome::Clean);
    assert!(handle.await.expect_err("it panics").is_panic());
}

#[tokio::test(start_paused = true)]
async fn tasks_that_are_spawned_during_the_shutdown_are_waited_for() {
    let _limit = watchdog::limit();
    let (shutdown, ended) = (Shutdown::new(GRACE), Arc::new(AtomicU32::new(0)));
    let (ours, count) = (shutdown.clone(), Arc::clone(&ended));
    shutdown.spawn(async move {
        ours.token().cancelled().await;
        for seconds in 1..=3 {
            let count = Arc::clone(&count);
            ours.spawn(async move {
                sleep(Duration::from_secs(seconds)).await;
                count.fetch_add(1, Ordering::Relaxed);
            });
        }
    });
    assert_eq!(shutdown.wait(ready(())).await, Outcome::Clean);
    assert_eq!(ended.load(Ordering::Relaxed), 3);
}

/// `wait` is told that all have ended, and another one is spawned before it is polled.
#[tokio::test(start_paused = true)]
async fn a_task_that_is_spawned_after_all_had_ended_is_not_left() {
    let _limit = watchdog::limit();
    let shutdown = Shutdown::new(GRACE);
    let last = shutdown.spawn(async {});
    let late = async {
        last.await.expect("it does not panic");
        shutdown.spawn(pending::<()>());
    };
    let ((), outcome) = tokio::join!(biased; late, shutdown.wait(ready(())));
    assert_eq!(outcome, Outcome::Clean);
}

#[tokio::test(start_paused = true)]
async fn without_grace_tasks_that_are_running_are_left() {
    let _limit = watchdog::limit();
    for running in 0..3 {
        let (start, shutdown) = (Instant::now(), Shutdown::new(Duration::ZERO));
        for _ in 0..running {
            shutdown.spawn(pending::<()>());
        }
        let expected = if running == 0 {
            Outcome::Clean
        } else {
            Outcome::Left(running)
        };
        assert_eq!(shutdown.wait(ready(())).await, expected);
        // tokio's timers count whole milliseconds.
        assert!(start.elapsed() <= Duration::from_millis(1));
    }
}

/// The grace ends while the last tasks end on other threads. `Left(0)` would be a contradiction.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_left_is_never_zero() {
    let _limit = watchdog::limit();
    let moment = Duration::from_millis(1);
    for _ in 0..200 {
        let shutdown = Shutdown::new(moment);
        for _ in 0..20 {
            shutdown.spawn(sleep(moment));
        }
        assert_ne!(shutdown.wait(ready(())).await, Outcome::Left(0));
    }
}

/// On four threads, 10,000 tasks end while the shutdown waits: each is counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_task_has_ended_when_the_outcome_is_clean() {
    let _limit = watchdog::limit();
    let (shutdown, ended) = (Shutdown::new(Duration::MAX), Arc::new(AtomicU32::new(0)));
    for number in 0..10_000 {
        let (token, ended) = (shutdown.token(), Arc::clone(&ended));
        shutdown.spawn(async move {
            if number % 2 == 0 {
                token.cancelled().await;
            }
            yield_now().await;
            ended.fetch_add(1, Ordering::Relaxed);
        });
    }
    let ended = || ended.load(Ordering::Relaxed);
    let signal = async {
        while ended() < 100 {
            yield_now().await;
        }
    };
    assert_eq!(shutdown.wait(signal).await, Outcome::Clean);
    assert_eq!(ended(), 10_000);
}

/// For every k, the first `wait` is dropped after k polls. A second one finishes the shutdown.
#[tokio::test(start_paused = true)]
async fn wait_dropped_after_every_number_of_polls_can_be_called_again() {
    let _limit = watchdog::limit();
    let mut told = [0, 0];
    for polls in 0..20 {
        let (shutdown, ended) = (Shutdown::new(GRACE), Arc::new(AtomicU32::new(0)));
        for _ in 0..5 {
            let (token, ended) = (shutdown.token(), Arc::clone(&ended));
            shutdown.spawn(async move {
                token.cancelled().await;
                for _ in 0..5 {
                    yield_now().await;
                }
                ended.fetch_add(1, Ordering::Relaxed);
            });
        }
        {
            let signal = async {
                for _ in 0..5 {
                    yield_now().await;
                }
            };
            let mut wait = Box::pin(shutdown.wait(signal));
            for _ in 0..polls {
                let poll = poll_fn(|context| Poll::Ready(wait.as_mut().poll(context))).await;
                if poll.is_ready() {
                    break;
                }
                yield_now().await;
            }
        }
        told[usize::from(shutdown.token().is_cancelled())] += 1;
        assert_eq!(shutdown.wait(ready(())).await, Outcome::Clean);
        assert_eq!(ended.load(Ordering::Relaxed), 5, "after {polls} polls");
    }
    assert!(told[0] > 0 && told[1] > 0, "not all cases occurred");
}

#[test]
fn the_futures_can_be_spawned() {
    let _limit = watchdog::limit();
    fn send<T: Send + 'static>(_: T) {}
    let shutdown = Shutdown::new(GRACE);
    send(async move { shutdown.wait(ready(())).await });
}
