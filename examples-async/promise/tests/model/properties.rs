//! What a promise promises, each in a sentence, as models that loom runs in every order.

use super::promise::{Broken, Promise, Resolver, all, block_on};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

/// Whoever awaits is woken, wherever the settling falls, and sees all that the other thread did
/// before it, even by a Relaxed store.
pub(crate) fn who_awaits_is_woken() {
    model::check(|| {
        let done = Arc::new(AtomicUsize::new(0));
        let promise = settled_by_a_thread(&done, |resolver| resolver.settle(Ok(42)));
        assert_eq!(block_on(promise).expect("the value is lost"), 42);
        assert_eq!(done.load(Ordering::Relaxed), 1);
    });
}

/// A resolver that is dropped wakes as well, with the error.
pub(crate) fn a_dropped_resolver_wakes() {
    model::check(|| {
        let promise = settled_by_a_thread(&Arc::default(), drop::<Resolver<u32>>);
        let error = block_on(promise).expect_err("nobody settled it");
        assert!(error.is::<Broken>());
    });
}

/// A future may move from task to task: the waker of the latest poll is the one that is woken.
pub(crate) fn the_latest_waker_is_woken() {
    model::check(|| {
        let promise = settled_by_a_thread(&Arc::default(), |resolver| resolver.settle(Ok(42)));
        let mut promise = pin!(promise);
        let mut elsewhere = Context::from_waker(Waker::noop());
        if promise.as_mut().poll(&mut elsewhere).is_pending() {
            assert_eq!(block_on(promise).expect("the value is lost"), 42);
        }
    });
}

/// The callback runs once, and gets the value, whether it is left before the settling or after.
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

/// Each step of a chain is started once, with the value of the one before.
pub(crate) fn then_goes_on_once() {
    model::check(|| {
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

/// A value that nobody takes is dropped once, whichever end goes first.
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

/// A waker may be all that holds a task, and the task hold the resolver: to replace that waker
/// breaks the promise, from within its own poll.
pub(crate) fn a_waker_may_hold_the_resolver() {
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

/// Values of promises that two threads settle arrive, in the order of the promises.
pub(crate) fn all_arrive_in_order() {
    model::check(|| {
        let promises = [1, 2].map(|number| {
            settled_by_a_thread(&Arc::default(), move |resolver| resolver.settle(Ok(number)))
        });
        assert_eq!(block_on(all(promises)).expect("the value is lost"), [1, 2]);
    });
}

/// Its thread counts up `done` before it settles the promise.
fn settled_by_a_thread<T: Send + 'static>(
    done: &Arc<AtomicUsize>,
    settle: impl FnOnce(Resolver<T>) + 'static,
) -> Promise<T> {
    let done = Arc::clone(done);
    Promise::new(|resolver| {
        thread::spawn(move || {
            done.fetch_add(1, Ordering::Relaxed);
            settle(resolver);
        });
    })
}

/// Its handle is a waker, and it is dropped with the last.
struct Task(#[expect(dead_code, reason = "held, no more")] Resolver<u32>);

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
