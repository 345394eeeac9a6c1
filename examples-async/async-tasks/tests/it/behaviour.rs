//! How many tasks run, what is delivered, and that none is left. All times are virtual.

use async_tasks::{Cause, Failed, supervise, try_all, try_each};
use std::convert::Infallible;
use std::future::{Future, pending, poll_fn};
use std::panic::panic_any;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use testing::watchdog;
use tokio::runtime::Builder;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

const STEP: Duration = Duration::from_millis(100);

/// Counts how many exist now, and the most that have existed at the same time.
#[derive(Clone, Default)]
struct Alive(Arc<[AtomicUsize; 2]>);

struct Counted(Alive);

impl Alive {
    fn one(&self) -> Counted {
        let now = self.0[0].fetch_add(1, Relaxed) + 1;
        self.0[1].fetch_max(now, Relaxed);
        Counted(self.clone())
    }

    fn now(&self) -> usize {
        self.0[0].load(Relaxed)
    }

    fn most(&self) -> usize {
        self.0[1].load(Relaxed)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0[0].fetch_sub(1, Relaxed);
    }
}

#[tokio::test(start_paused = true)]
async fn outputs_are_in_input_order_although_the_last_ends_first() {
    let _limit = watchdog::limit();
    let futures = (0..5_u32).map(|number| async move {
        sleep(STEP * (5 - number)).await;
        Ok::<_, Infallible>(number)
    });
    let outputs = try_all(5, futures).await.expect("none fails");
    assert_eq!(outputs, [0, 1, 2, 3, 4]);
}

#[tokio::test(start_paused = true)]
async fn exactly_limit_tasks_run_while_enough_are_left() {
    let _limit = watchdog::limit();
    for (limit, steps) in [(1, 12), (3, 4), (5, 3), (12, 1), (100, 1)] {
        let (start, alive) = (Instant::now(), Alive::default());
        let futures = (0..12).map(|_| {
            let alive = alive.clone();
            async move {
                let _counted = alive.one();
                sleep(STEP).await;
                Ok::<_, Infallible>(())
            }
        });
        assert_eq!(try_all(limit, futures).await.expect("none fails").len(), 12);
        assert_eq!(alive.most(), limit.min(12));
        assert_eq!(start.elapsed().as_millis() / 100, steps);
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_aborts_the_others_and_waits_for_their_end() {
    let _limit = watchdog::limit();
    let (alive, started) = (Alive::default(), Arc::new(AtomicUsize::new(0)));
    let futures = (0..9).map(|number| {
        started.fetch_add(1, Relaxed);
        let counted = alive.one();
        async move {
            let _counted = counted;
            if number == 3 {
                return Err("three");
            }
            if number > 3 {
                pending::<()>().await;
            }
            Ok(())
        }
    });
    let failed = try_all(4, futures).await.expect_err("one fails");
    assert_eq!(failed.index, 3);
    assert!(matches!(failed.cause, Cause::Error("three")));
    assert!(failed.others.is_empty());
    assert_eq!(alive.now(), 0, "a task is left");
    assert!(alive.most() <= 4);
    assert!(started.load(Relaxed) < 9, "tasks were started after it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn no_task_is_left_after_a_failure_on_three_threads() {
    let _limit = watchdog::limit();
    for _ in 0..500 {
        let alive = Alive::default();
        let futures = (0..20).map(|number| {
            let counted = alive.one();
            async move {
                let _counted = counted;
                yield_now().await;
                if number % 7 == 6 {
                    return Err(number);
                }
                Ok(number)
            }
        });
        let failed = try_all(5, futures).await.expect_err("two fail");
        assert!(matches!(failed.cause, Cause::Error(number) if number == failed.index));
        assert_eq!(alive.now(), 0, "a task is left");
        assert!(alive.most() <= 5);
    }
}

#[tokio::test]
async fn no_more_than_limit_outputs_exist_over_100_000_tasks() {
    let _limit = watchdog::limit();
    let (alive, mut sum) = (Alive::default(), 0);
    let futures = (0..100_000).map(|_| {
        let alive = alive.clone();
        async move { Ok::<_, Infallible>(alive.one()) }
    });
    let each = |_, _: Counted| sum += 1;
    try_each(8, futures, each).await.expect("none fails");
    assert_eq!(sum, 100_000);
    assert!(alive.most() <= 8, "{}", alive.most());
    assert_eq!(alive.now(), 0);
}

#[tokio::test]
async fn a_panic_is_delivered_with_its_payload() {
    let _limit = watchdog::limit();
    let futures = (0..3_u32).map(|number| async move {
        if number == 1 {
            panic_any(1234_u32);
        }
        Ok::<_, Infallible>(())
    });
    let failed = try_all(3, futures).await.expect_err("one panics");
    assert_eq!(failed.index, 1);
    let Cause::Join(error) = failed.cause;
    assert_eq!(error.into_panic().downcast_ref(), Some(&1234_u32));
}

#[tokio::test]
async fn several_failures_are_all_delivered() {
    let _limit = watchdog::limit();
    let futures = (0..4_u32).map(|number| async move {
        match number {
            1 => Err("one"),
            2 => panic_any("two"),
            _ => Ok(number),
        }
    });
    let mut outputs = Vec::new();
    let each = |index, output| outputs.push((index, output));
    let failed = try_each(4, futures, each).await.expect_err("two fail");
    let mut failures = vec![failed.index];
    failures.extend(failed.others.iter().map(|(index, _)| *index));
    failures.sort_unstable();
    assert_eq!(failures, [1, 2]);
    let message = failed.to_string();
    assert!(message.ends_with(" (and 1 more failed)"), "{message}");
    outputs.sort_unstable();
    assert_eq!(outputs, [(0, 0), (3, 3)], "an output was lost");
}

#[tokio::test]
async fn a_panic_in_a_destructor_of_an_aborted_task_is_delivered() {
    let _limit = watchdog::limit();
    struct PanicsInDrop;
    impl Drop for PanicsInDrop {
        fn drop(&mut self) {
            panic_any("in drop");
        }
    }
    let futures = (0..2).map(|number| async move {
        if number == 1 {
            return Err("one");
        }
        let _guard = PanicsInDrop;
        pending::<Result<(), _>>().await
    });
    let failed = try_all(2, futures).await.expect_err("one fails");
    assert!(matches!(failed.cause, Cause::Error("one")));
    assert!(matches!(&failed.others[..], [(0, Cause::Join(error))] if error.is_panic()));
}

#[tokio::test]
async fn dropping_it_after_every_number_of_polls_leaves_no_task() {
    let _limit = watchdog::limit();
    for polls in 0..12 {
        let alive = Alive::default();
        let all = {
            let alive = alive.clone();
            try_all(
                2,
                (0..4).map(move |_| {
                    let counted = alive.one();
                    async move {
                        let _counted = counted;
                        yield_now().await;
                        Ok::<_, Infallible>(())
                    }
                }),
            )
        };
        poll_times(all, polls).await;
        yield_now().await; // an aborted task is dropped when the runtime gets to it
        assert_eq!(alive.now(), 0, "after {polls} polls a task is left");
    }
}

/// Polls the future this often, with other tasks in between, and drops it.
async fn poll_times(future: impl Future, polls: u32) {
    let mut future = pin!(future);
    for _ in 0..polls {
        if poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await {
            return;
        }
        yield_now().await;
    }
}

#[tokio::test]
async fn a_panic_of_the_iterator_leaves_no_task() {
    let _limit = watchdog::limit();
    let alive = Alive::default();
    let theirs = alive.clone();
    let futures = (0..3).map(move |number| {
        assert!(number < 2, "the iterator panics");
        let counted = theirs.one();
        async move {
            let _counted = counted;
            pending::<Result<(), Infallible>>().await
        }
    });
    let outer = tokio::spawn(async move { try_all(3, futures).await.is_ok() });
    assert!(outer.await.expect_err("it panics").is_panic());
    yield_now().await;
    assert_eq!((alive.now(), alive.most()), (0, 2));
}

#[tokio::test]
async fn after_its_end_the_iterator_is_not_asked_again() {
    let _limit = watchdog::limit();
    let mut number = 0;
    let futures = std::iter::from_fn(|| {
        number += 1;
        (number != 3).then_some(std::future::ready(Ok::<_, Infallible>(number)))
    });
    assert_eq!(try_all(9, futures).await.expect("none fails"), [1, 2]);
}

#[tokio::test]
async fn no_futures_give_no_outputs() {
    let _limit = watchdog::limit();
    let none: [std::future::Ready<Result<u32, Infallible>>; 0] = [];
    assert!(try_all(1, none).await.expect("none fails").is_empty());
}

#[tokio::test]
#[should_panic(expected = "with a limit of 0 no task could ever start")]
async fn a_limit_of_0_panics() {
    let _limit = watchdog::limit();
    let _ = try_all(0, [async { Ok::<_, Infallible>(()) }]).await;
}

#[tokio::test]
async fn a_supervisor_restarts_so_often_and_no_more() {
    let _limit = watchdog::limit();
    for (restarts, panics, starts, succeeds) in [
        (0, 0, 1, true),
        (0, 1, 1, false),
        (3, 2, 3, true),
        (3, 3, 4, true),
        (3, 9, 4, false),
    ] {
        let mut started = 0;
        let result = supervise(restarts, |attempt| {
            started += 1;
            async move { assert!(attempt >= panics, "not yet") }
        });
        assert_eq!(result.await.is_ok(), succeeds);
        assert_eq!(started, starts);
    }
}

/// The tasks are cancelled with their runtime, while another thread or runtime waits for them.
#[test]
fn a_runtime_that_is_shut_down_is_a_failure_and_not_a_missing_output() {
    let _limit = watchdog::limit();
    let forever = |_| pending::<Result<(), Infallible>>();
    let mut all = pin!(try_all(3, (0..3).map(forever)));
    let mut supervised = pin!(supervise(3, forever));
    let mut context = Context::from_waker(Waker::noop());
    let runtime = Builder::new_current_thread().build().expect("allowed");
    let inside = runtime.enter();
    assert!(all.as_mut().poll(&mut context).is_pending());
    assert!(supervised.as_mut().poll(&mut context).is_pending());
    drop(inside);
    drop(runtime);
    let Poll::Ready(Err(failed)) = all.poll(&mut context) else {
        panic!("no task has an output");
    };
    assert!(matches!(failed.cause, Cause::Join(error) if error.is_cancelled()));
    let Poll::Ready(Err(error)) = supervised.poll(&mut context) else {
        panic!("the task has no output");
    };
    assert!(
        error.is_cancelled(),
        "it did not panic, so it is not restarted"
    );
}

#[tokio::test]
async fn a_dropped_supervisor_aborts_its_task() {
    let _limit = watchdog::limit();
    let alive = Alive::default();
    let supervised = supervise(3, |_| {
        let counted = alive.one();
        async move {
            let _counted = counted;
            pending::<()>().await;
        }
    });
    poll_times(supervised, 3).await;
    yield_now().await;
    assert_eq!((alive.now(), alive.most()), (0, 1));
}

#[test]
fn it_can_be_spawned_itself_and_its_error_can_be_boxed() {
    fn send<T: Send>(_: T) {}
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    send(try_all(1, [async { Ok::<_, Infallible>(()) }]));
    send(supervise(1, |_| async {}));
    error::<Failed<String>>();
}
