//! Exact moments in virtual time, and `every` cancelled or dropped after every number of polls.

use crate::record::record;
use async_interval::every;
use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::task::Poll;
use std::time::Duration;
use testing::watchdog;
use tokio::task::yield_now;
use tokio::time::MissedTickBehavior::{self, Burst, Delay, Skip};
use tokio::time::{Instant, advance, sleep};
use tokio_util::sync::CancellationToken;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn begins(missed: MissedTickBehavior) -> Vec<u64> {
    let jobs = record(missed).expect("a runtime");
    jobs.into_iter().map(|(begin, _)| begin).collect()
}

#[test]
fn burst_runs_every_missed_job_immediately() {
    let _limit = watchdog::limit();
    let expected = [0, 100, 200, 750, 750, 750, 750, 750, 800, 900, 1000, 1100];
    assert_eq!(begins(Burst), expected);
}

#[test]
fn delay_begins_a_new_rhythm_at_the_late_job() {
    let _limit = watchdog::limit();
    assert_eq!(begins(Delay), [0, 100, 200, 750, 850, 950, 1050]);
}

#[test]
fn skip_returns_to_the_multiples_of_the_period() {
    let _limit = watchdog::limit();
    assert_eq!(begins(Skip), [0, 100, 200, 750, 800, 900, 1000, 1100]);
}

/// When five jobs of 30 ms begin, and by how much each is late.
async fn five_jobs(missed: MissedTickBehavior) -> Vec<(u64, u64)> {
    let (start, token, jobs) = (
        Instant::now(),
        CancellationToken::new(),
        RefCell::new(vec![]),
    );
    let job = async |due: Instant| {
        let at = [start.elapsed(), due.elapsed()].map(|time| time.as_millis() as u64);
        jobs.borrow_mut().push((at[0], at[1]));
        sleep(ms(30)).await;
        if jobs.borrow().len() == 5 {
            token.cancel();
        }
    };
    every(ms(100), missed, token.clone(), job).await;
    jobs.into_inner()
}

#[tokio::test(start_paused = true)]
async fn work_within_the_period_does_not_drift() {
    let _limit = watchdog::limit();
    for missed in [Burst, Delay, Skip] {
        let expected = [0, 100, 200, 300, 400].map(|begin| (begin, 0));
        assert_eq!(five_jobs(missed).await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn sleep_in_a_loop_drifts_by_the_time_of_the_work() {
    let _limit = watchdog::limit();
    let (start, mut begins) = (Instant::now(), vec![]);
    for _ in 0..5 {
        begins.push(start.elapsed());
        sleep(ms(30)).await;
        sleep(ms(100)).await;
    }
    assert_eq!(begins, [0, 130, 260, 390, 520].map(ms));
}

/// The job takes 250 ms of a period of 100 ms, five times.
async fn overloaded(missed: MissedTickBehavior) -> Vec<(u64, u64)> {
    let (start, token, jobs) = (
        Instant::now(),
        CancellationToken::new(),
        RefCell::new(vec![]),
    );
    let running = Cell::new(false);
    let job = async |due: Instant| {
        assert!(!running.replace(true), "two jobs overlap");
        let at = [start.elapsed(), due.elapsed()].map(|time| time.as_millis() as u64);
        jobs.borrow_mut().push((at[0], at[1]));
        sleep(ms(250)).await;
        running.set(false);
        if jobs.borrow().len() == 5 {
            token.cancel();
        }
    };
    every(ms(100), missed, token.clone(), job).await;
    jobs.into_inner()
}

#[tokio::test(start_paused = true)]
async fn jobs_longer_than_the_period_never_overlap() {
    let _limit = watchdog::limit();
    let burst = [(0, 0), (250, 150), (500, 300), (750, 450), (1000, 600)];
    assert_eq!(overloaded(Burst).await, burst); // it never catches up
    let delay = [(0, 0), (250, 150), (500, 150), (750, 150), (1000, 150)];
    assert_eq!(overloaded(Delay).await, delay);
    let skip = [(0, 0), (250, 150), (500, 200), (750, 150), (1000, 200)];
    assert_eq!(overloaded(Skip).await, skip);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_token_wins_although_a_tick_is_due() {
    let _limit = watchdog::limit();
    for missed in [Burst, Delay, Skip] {
        let token = CancellationToken::new();
        token.cancel();
        let job = async |_| panic!("no job begins");
        every(ms(1), missed, token, job).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_cancelled_between_two_ticks_ends_it_immediately() {
    let _limit = watchdog::limit();
    for missed in [Burst, Delay, Skip] {
        for period in [ms(3_600_000), Duration::MAX] {
            let (start, token) = (Instant::now(), CancellationToken::new());
            let jobs = every(period, missed, token.clone(), async |_| ());
            let cancels = async {
                sleep(ms(10)).await;
                token.cancel();
            };
            tokio::join!(jobs, cancels);
            assert_eq!(start.elapsed(), ms(10));
        }
    }
}

/// Each job has three awaits. For every k the token is cancelled after k polls: the job that has
/// begun ends, and no other begins. Or the future is dropped: guards run once, no job ends later.
#[tokio::test(start_paused = true)]
async fn cancelled_or_dropped_after_every_number_of_polls() {
    struct Guard<'a>(&'a Cell<u32>);
    impl Drop for Guard<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    let _limit = watchdog::limit();
    let (mut in_a_job, mut between) = (0, 0);
    for polls in 0..40 {
        for drops in [false, true] {
            let (begun, ended, guards) = (Cell::new(0), Cell::new(0), Cell::new(0));
            let token = CancellationToken::new();
            let job = async |_| {
                begun.set(begun.get() + 1);
                let _guard = Guard(&guards);
                for _ in 0..3 {
                    yield_now().await;
                }
                ended.set(ended.get() + 1);
            };
            let mut jobs = Box::pin(every(ms(10), Skip, token.clone(), job));
            for _ in 0..polls {
                let poll = poll_fn(|context| Poll::Ready(jobs.as_mut().poll(context))).await;
                assert!(poll.is_pending());
                advance(ms(4)).await;
            }
            let before = (begun.get(), ended.get());
            if before.0 > before.1 {
                in_a_job += 1;
            } else {
                between += 1;
            }
            if drops {
                drop(jobs);
                sleep(ms(100)).await;
                assert_eq!((begun.get(), ended.get()), before);
            } else {
                token.cancel();
                jobs.await;
                assert_eq!((begun.get(), ended.get()), (before.0, before.0));
            }
            assert_eq!(guards.get(), begun.get(), "after {polls} polls");
        }
    }
    assert!(in_a_job > 0 && between > 0, "not all cases occurred");
}

#[tokio::test]
#[should_panic(expected = "`period` must be non-zero.")]
async fn a_period_of_zero_panics() {
    let _limit = watchdog::limit();
    every(
        Duration::ZERO,
        Delay,
        CancellationToken::new(),
        async |_| (),
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_panic_ends_the_jobs_and_reaches_the_handle() {
    let _limit = watchdog::limit();
    let token = CancellationToken::new();
    let job = |_| async { panic!("the disk is full") };
    let task = tokio::spawn(every(ms(10), Delay, token.clone(), job));
    let error = task.await.expect_err("the job panics").to_string();
    assert!(error.ends_with("panicked with message \"the disk is full\""));
}

#[test]
fn the_future_can_be_spawned() {
    fn send<T: Send + 'static>(_: T) {}
    let job = |_| pending::<()>();
    send(every(ms(1), Delay, CancellationToken::new(), job));
}
