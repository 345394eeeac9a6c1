//! The semaphore built by hand on tokio, beside tokio's own: the same tests for both.

use semaphore_async::by_hand;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use tokio::sync::Semaphore as TokioSemaphore;
use tokio::task::{JoinSet, yield_now};
use tokio::time::sleep;

const MOMENT: Duration = Duration::from_millis(1);

/// Tasks on any thread may share it, and wait in any.
const _: () = {
    const fn sendable_and_shareable<T: Send + Sync>() {}
    sendable_and_shareable::<by_hand::Semaphore>();
    sendable_and_shareable::<by_hand::Acquire<'static>>();
    sendable_and_shareable::<by_hand::Permit<'static>>();
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
    cancelled_at_any_point_it_leaves_every_permit
    a_permit_that_comes_to_a_dropped_future_goes_to_the_next
    many_tasks_on_two_threads
}

/// Runs it by a paused clock.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.expect("it needs nothing").block_on(future)
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

/// Takes a permit and keeps it for a while, twice.
async fn work<S: Semaphore>(semaphore: Arc<S>) {
    for _ in 0..2 {
        let _permit = semaphore.acquire().await;
        sleep(5 * MOMENT).await;
    }
}

/// Ends the future in place of its poll of this number. Whether it was done before.
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

/// Of six tasks with two permits each in turn is cancelled, whenever it was woken to go on. That is
/// also when its permit has just come.
fn cancelled_at_any_point_it_leaves_every_permit<S: Semaphore>() {
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
    assert!(points > 20, "few points to cancel at: {points}");
}

fn a_permit_that_comes_to_a_dropped_future_goes_to_the_next<S: Semaphore>() {
    block_on(async {
        let semaphore = S::with(1);
        let held = semaphore.acquire().await;
        let mut first = Box::pin(semaphore.acquire());
        let mut second = pin!(semaphore.acquire());
        let nobody = &mut Context::from_waker(Waker::noop());
        assert!(first.as_mut().poll(nobody).is_pending());
        assert!(second.as_mut().poll(nobody).is_pending());
        drop(held); // to the first,
        assert!(second.as_mut().poll(nobody).is_pending());
        drop(first); // and from there to the second
        assert!(second.as_mut().poll(nobody).is_ready());
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
                abort.abort(); // at whatever point it is
            }
        }
        let mut done = 0;
        while let Some(end) = tasks.join_next().await {
            done += usize::from(end.is_ok());
        }
        assert!(done >= 266, "{done} of those that nobody cancels");
    });
    assert_eq!(semaphore.free(), 3);
}

#[test]
fn each_permit_wakes_one_task() {
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
    let mut line: Vec<_> = (0..5).map(|_| Box::pin(semaphore.acquire())).collect();
    for acquire in &mut line {
        assert!(acquire.as_mut().poll(context).is_pending());
    }
    for (wakes, acquire) in line.iter_mut().enumerate() {
        assert_eq!(*counts.0.lock().unwrap(), wakes);
        drop(permit);
        assert_eq!(*counts.0.lock().unwrap(), wakes + 1);
        let Poll::Ready(next) = acquire.as_mut().poll(context) else {
            panic!("the permit is for the first in line");
        };
        permit = next;
    }
    drop(permit);
    assert_eq!(semaphore.available(), 1);
}
