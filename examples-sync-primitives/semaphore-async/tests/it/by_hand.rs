//! The semaphore built by hand, on tokio, and tokio's own: both pass the same tests.

use semaphore_async::by_hand;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use testing::waker::{Event, waker};
use testing::watchdog;
use tokio::sync::Semaphore as TokioSemaphore;
use tokio::task::{JoinSet, yield_now};
use tokio::time::sleep;

const MOMENT: Duration = Duration::from_millis(1);

/// Tasks on any thread may share it, wait for it and keep its permits.
const _: () = {
    const fn sendable_and_shareable<T: Send + Sync>() {}
    sendable_and_shareable::<by_hand::Semaphore>();
    sendable_and_shareable::<by_hand::Acquire<&'static by_hand::Semaphore>>();
    sendable_and_shareable::<by_hand::Acquire<Arc<by_hand::Semaphore>>>();
    sendable_and_shareable::<by_hand::Permit<&'static by_hand::Semaphore>>();
    sendable_and_shareable::<by_hand::Permit<Arc<by_hand::Semaphore>>>();
};

trait Semaphore: Send + Sync + 'static {
    fn with(permits: usize) -> Arc<Self>;
    fn acquire(&self) -> impl Future<Output = impl Send> + Send;
    fn free(&self) -> usize;
}

impl Semaphore for by_hand::Semaphore {
    fn with(permits: usize) -> Arc<Self> {
        Arc::new(Self::new(permits))
    }
    fn acquire(&self) -> impl Future<Output = impl Send> + Send {
        self.acquire()
    }
    fn free(&self) -> usize {
        self.available()
    }
}

impl Semaphore for TokioSemaphore {
    fn with(permits: usize) -> Arc<Self> {
        Arc::new(Self::new(permits))
    }
    fn acquire(&self) -> impl Future<Output = impl Send> + Send {
        self.acquire()
    }
    fn free(&self) -> usize {
        self.available_permits()
    }
}

macro_rules! for_both {
    ($($property:ident)*) => {
        mod built_by_hand {
            $(#[test] fn $property() { super::$property::<super::by_hand::Semaphore>(); })*
        }
        mod of_tokio {
            $(#[test] fn $property() { super::$property::<super::TokioSemaphore>(); })*
        }
    };
}

for_both! {
    first_come_first_served
    a_task_cancelled_at_any_point_loses_no_permit
    a_permit_granted_to_a_dropped_future_goes_to_the_next
    a_future_that_leaves_the_queue_does_not_change_its_order
    many_tasks_on_two_threads
}

/// Runs it with a paused clock.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    let _limit = watchdog::limit();
    runtime
        .expect("a runtime without IO always starts")
        .block_on(future)
}

fn first_come_first_served<S: Semaphore>() {
    block_on(async {
        let (semaphore, order) = (S::with(2), Arc::new(Mutex::new(Vec::new())));
        let mut tasks = JoinSet::new();
        for number in 0..20 {
            let (semaphore, order) = (Arc::clone(&semaphore), Arc::clone(&order));
            tasks.spawn(async move {
                let _permit = semaphore.acquire().await;
                order.lock().expect("no panic").push(number);
                sleep(MOMENT * (1 + number * 7 % 3)).await;
            });
        }
        tasks.join_all().await;
        let order = order.lock().expect("no panic");
        assert_eq!(*order, Vec::from_iter(0..20));
        assert_eq!(semaphore.free(), 2);
    });
}

/// Acquires a permit and keeps it for a while, twice.
async fn work<S: Semaphore>(semaphore: Arc<S>) {
    for _ in 0..2 {
        let _permit = semaphore.acquire().await;
        sleep(5 * MOMENT).await;
    }
}

/// Drops the future instead of its poll with this number. Whether it was done before.
async fn dropped_at<F: Future>(poll: usize, future: F) -> bool {
    let mut future = Box::pin(future);
    let mut polls = 0;
    std::future::poll_fn(|context| {
        if polls == poll {
            return Poll::Ready(false);
        }
        polls += 1;
        future.as_mut().poll(context).map(|_| true)
    })
    .await
}

/// Six tasks share two permits. Each task in turn is cancelled at each of its polls, also at the poll
/// after its permit was granted.
fn a_task_cancelled_at_any_point_loses_no_permit<S: Semaphore>() {
    let mut points = 0;
    for victim in 0..6 {
        for poll in 0.. {
            let done = block_on(async {
                let semaphore = S::with(2);
                let mut others = JoinSet::new();
                for _ in 0..victim {
                    others.spawn(work(Arc::clone(&semaphore)));
                }
                let cancelled = tokio::spawn(dropped_at(poll, work(Arc::clone(&semaphore))));
                for _ in victim + 1..6 {
                    others.spawn(work(Arc::clone(&semaphore)));
                }
                assert_eq!(others.join_all().await.len(), 5);
                let done = cancelled.await.expect("it does not panic");
                assert_eq!(semaphore.free(), 2, "victim {victim} at poll {poll}");
                done
            });
            if done {
                break;
            }
            points += 1;
        }
    }
    assert!(points > 20, "too few points to cancel at: {points}");
}

fn a_permit_granted_to_a_dropped_future_goes_to_the_next<S: Semaphore>() {
    block_on(async {
        let semaphore = S::with(1);
        let held = semaphore.acquire().await;
        let mut first = Box::pin(semaphore.acquire());
        let mut second = pin!(semaphore.acquire());
        let nobody = &mut Context::from_waker(Waker::noop());
        assert!(first.as_mut().poll(nobody).is_pending());
        assert!(second.as_mut().poll(nobody).is_pending());
        drop(held); // grants it to the first,
        assert!(second.as_mut().poll(nobody).is_pending());
        drop(first); // and the drop grants it to the second
        assert!(second.as_mut().poll(nobody).is_ready());
    });
}

/// Of five futures in the queue, each in turn is dropped. The others get the permit in their order.
fn a_future_that_leaves_the_queue_does_not_change_its_order<S: Semaphore>() {
    block_on(async {
        for gone in 0..5 {
            let semaphore = S::with(1);
            let mut held = Some(semaphore.acquire().await);
            let mut queue: Vec<_> = (0..5)
                .map(|_| Some(Box::pin(semaphore.acquire())))
                .collect();
            let nobody = &mut Context::from_waker(Waker::noop());
            for acquire in queue.iter_mut().flatten() {
                assert!(acquire.as_mut().poll(nobody).is_pending());
            }
            queue[gone] = None;
            for next in (0..5).filter(|next| *next != gone) {
                held = None; // goes to the next one, and to no other
                let mut ready = Vec::new();
                for (place, acquire) in queue.iter_mut().enumerate() {
                    let Some(waits) = acquire else { continue };
                    if let Poll::Ready(permit) = waits.as_mut().poll(nobody) {
                        (held, *acquire) = (Some(permit), None);
                        ready.push(place);
                    }
                }
                assert_eq!(ready, [next], "number {gone} has left");
            }
            drop(held);
            assert_eq!(semaphore.free(), 1);
        }
    });
}

fn many_tasks_on_two_threads<S: Semaphore>() {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).build().expect("two threads");
    let semaphore = S::with(3);
    runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for number in 0..400 {
            let semaphore = Arc::clone(&semaphore);
            let task = async move {
                for _ in 0..10 {
                    let _permit = semaphore.acquire().await;
                    yield_now().await;
                }
            };
            let abort = tasks.spawn(task);
            if number % 3 == 0 {
                abort.abort(); // wherever it is
            }
        }
        let mut done = 0;
        while let Some(end) = tasks.join_next().await {
            done += usize::from(end.is_ok());
        }
        assert!(
            done >= 266,
            "{done} tasks are done, of those that nobody cancels"
        );
    });
    assert_eq!(semaphore.free(), 3);
}

#[test]
fn each_permit_wakes_one_task() {
    let _limit = watchdog::limit();
    #[derive(Default)]
    struct Counts(Mutex<usize>);
    impl Wake for Counts {
        fn wake(self: Arc<Self>) {
            *self.0.lock().expect("no panic") += 1;
        }
    }
    let semaphore = by_hand::Semaphore::new(1);
    let counts = Arc::new(Counts::default());
    let waker = Waker::from(Arc::clone(&counts));
    let context = &mut Context::from_waker(&waker);
    let Poll::Ready(mut permit) = pin!(semaphore.acquire()).poll(context) else {
        unreachable!("it is free");
    };
    let mut queue: Vec<_> = (0..5).map(|_| Box::pin(semaphore.acquire())).collect();
    for acquire in &mut queue {
        assert!(acquire.as_mut().poll(context).is_pending());
    }
    for (wakes, acquire) in queue.iter_mut().enumerate() {
        assert_eq!(*counts.0.lock().unwrap(), wakes);
        drop(permit);
        assert_eq!(*counts.0.lock().unwrap(), wakes + 1);
        let Poll::Ready(next) = acquire.as_mut().poll(context) else {
            panic!("the permit belongs to the first in the queue");
        };
        permit = next;
    }
    drop(permit);
    assert_eq!(semaphore.available(), 1);
}

/// A row for each way in which permits become free for two futures at the same time. Both are woken,
/// in the order of the queue, and may use the semaphore then.
#[test]
fn all_that_get_their_permits_together_are_woken_in_order() {
    type Acquire = by_hand::Acquire<Arc<by_hand::Semaphore>>;
    type Row = (
        &'static str,
        usize,
        usize,
        fn(by_hand::Permit<&by_hand::Semaphore>, Acquire),
    );
    let rows: [Row; 3] = [
        ("a permit is dropped", 2, 0, |held, _| drop(held)),
        ("a future that waits is dropped", 1, 3, |_held, large| {
            drop(large);
        }),
        (
            "a future whose permits were granted is dropped",
            3,
            3,
            |held, large| {
                drop(held);
                drop(large);
            },
        ),
    ];
    let _limit = watchdog::limit();
    for (what, taken, wanted, free) in rows {
        let semaphore = Arc::new(by_hand::Semaphore::new(if wanted == 0 { 2 } else { 3 }));
        let held = semaphore.try_acquire_many(taken).expect("they are free");
        let mut large = semaphore.acquire_many_owned(wanted).expect("not too many");
        let noop = &mut Context::from_waker(Waker::noop());
        assert_eq!(Pin::new(&mut large).poll(noop).is_pending(), wanted > 0);
        let woken = Arc::new(Mutex::new(Vec::new()));
        let mut queue: Vec<_> = (0..2).map(|_| Box::pin(semaphore.acquire())).collect();
        for (number, acquire) in queue.iter_mut().enumerate() {
            let (woken, used) = (Arc::clone(&woken), Arc::clone(&semaphore));
            let waker = waker(move |event| {
                used.available(); // would hang under the lock
                if event == Event::Wake {
                    woken.lock().expect("no panic").push(number);
                }
            });
            let poll = acquire.as_mut().poll(&mut Context::from_waker(&waker));
            assert!(poll.is_pending(), "{what}");
        }
        free(held, large);
        assert_eq!(*woken.lock().unwrap(), [0, 1], "{what}");
        for acquire in &mut queue {
            assert!(acquire.as_mut().poll(noop).is_ready(), "{what}");
        }
    }
}

/// The queue keeps the waker of the last poll, and no waker of a future that was granted its permit
/// or has been dropped.
#[test]
fn no_waker_is_kept_without_a_need() {
    struct Task;
    impl Wake for Task {
        fn wake(self: Arc<Self>) {}
    }
    let _limit = watchdog::limit();
    for granted in [true, false] {
        let (task, semaphore) = (Arc::new(Task), by_hand::Semaphore::new(1));
        let waker = Waker::from(Arc::clone(&task));
        let (mut held, mut acquire) = (semaphore.try_acquire(), Some(semaphore.acquire()));
        for _ in 0..3 {
            let waits = Pin::new(acquire.as_mut().expect("not dropped yet"));
            assert!(waits.poll(&mut Context::from_waker(&waker)).is_pending());
        }
        drop(waker);
        assert_eq!(Arc::strong_count(&task), 2);
        if granted {
            held = None;
        } else {
            acquire = None;
        }
        assert_eq!(Arc::strong_count(&task), 1, "granted: {granted}");
        drop((held, acquire));
    }
}

#[test]
fn requests_for_several_permits_take_and_release_all_of_them() {
    let semaphore = Arc::new(by_hand::Semaphore::new(3));
    block_on(async {
        let two = semaphore.acquire_many(2).expect("there are three").await;
        assert_eq!(semaphore.available(), 1);
        let one = semaphore.acquire_owned().await;
        assert_eq!(semaphore.available(), 0);
        drop(two);
        assert_eq!(semaphore.available(), 2);
        let both = semaphore
            .acquire_many_owned(2)
            .expect("there are three")
            .await;
        assert_eq!(semaphore.available(), 0);
        drop((one, both));
        assert_eq!(semaphore.available(), 3);
    });
}

#[test]
fn a_request_that_can_never_be_granted_is_refused() {
    let _limit = watchdog::limit();
    let semaphore = Arc::new(by_hand::Semaphore::new(3));
    assert!(semaphore.acquire_many(3).is_some());
    assert!(semaphore.acquire_many(4).is_none());
    assert!(semaphore.acquire_many_owned(3).is_some());
    assert!(semaphore.acquire_many_owned(4).is_none());
}

#[test]
fn an_owned_permit_moves_into_a_task_and_keeps_the_semaphore_alive() {
    let semaphore = Arc::new(by_hand::Semaphore::new(1));
    let weak = Arc::downgrade(&semaphore);
    block_on(async {
        let permit = semaphore.acquire_owned().await;
        drop(semaphore);
        let task = tokio::spawn(async move { drop(permit) });
        assert!(weak.upgrade().is_some());
        task.await.expect("it does not panic");
        assert!(weak.upgrade().is_none());
    });
}

#[test]
fn try_acquire_takes_a_free_permit_and_releases_nothing_if_there_is_none() {
    let _limit = watchdog::limit();
    let semaphore = by_hand::Semaphore::new(1);
    let permit = semaphore.try_acquire();
    assert!(permit.is_some());
    assert!(semaphore.try_acquire().is_none());
    assert_eq!(semaphore.available(), 0);
    drop(permit);
    assert_eq!(semaphore.available(), 1);
}

#[test]
fn try_forms_take_as_many_as_they_are_asked_for_and_give_them_back() {
    let _limit = watchdog::limit();
    let semaphore = Arc::new(by_hand::Semaphore::new(3));
    assert!(semaphore.try_acquire_many(4).is_none());
    assert!(semaphore.try_acquire_many_owned(4).is_none());
    let two = semaphore.try_acquire_many(2);
    assert_eq!((two.is_some(), semaphore.available()), (true, 1));
    assert!(semaphore.try_acquire_many_owned(2).is_none());
    drop(two);
    let two = semaphore.try_acquire_many_owned(2);
    let one = semaphore.try_acquire_owned();
    assert_eq!((one.is_some(), semaphore.available()), (true, 0));
    assert!(semaphore.try_acquire_owned().is_none());
    assert!(
        semaphore.try_acquire_many(0).is_some(),
        "no permit is needed"
    );
    // Both can move to another thread.
    std::thread::spawn(move || drop((two, one))).join().unwrap();
    assert_eq!(semaphore.available(), 3);
}

#[test]
fn a_time_out_of_the_runtime_cancels_a_request() {
    let semaphore = by_hand::Semaphore::new(2);
    block_on(async {
        let one = semaphore.acquire().await;
        let both = semaphore.acquire_many(2).expect("there are two");
        assert!(tokio::time::timeout(MOMENT, both).await.is_err());
        assert!(
            semaphore.try_acquire().is_some(),
            "the request left the queue"
        );
        drop(one);
    });
    assert_eq!(semaphore.available(), 2);
}

#[test]
fn it_can_live_in_a_static() {
    static LIMIT: by_hand::Semaphore = by_hand::Semaphore::new(2);
    let permit: by_hand::Permit<&'static by_hand::Semaphore> = block_on(LIMIT.acquire());
    assert_eq!(LIMIT.available(), 1);
    drop(permit);
    assert_eq!(LIMIT.available(), 2);
}

#[test]
#[should_panic(expected = "at least one permit")]
fn zero_permits_panic() {
    let _limit = watchdog::limit();
    drop(by_hand::Semaphore::new(0));
}

#[test]
fn debug_shows_the_counts() {
    let _limit = watchdog::limit();
    let semaphore = by_hand::Semaphore::new(2);
    let permit = semaphore.try_acquire();
    assert_eq!(
        format!("{semaphore:?}"),
        "Semaphore { free: 1, waiting: 0, .. }"
    );
    assert_eq!(
        format!("{permit:?}"),
        "Some(Permit { semaphore: Semaphore { free: 1, waiting: 0, .. }, permits: 1 })"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn waiting_uses_no_cpu_time() {
    let semaphore = Arc::new(by_hand::Semaphore::new(1));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let runtime = runtime.expect("a runtime without IO always starts");
    let before = testing::waits::cpu_ticks();
    runtime.block_on(async {
        let permit = semaphore.acquire_owned().await;
        let release = async {
            sleep(MOMENT * 500).await;
            drop(permit);
        };
        let _ = tokio::join!(semaphore.acquire(), release);
    });
    // Polling in a loop would use most of the 50 ticks.
    let used = testing::waits::cpu_ticks() - before;
    assert!(used < 10, "{used} of 50 hundredths of a second");
}
