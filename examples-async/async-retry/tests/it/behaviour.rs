//! One client, in virtual time: how often it calls, when, and why it gives up.

use async_retry::{Budget, Failure, GaveUp, Policy, Why, retry};
use std::future::{Future, pending, ready};
use std::time::Duration;
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);

fn policy(attempts: u32) -> Policy {
    Policy {
        attempts,
        base: SECOND,
        cap: 10 * SECOND,
        total: 3600 * SECOND,
    }
}

/// Calls an operation that always fails. Returns the moments of the calls, and the result.
async fn moments<F>(
    policy: Policy,
    budget: &Budget,
    op: impl Fn() -> F,
) -> (Vec<Duration>, GaveUp<&'static str>)
where
    F: Future<Output = Result<(), Failure<&'static str>>>,
{
    let start = Instant::now();
    let mut moments = Vec::new();
    let result = retry(&policy, budget, || {
        moments.push(start.elapsed());
        op()
    });
    let gave_up = result.await.expect_err("it always fails");
    assert_eq!(gave_up.calls as usize, moments.len());
    (moments, gave_up)
}

#[test]
fn each_delay_is_between_zero_and_the_longest_and_they_differ() {
    let _limit = testing::watchdog::limit();
    let policy = policy(9);
    for (calls, longest) in [
        (1, 1),
        (2, 2),
        (3, 4),
        (4, 8),
        (5, 10),
        (6, 10),
        (u32::MAX, 10),
    ] {
        let delays: Vec<_> = (0..1000)
            .map(|seed| {
                fastrand::seed(seed);
                policy.delay(calls)
            })
            .collect();
        let longest = longest * SECOND;
        assert!(delays.iter().all(|delay| *delay <= longest), "{calls}");
        let spread = |part: u32| {
            delays
                .iter()
                .filter(move |d| **d >= longest * part / 4 && **d < longest * (part + 1) / 4)
        };
        for quarter in 0..4 {
            let share = spread(quarter).count();
            assert!(
                (150..350).contains(&share),
                "quarter {quarter}: {share} of 1000"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn it_calls_as_often_as_the_policy_says_and_not_before_the_delay() {
    let _limit = testing::watchdog::limit();
    for seed in 0..50 {
        fastrand::seed(seed);
        for attempts in 1..8 {
            let failing = || ready(Err(Failure::Backoff("down")));
            let (moments, gave_up) = moments(policy(attempts), &Budget::new(0, 100), failing).await;
            let expected = GaveUp {
                why: Why::Attempts,
                calls: attempts,
                error: Some("down"),
            };
            assert_eq!(gave_up, expected);
            for (calls, pair) in moments.windows(2).enumerate() {
                let longest = (SECOND * (1 << calls)).min(10 * SECOND);
                // tokio's timers count whole milliseconds.
                assert!(pair[1] - pair[0] <= longest + Duration::from_millis(1));
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn it_returns_the_first_success() {
    let _limit = testing::watchdog::limit();
    let mut calls = 0;
    let op = || {
        calls += 1;
        ready(if calls < 4 {
            Err(Failure::Backoff("down"))
        } else {
            Ok(calls)
        })
    };
    assert_eq!(retry(&policy(9), &Budget::new(0, 9), op).await, Ok(4));
}

#[tokio::test(start_paused = true)]
async fn what_must_not_be_repeated_is_called_once() {
    let _limit = testing::watchdog::limit();
    let never = || ready(Err(Failure::Never("no such page")));
    let (moments, gave_up) = moments(policy(9), &Budget::new(100, 100), never).await;
    assert_eq!((moments.len(), gave_up.why), (1, Why::NotRepeatable));
    let expected = "gave up at call 1: it must not be repeated: no such page";
    assert_eq!(gave_up.to_string(), expected);
}

#[tokio::test(start_paused = true)]
async fn no_call_is_earlier_than_the_server_says() {
    let _limit = testing::watchdog::limit();
    for seed in 0..50 {
        fastrand::seed(seed);
        let after = || ready(Err(Failure::After(7 * SECOND, "busy")));
        let (moments, _) = moments(policy(5), &Budget::new(0, 100), after).await;
        assert_eq!(moments.len(), 5);
        for (calls, pair) in moments.windows(2).enumerate() {
            let gap = pair[1] - pair[0];
            let longest = (SECOND * (1 << calls)).min(10 * SECOND);
            assert!(gap >= 7 * SECOND, "{gap:?}");
            assert!(
                gap <= 7 * SECOND + longest + Duration::from_millis(1),
                "{gap:?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_a_call_that_hangs() {
    let _limit = testing::watchdog::limit();
    let start = Instant::now();
    let policy = Policy {
        total: 5 * SECOND,
        ..policy(9)
    };
    let (_, gave_up) = moments(policy, &Budget::new(0, 9), pending).await;
    assert_eq!(start.elapsed(), 5 * SECOND);
    let expected = GaveUp {
        why: Why::Deadline,
        calls: 1,
        error: None,
    };
    assert_eq!(gave_up, expected);
    assert_eq!(
        gave_up.to_string(),
        "gave up at call 1: the deadline is reached"
    );
}

#[tokio::test(start_paused = true)]
async fn the_deadline_is_for_all_calls_and_delays_together() {
    let _limit = testing::watchdog::limit();
    for seed in 0..200 {
        fastrand::seed(seed);
        let start = Instant::now();
        let slow = || async {
            sleep(SECOND).await;
            Err(Failure::Backoff("down"))
        };
        let policy = Policy {
            total: 5 * SECOND,
            ..policy(99)
        };
        let (moments, gave_up) = moments(policy, &Budget::new(0, 99), slow).await;
        assert!(
            start.elapsed() <= 5 * SECOND,
            "seed {seed}: {:?}",
            start.elapsed()
        );
        assert_eq!((gave_up.why, gave_up.error), (Why::Deadline, Some("down")));
        assert!((2..=5).contains(&moments.len()), "{moments:?}");
    }
}

/// tokio's timers round up to a millisecond, so a delay of 99.1 ms ends after the deadline.
#[tokio::test(start_paused = true)]
async fn a_call_that_a_late_timer_would_start_after_the_deadline_is_not_made() {
    let _limit = testing::watchdog::limit();
    let policy = Policy {
        base: Duration::ZERO,
        total: Duration::from_micros(99_500),
        ..policy(9)
    };
    let op = || ready(Err(Failure::After(Duration::from_micros(99_100), "down")));
    let (_, gave_up) = moments(policy, &Budget::new(0, 9), op).await;
    let expected = GaveUp {
        why: Why::Deadline,
        calls: 1,
        error: Some("down"),
    };
    assert_eq!(gave_up, expected);
}

#[tokio::test(start_paused = true)]
async fn it_does_not_wait_for_a_moment_after_the_deadline() {
    let _limit = testing::watchdog::limit();
    for after in [3600 * SECOND, Duration::MAX] {
        let start = Instant::now();
        let policy = Policy {
            total: 60 * SECOND,
            ..policy(9)
        };
        let op = || ready(Err(Failure::After(after, "closed today")));
        let (_, gave_up) = moments(policy, &Budget::new(0, 9), op).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        let expected = GaveUp {
            why: Why::Deadline,
            calls: 1,
            error: Some("closed today"),
        };
        assert_eq!(gave_up, expected);
    }
}

/// The smallest and the largest values that the fields of a policy can have.
#[tokio::test(start_paused = true)]
async fn no_attempts_are_one_and_the_longest_times_are_no_panic() {
    let _limit = testing::watchdog::limit();
    let failing = || ready(Err(Failure::Backoff("down")));
    for attempts in [0, 1] {
        let (moments, gave_up) = moments(policy(attempts), &Budget::new(0, 9), failing).await;
        assert_eq!((moments.len(), gave_up.why), (1, Why::Attempts));
    }
    let longest = Policy {
        attempts: 3,
        base: Duration::MAX,
        cap: SECOND,
        total: Duration::MAX,
    };
    for saved in [u32::MAX, u32::MAX / 100 + 1] {
        let budget = Budget::new(u32::MAX, saved);
        let (moments, gave_up) = moments(longest, &budget, failing).await;
        assert_eq!((moments.len(), gave_up.why), (3, Why::Attempts));
    }
}

#[tokio::test(start_paused = true)]
async fn when_all_fail_at_most_ten_percent_and_the_saved_retries_are_extra() {
    let _limit = testing::watchdog::limit();
    let budget = Budget::new(10, 20);
    let mut calls = 0;
    for requests in 1..=10_000_u32 {
        let failing = || ready(Err(Failure::Backoff("down")));
        let (moments, gave_up) = moments(policy(5), &budget, failing).await;
        calls += u32::try_from(moments.len()).expect("five at most");
        assert!(
            calls - requests <= 20 + requests / 10,
            "after {requests} requests"
        );
        assert!([Why::Budget, Why::Attempts].contains(&gave_up.why));
    }
    assert!(calls - 10_000 >= 1000, "the budget can be used: {calls}");
}

#[tokio::test(start_paused = true)]
async fn successes_fill_the_budget_and_no_more_than_it_holds() {
    let _limit = testing::watchdog::limit();
    let budget = Budget::new(10, 2);
    let extra = async || {
        let failing = || ready(Err(Failure::Backoff("down")));
        moments(policy(9), &budget, failing).await.0.len() - 1
    };
    assert_eq!(extra().await, 2);
    assert_eq!(extra().await, 0); // 10 hundredths are not one retry
    for _ in 0..1000 {
        let policy = policy(9);
        let result = retry(&policy, &budget, || ready(Ok::<_, Failure<()>>(())));
        assert_eq!(result.await, Ok(()));
    }
    assert_eq!(extra().await, 2);
}

#[test]
fn a_budget_is_shared_by_threads_and_counts_right() {
    let _limit = testing::watchdog::limit();
    static BUDGET: Budget = Budget::new(10, 100);
    let calls = std::thread::scope(|scope| {
        let threads = [(); 4].map(|()| {
            scope.spawn(|| {
                let mut runtime = tokio::runtime::Builder::new_current_thread();
                let runtime = runtime.enable_time().start_paused(true).build();
                let runtime = runtime.expect("it is allowed");
                runtime.block_on(async {
                    let mut calls = 0;
                    for _ in 0..1000 {
                        let failing = || ready(Err(Failure::Backoff("down")));
                        calls += moments(policy(3), &BUDGET, failing).await.0.len();
                    }
                    calls
                })
            })
        });
        threads.map(|thread| thread.join().expect("it does not panic"))
    });
    let extra = calls.iter().sum::<usize>() - 4000;
    assert!((400..=500).contains(&extra), "{extra}");
}

#[test]
fn its_futures_can_be_spawned_and_its_error_can_be_boxed() {
    let _limit = testing::watchdog::limit();
    fn send<T: Send>(_: T) {}
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    let budget = Budget::new(10, 10);
    send(retry(&Policy::default(), &budget, || {
        ready(Ok::<_, Failure<()>>(()))
    }));
    error::<GaveUp<std::io::Error>>();
}
