//! The promise with real threads: who is called, when and where; errors, panics, what is dropped.

use promise::{Broken, Error, Promise, Resolver, all, block_on};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::task::{Context, Wake, Waker};
use std::thread;

/// Both ends may go to any thread, and a promise into a future of any runtime.
const _: () = {
    const fn sendable<T: Send + Sync + Unpin + 'static>() {}
    sendable::<Promise<u32>>();
    sendable::<Resolver<u32>>();
};

fn kept<T>(value: T) -> Promise<T> {
    Promise::new(|resolver| resolver.settle(Ok(value)))
}

fn failed<T>(error: &'static str) -> Promise<T> {
    Promise::new(|resolver| resolver.settle(Err(error.into())))
}

fn says<T>(outcome: Result<T, Error>) -> String {
    outcome.err().expect("it fails").to_string()
}

#[test]
fn the_work_is_started_by_the_call() {
    let mut started = 0;
    let promise = Promise::<u32>::new(|_resolver| started += 1);
    assert_eq!(started, 1);
    drop(promise);
}

#[test]
fn a_callback_runs_in_the_thread_that_settles_or_at_once() {
    let (send, receive) = mpsc::channel();
    let (promise, resolver) = Promise::with_resolver();
    let sender = send.clone();
    promise.when_settled(move |_| sender.send(thread::current().id()).unwrap());
    assert!(receive.try_recv().is_err(), "it is not settled yet");
    let thread = thread::spawn(move || resolver.settle(Ok(1)));
    assert_eq!(receive.recv().unwrap(), thread.thread().id());
    thread.join().unwrap();

    kept(1).when_settled(move |_| send.send(thread::current().id()).unwrap());
    assert_eq!(receive.try_recv().unwrap(), thread::current().id());
}

#[test]
fn an_await_goes_on_in_the_thread_that_awaits() {
    let (promise, resolver) = Promise::with_resolver();
    let here = thread::current().id();
    thread::spawn(move || resolver.settle(Ok(1)));
    block_on(async {
        assert_eq!(promise.await.unwrap(), 1);
        assert_eq!(thread::current().id(), here);
    });
}

#[test]
fn a_chain_ends_at_its_first_error() {
    let chain = kept(1)
        .then(|one| kept(one + 1))
        .then(|two| failed::<u32>(if two == 2 { "at two" } else { "elsewhere" }))
        .then(|_| -> Promise<u32> { unreachable!("the step before failed") });
    assert_eq!(says(block_on(chain)), "at two");
}

#[test]
fn a_panic_in_a_step_breaks_the_chain_and_ends_the_thread() {
    let (promise, resolver) = Promise::with_resolver();
    let chain = promise.then(|()| -> Promise<u32> { resume_unwind(Box::new("meant")) });
    let thread = thread::spawn(move || resolver.settle(Ok(())));
    assert!(block_on(chain).unwrap_err().is::<Broken>());
    assert!(thread.join().is_err());
}

#[test]
fn a_panic_of_the_worker_breaks_its_promise() {
    let promise = Promise::<u32>::new(|resolver| {
        thread::spawn(move || {
            let _resolver = resolver;
            resume_unwind(Box::new("meant"));
        });
    });
    assert!(block_on(promise).unwrap_err().is::<Broken>());
}

#[test]
fn what_is_broken_tells_callbacks_too() {
    let (send, receive) = mpsc::channel();
    let (promise, resolver) = Promise::<u32>::with_resolver();
    promise
        .then(kept)
        .when_settled(move |outcome| send.send(says(outcome)).unwrap());
    drop(resolver);
    assert_eq!(receive.try_recv().unwrap(), Broken.to_string());
}

#[test]
fn a_value_that_nobody_takes_is_dropped_at_once() {
    let value = Arc::new(());
    let (promise, resolver) = Promise::with_resolver();
    drop(promise);
    resolver.settle(Ok(Arc::clone(&value)));
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn a_callback_that_was_called_is_dropped() {
    let held = Arc::new(());
    for settles in [true, false] {
        let (promise, resolver) = Promise::with_resolver();
        let holds = Arc::clone(&held);
        promise.when_settled(move |_| drop(holds));
        assert_eq!(Arc::strong_count(&held), 2);
        if settles {
            resolver.settle(Ok(1));
        } else {
            drop(resolver);
        }
        assert_eq!(Arc::strong_count(&held), 1);
    }
}

struct CountsWakeUps(AtomicUsize);

impl Wake for CountsWakeUps {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn an_await_is_woken_once_however_often_it_was_polled() {
    let wake_ups = Arc::new(CountsWakeUps(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&wake_ups));
    let mut context = Context::from_waker(&waker);
    let (promise, resolver) = Promise::with_resolver();
    let mut promise = pin!(promise);
    for _ in 0..3 {
        assert!(promise.as_mut().poll(&mut context).is_pending());
    }
    assert_eq!(wake_ups.0.load(Ordering::Relaxed), 0);
    resolver.settle(Ok(1));
    assert_eq!(wake_ups.0.load(Ordering::Relaxed), 1);
    assert!(promise.poll(&mut context).is_ready());
}

#[test]
fn a_waker_that_is_replaced_is_dropped() {
    let wake_ups = Arc::new(CountsWakeUps(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&wake_ups));
    let (promise, _resolver) = Promise::<u32>::with_resolver();
    let mut promise = pin!(promise);
    for waker in [&waker, &waker, Waker::noop()] {
        let mut context = Context::from_waker(waker);
        assert!(promise.as_mut().poll(&mut context).is_pending());
    }
    drop(waker);
    assert_eq!(Arc::strong_count(&wake_ups), 1);
}

#[test]
fn a_second_await_of_the_same_is_a_panic() {
    let mut promise = kept(1);
    assert_eq!(block_on(&mut promise).unwrap(), 1);
    let again = catch_unwind(AssertUnwindSafe(|| block_on(&mut promise)));
    assert!(again.is_err());
}

#[test]
fn wake_ups_without_a_reason_do_no_harm() {
    let (promise, resolver) = Promise::with_resolver();
    let awaits = thread::spawn(|| block_on(promise).unwrap());
    for _ in 0..1_000 {
        awaits.thread().unpark();
    }
    resolver.settle(Ok(7));
    assert_eq!(awaits.join().unwrap(), 7);
}

#[test]
fn it_may_hold_what_is_borrowed() {
    let words = String::from("one two");
    let first = Promise::new(|resolver| resolver.settle(Ok(&words[..3])));
    assert_eq!(block_on(first).unwrap(), "one");
}

#[test]
fn all_keeps_the_order_of_ten_thousand() {
    const THREADS: usize = 4;
    let start = Arc::new(Barrier::new(THREADS));
    let (promises, mut resolvers): (Vec<_>, Vec<_>) =
        (0..10_000).map(|_| Promise::with_resolver()).unzip();
    let resolvers = resolvers.drain(..).enumerate().rev().collect::<Vec<_>>();
    let mut shares: [Vec<_>; THREADS] = Default::default();
    for (turn, share) in resolvers.into_iter().enumerate() {
        shares[turn % THREADS].push(share);
    }
    for share in shares {
        let start = Arc::clone(&start);
        thread::spawn(move || {
            start.wait();
            for (number, resolver) in share {
                resolver.settle(Ok(number));
            }
        });
    }
    let expected: Vec<_> = (0..10_000).collect();
    assert_eq!(block_on(all(promises)).unwrap(), expected);
}

#[test]
fn all_of_none_is_none_and_the_first_error_in_order_counts() {
    assert!(
        block_on(all(Vec::<Promise<u32>>::new()))
            .unwrap()
            .is_empty()
    );

    let (late, resolver) = Promise::with_resolver();
    let promises = [late, failed("second"), failed("third")];
    thread::spawn(move || resolver.settle(Ok(1)));
    assert_eq!(says(block_on(all(promises))), "second");
}

#[test]
fn all_lets_go_of_those_after_the_error() {
    let value = Arc::new(());
    let (third, resolver) = Promise::with_resolver();
    let promises = [failed("first"), kept(Arc::clone(&value)), third];
    assert_eq!(says(block_on(all(promises))), "first");
    assert_eq!(Arc::strong_count(&value), 1);
    resolver.settle(Ok(Arc::clone(&value)));
    assert_eq!(Arc::strong_count(&value), 1);
}
