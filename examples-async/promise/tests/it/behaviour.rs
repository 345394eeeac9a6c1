//! The promise with real threads: which callback runs, when and where; errors, panics, drops.

use promise::{Broken, Error, Promise, Resolver, all};
use std::cell::Cell;
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, MutexGuard, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;
use testing::watchdog;

/// Both ends can move to any thread if the value can, also if it is not `Sync`. And a promise can be
/// part of a future of any runtime.
const _: () = {
    const fn sendable<T: Send + Sync + Unpin + 'static>() {}
    sendable::<Promise<Cell<u32>>>();
    sendable::<Resolver<Cell<u32>>>();
};

/// Neither end can move to another thread if the value cannot, although it is `Sync`: if it could,
/// these calls would be ambiguous and would not compile.
const _: () = {
    trait AmbiguousIfSend<Marker> {
        fn check() {}
    }
    impl<T> AmbiguousIfSend<()> for T {}
    impl<T: Send> AmbiguousIfSend<u8> for T {}
    trait AmbiguousIfSync<Marker> {
        fn check() {}
    }
    impl<T> AmbiguousIfSync<()> for T {}
    impl<T: Sync> AmbiguousIfSync<u8> for T {}
    type SyncNotSend = MutexGuard<'static, u32>;
    let _ = <Promise<SyncNotSend> as AmbiguousIfSend<_>>::check;
    let _ = <Promise<SyncNotSend> as AmbiguousIfSync<_>>::check;
    let _ = <Resolver<SyncNotSend> as AmbiguousIfSend<_>>::check;
    let _ = <Resolver<SyncNotSend> as AmbiguousIfSync<_>>::check;
};

/// As promise's own; a hang fails the test by name.
fn block_on<F: Future>(future: F) -> F::Output {
    let _limit = watchdog::limit();
    promise::block_on(future)
}

fn kept<T>(value: T) -> Promise<T> {
    Promise::new(|resolver| resolver.settle(Ok(value)))
}

fn failed<T>(error: &'static str) -> Promise<T> {
    Promise::new(|resolver| resolver.settle(Err(error.into())))
}

fn error_text<T>(outcome: Result<T, Error>) -> String {
    outcome.err().expect("it fails").to_string()
}

#[test]
fn new_starts_the_work() {
    let _limit = watchdog::limit();
    let mut started = 0;
    let promise = Promise::<u32>::new(|_resolver| started += 1);
    assert_eq!(started, 1);
    drop(promise);
}

#[test]
fn a_callback_runs_in_the_thread_that_settles_or_immediately() {
    let _limit = watchdog::limit();
    let (send, receive) = mpsc::channel();
    let (promise, resolver) = Promise::with_resolver();
    let sender = send.clone();
    promise.when_settled(move |_| sender.send(thread::current().id()).unwrap());
    assert!(
        receive.try_recv().is_err(),
        "the promise is not settled yet"
    );
    let thread = thread::spawn(move || resolver.settle(Ok(1)));
    assert_eq!(receive.recv().unwrap(), thread.thread().id());
    thread.join().unwrap();

    kept(1).when_settled(move |_| send.send(thread::current().id()).unwrap());
    assert_eq!(receive.try_recv().unwrap(), thread::current().id());
}

#[test]
fn an_await_resumes_in_the_thread_that_awaits() {
    let _limit = watchdog::limit();
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
    let _limit = watchdog::limit();
    let chain = kept(1)
        .then(|one| kept(one + 1))
        .then(|two| failed::<u32>(if two == 2 { "at two" } else { "elsewhere" }))
        .then(|_| -> Promise<u32> { unreachable!("the step before failed") });
    assert_eq!(error_text(block_on(chain)), "at two");

    let typed = Promise::<u32>::new(|resolver| resolver.settle(Err(fmt::Error.into())));
    let error = block_on(typed.then(kept)).unwrap_err();
    assert!(error.is::<fmt::Error>(), "the error itself is passed on");
}

#[test]
fn a_panic_in_a_step_breaks_the_chain_and_ends_the_thread() {
    let _limit = watchdog::limit();
    let (promise, resolver) = Promise::with_resolver();
    let chain = promise.then(|()| -> Promise<u32> { resume_unwind(Box::new("meant")) });
    let thread = thread::spawn(move || resolver.settle(Ok(())));
    assert!(block_on(chain).unwrap_err().is::<Broken>());
    assert!(thread.join().is_err());
}

#[test]
fn a_panic_of_the_worker_breaks_its_promise() {
    let _limit = watchdog::limit();
    let promise = Promise::<u32>::new(|resolver| {
        thread::spawn(move || {
            let _resolver = resolver;
            resume_unwind(Box::new("meant"));
        });
    });
    assert!(block_on(promise).unwrap_err().is::<Broken>());
}

#[test]
fn a_dropped_resolver_calls_the_callback() {
    let _limit = watchdog::limit();
    let (send, receive) = mpsc::channel();
    let (promise, resolver) = Promise::<u32>::with_resolver();
    promise
        .then(kept)
        .when_settled(move |outcome| send.send(error_text(outcome)).unwrap());
    drop(resolver);
    assert_eq!(receive.try_recv().unwrap(), Broken.to_string());
}

#[test]
fn a_value_without_a_consumer_is_dropped_immediately() {
    let _limit = watchdog::limit();
    let value = Arc::new(());
    let (promise, resolver) = Promise::with_resolver();
    drop(promise);
    resolver.settle(Ok(Arc::clone(&value)));
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn a_callback_that_was_called_is_dropped() {
    let _limit = watchdog::limit();
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
    let _limit = watchdog::limit();
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
    drop(waker);
    assert_eq!(Arc::strong_count(&wake_ups), 1, "the promise keeps a waker");
}

#[test]
fn a_waker_that_is_replaced_is_dropped() {
    let _limit = watchdog::limit();
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
fn a_second_await_of_the_same_promise_panics() {
    let _limit = watchdog::limit();
    let mut promise = kept(1);
    assert_eq!(block_on(&mut promise).unwrap(), 1);
    let again = catch_unwind(AssertUnwindSafe(|| block_on(&mut promise)));
    assert!(again.is_err());
    // The panic happened while the state was locked, and yet it can be used.
    assert_eq!(format!("{promise:?}"), r#"Promise { state: "taken", .. }"#);
    let callback = AssertUnwindSafe(|| promise.when_settled(|_| ()));
    assert!(
        catch_unwind(callback).is_err(),
        "there is no outcome any more"
    );
}

#[test]
fn spurious_wake_ups_are_harmless() {
    let _limit = watchdog::limit();
    let (promise, resolver) = Promise::with_resolver();
    let awaits = thread::spawn(|| block_on(promise).unwrap());
    for _ in 0..1_000 {
        awaits.thread().unpark();
    }
    resolver.settle(Ok(7));
    assert_eq!(awaits.join().unwrap(), 7);
}

#[test]
fn the_value_may_borrow() {
    let _limit = watchdog::limit();
    let words = String::from("one two");
    let first = Promise::new(|resolver| resolver.settle(Ok(&words[..3])));
    assert_eq!(block_on(first).unwrap(), "one");
}

#[test]
fn all_keeps_the_order_of_ten_thousand() {
    let _limit = watchdog::limit();
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
fn all_of_nothing_is_empty_and_the_first_error_in_order_counts() {
    let _limit = watchdog::limit();
    assert!(
        block_on(all(Vec::<Promise<u32>>::new()))
            .unwrap()
            .is_empty()
    );

    let (late, resolver) = Promise::with_resolver();
    let promises = [late, failed("second"), failed("third")];
    thread::spawn(move || resolver.settle(Ok(1)));
    assert_eq!(error_text(block_on(all(promises))), "second");
}

#[test]
fn all_drops_the_promises_after_the_error() {
    let _limit = watchdog::limit();
    let value = Arc::new(());
    let (third, resolver) = Promise::with_resolver();
    let promises = [failed("first"), kept(Arc::clone(&value)), third];
    assert_eq!(error_text(block_on(all(promises))), "first");
    assert_eq!(Arc::strong_count(&value), 1);
    resolver.settle(Ok(Arc::clone(&value)));
    assert_eq!(Arc::strong_count(&value), 1);
}

/// A promise that a thread settles after some time.
fn later(milliseconds: u64, value: u32) -> Promise<u32> {
    Promise::new(move |resolver| {
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(milliseconds));
            resolver.settle(Ok(value));
        });
    })
}

/// Awaits a promise while another part of the same future blocks the thread until after the
/// promise is settled.
fn await_beside(block: impl FnOnce()) -> u32 {
    let mut promise = pin!(later(20, 1));
    let mut block = Some(block);
    block_on(poll_fn(|context| {
        let polled = promise.as_mut().poll(context);
        if let (Poll::Pending, Some(block)) = (&polled, block.take()) {
            block();
        }
        polled
    }))
    .expect("the thread settles it with a value")
}

#[test]
fn no_wake_up_is_lost_while_the_future_waits_for_a_channel() {
    let _limit = watchdog::limit();
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(60));
        send.send(2).unwrap();
    });
    assert_eq!(await_beside(|| assert_eq!(receive.recv(), Ok(2))), 1);
}

#[test]
fn no_wake_up_is_lost_while_the_future_waits_for_scoped_threads() {
    let _limit = watchdog::limit();
    let scope = || {
        thread::scope(|scope| {
            scope.spawn(|| thread::sleep(Duration::from_millis(60)));
        });
    };
    assert_eq!(await_beside(scope), 1);
}

#[test]
fn no_wake_up_is_lost_in_a_nested_block_on() {
    let _limit = watchdog::limit();
    let nested = || assert_eq!(block_on(later(60, 2)).unwrap(), 2);
    assert_eq!(await_beside(nested), 1);
}

#[test]
#[cfg(target_os = "linux")]
fn block_on_waits_without_cpu_time() {
    let _limit = watchdog::limit();
    let before = testing::waits::cpu_ticks();
    assert_eq!(block_on(later(500, 7)).unwrap(), 7);
    // Polling in a loop would use most of the 50 ticks.
    let used = testing::waits::cpu_ticks() - before;
    assert!(used < 10, "{used} of 50 hundredths of a second");
}

#[test]
fn debug_shows_the_state_and_asks_nothing_of_the_value() {
    let _limit = watchdog::limit();
    struct NotDebug;
    let (mut promise, resolver) = Promise::with_resolver();
    assert_eq!(
        format!("{promise:?}"),
        r#"Promise { state: "pending", .. }"#
    );
    assert_eq!(
        format!("{resolver:?}"),
        r#"Resolver { state: "pending", .. }"#
    );
    resolver.settle(Ok(NotDebug));
    assert_eq!(
        format!("{promise:?}"),
        r#"Promise { state: "fulfilled", .. }"#
    );
    assert!(block_on(&mut promise).is_ok());
    assert_eq!(format!("{promise:?}"), r#"Promise { state: "taken", .. }"#);
    let promise = failed::<NotDebug>("disk full");
    assert_eq!(
        format!("{promise:?}"),
        r#"Promise { state: "rejected", .. }"#
    );
}
