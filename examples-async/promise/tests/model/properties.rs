//! The properties of the promise. loom runs each in every order of its steps. Where a property says
//! so, it runs the orders with at most 3 preemptions: a thread that could go on is interrupted.

use super::promise::{Broken, Promise, Resolver, all, block_on};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use testing::waker::{Event, waker};

/// A task that awaits the promise is woken, at whatever moment it is settled, and sees all writes
/// that the other thread made before, even relaxed ones.
pub(crate) fn a_waiting_task_is_woken() {
    model::check(|| {
        let done = Arc::new(AtomicUsize::new(0));
        let (promise, other) = settled_by_a_thread(&done, |resolver| resolver.settle(Ok(42)));
        assert_eq!(block_on(promise).expect("the value is lost"), 42);
        assert_eq!(done.load(Ordering::Relaxed), 1);
        join(other);
    });
}

/// The future may block the thread itself, as a channel's `recv` or a nested `block_on` does, and
/// consume the token of `thread::park`. A wake-up that arrives meanwhile is not lost.
pub(crate) fn block_on_keeps_a_wake_up_while_the_future_blocks_the_thread() {
    model::check(|| {
        let (promise, other) =
            settled_by_a_thread(&Arc::default(), |resolver| resolver.settle(Ok(42)));
        let mut promise = pin!(promise);
        let mut blocks = Some(());
        let value = block_on(poll_fn(|context| {
            let polled = promise.as_mut().poll(context);
            if polled.is_pending() && blocks.take().is_some() {
                block_the_thread();
            }
            polled
        }));
        assert_eq!(value.expect("the value is lost"), 42);
        join(other);
    });
}

/// Waits for another thread, as std's blocking primitives do: a flag, and `park` until it is set.
fn block_the_thread() {
    let done = Arc::new(AtomicBool::new(false));
    let (theirs, waits) = (Arc::clone(&done), thread::current());
    let other = thread::spawn(move || {
        theirs.store(true, Ordering::Release); // happens before the load below
        waits.unpark();
    });
    while !done.load(Ordering::Acquire) {
        thread::park();
    }
    join(other);
}

/// Two threads wake the same `block_on`. Both wake-ups count: the last poll sees the writes of both
/// threads, even relaxed ones (within 3 preemptions).
pub(crate) fn block_on_sees_the_wake_ups_of_two_threads() {
    model::check_within(3, || {
        let done = Arc::new(AtomicUsize::new(0));
        let mut threads = Vec::new();
        block_on(poll_fn(|context| {
            if threads.is_empty() {
                threads = [(); 2]
                    .map(|()| {
                        let (done, waker) = (Arc::clone(&done), context.waker().clone());
                        thread::spawn(move || {
                            done.fetch_add(1, Ordering::Relaxed);
                            waker.wake();
                        })
                    })
                    .into();
            }
            if done.load(Ordering::Relaxed) == 2 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }));
        threads.into_iter().for_each(join);
    });
}

/// A dropped resolver wakes the waiting task, too, which gets the error.
pub(crate) fn a_dropped_resolver_wakes() {
    model::check(|| {
        let (promise, other) = settled_by_a_thread(&Arc::default(), drop::<Resolver<u32>>);
        let error = block_on(promise).expect_err("nobody settled it");
        assert!(error.is::<Broken>());
        join(other);
    });
}

/// A promise may be polled by one task and then by another: the latest waker is called.
pub(crate) fn the_latest_waker_is_woken() {
    model::check(|| {
        let (promise, other) =
            settled_by_a_thread(&Arc::default(), |resolver| resolver.settle(Ok(42)));
        let mut promise = pin!(promise);
        let mut elsewhere = Context::from_waker(Waker::noop());
        if promise.as_mut().poll(&mut elsewhere).is_pending() {
            assert_eq!(block_on(promise).expect("the value is lost"), 42);
        }
        join(other);
    });
}

/// The callback runs once and gets the value, whether it is registered before `settle` or after.
pub(crate) fn the_callback_runs_once_with_the_value() {
    model::check(|| {
        let (promise, resolver) = Promise::with_resolver();
        let runs = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&runs);
        let other = thread::spawn(move || resolver.settle(Ok(42)));
        promise.when_settled(move |outcome| {
            assert_eq!(outcome.expect("the value is lost"), 42);
            count.fetch_add(1, Ordering::Relaxed);
        });
        join(other);
        assert_eq!(runs.load(Ordering::Relaxed), 1, "runs of the callback");
    });
}

/// Each step of a chain is started once, with the value of the step before (within 3 preemptions).
pub(crate) fn each_step_of_a_chain_starts_once() {
    model::check_within(3, || {
        let (first, settle_first) = Promise::with_resolver();
        let (second, settle_second) = Promise::with_resolver();
        let threads = [
            thread::spawn(move || settle_first.settle(Ok(40))),
            thread::spawn(move || settle_second.settle(Ok(2))),
        ];
        let seen = Arc::new(Mutex::new(0));
        let first_value = Arc::clone(&seen);
        let chain = first.then(move |value| {
            *first_value.lock().expect("nobody panics") += value;
            second
        });
        let second_value = block_on(chain).expect("the value is lost");
        assert_eq!(*seen.lock().expect("nobody panics") + second_value, 42);
        threads.into_iter().for_each(join);
    });
}

/// A value without a consumer is dropped once, whichever end is dropped first.
pub(crate) fn the_value_is_dropped_once() {
    model::check(|| {
        let drops = Arc::new(AtomicUsize::new(0));
        let value = CountsItsDrop(Arc::clone(&drops));
        let (promise, resolver) = Promise::with_resolver();
        let other = thread::spawn(move || resolver.settle(Ok(value)));
        let mut promise = Box::pin(promise);
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(outcome) = promise.as_mut().poll(&mut context) {
            assert_eq!(drops.load(Ordering::Relaxed), 0, "dropped too early");
            drop(outcome);
        }
        drop(promise);
        join(other);
        assert_eq!(drops.load(Ordering::Relaxed), 1, "drops");
    });
}

/// A waker may own its task, and the task the resolver of this promise. Then replacing the waker
/// drops the resolver, from within the poll of the promise.
pub(crate) fn a_waker_may_own_the_resolver() {
    model::check(|| {
        let (promise, resolver) = Promise::<u32>::with_resolver();
        let task = Waker::from(Arc::new(Task(resolver)));
        let mut promise = pin!(promise);
        assert!(
            promise
                .as_mut()
                .poll(&mut Context::from_waker(&task))
                .is_pending()
        );
        let other = thread::spawn(move || drop(task));
        assert!(block_on(promise).is_err());
        join(other);
    });
}

/// Cloning a waker is code of others, which may settle this very promise.
pub(crate) fn a_waker_may_settle_the_promise() {
    model::check(|| {
        let (promise, resolver) = Promise::with_resolver();
        let resolver = Arc::new(Mutex::new(Some(resolver)));
        let ours = Arc::clone(&resolver);
        let task = waker(move |event| {
            if event == Event::Clone {
                let resolver = ours.lock().expect("nobody panics").take();
                if let Some(resolver) = resolver {
                    resolver.settle(Ok(42));
                }
            }
        });
        let other = thread::spawn(move || {
            let resolver = resolver.lock().expect("nobody panics").take();
            if let Some(resolver) = resolver {
                resolver.settle(Ok(42));
            }
        });
        let mut promise = pin!(promise);
        let polled = promise.as_mut().poll(&mut Context::from_waker(&task));
        let outcome = match polled {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => block_on(promise),
        };
        assert_eq!(outcome.expect("the value is lost"), 42);
        join(other);
    });
}

/// `all` returns the values of promises that two threads settle, in the order of the promises
/// (within 3 preemptions).
pub(crate) fn all_returns_the_values_in_order() {
    model::check_within(3, || {
        let (first, settle_first) = Promise::with_resolver();
        let (second, settle_second) = Promise::with_resolver();
        let threads = [(1, settle_first), (2, settle_second)]
            .map(|(number, resolver)| thread::spawn(move || resolver.settle(Ok(number))));
        let promises = [first, second];
        assert_eq!(block_on(all(promises)).expect("the value is lost"), [1, 2]);
        threads.into_iter().for_each(join);
    });
}

/// A thread increments `done` and then settles the promise.
fn settled_by_a_thread<T: Send + 'static>(
    done: &Arc<AtomicUsize>,
    settle: impl FnOnce(Resolver<T>) + 'static,
) -> (Promise<T>, thread::JoinHandle<()>) {
    let done = Arc::clone(done);
    let (promise, resolver) = Promise::with_resolver();
    let thread = thread::spawn(move || {
        done.fetch_add(1, Ordering::Relaxed);
        settle(resolver);
    });
    (promise, thread)
}

/// A waker owns it, and it is dropped with the last clone.
struct Task(#[expect(dead_code, reason = "only its drop matters")] Resolver<u32>);

impl Wake for Task {
    fn wake(self: Arc<Self>) {}
}

struct CountsItsDrop(Arc<AtomicUsize>);

impl Drop for CountsItsDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn join(thread: thread::JoinHandle<()>) {
    thread.join().expect("a panic would have ended the model");
}
