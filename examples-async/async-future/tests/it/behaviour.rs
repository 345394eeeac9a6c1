//! The exact number of polls, what is dropped and when, and which waker is called.

use async_future::{Join, block_on, join};
use std::cell::Cell;
use std::future::{Future, pending, poll_fn, ready};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::thread;
use testing::{waits, watchdog};

/// Answers `Pending` this many times, counts its polls, and panics if it is polled once too often.
struct Counted<'a> {
    pending: u32,
    polls: &'a Cell<u32>,
}

impl Future for Counted<'_> {
    type Output = u32;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u32> {
        self.polls.set(self.polls.get() + 1);
        let Some(left) = self.pending.checked_sub(1) else {
            self.pending = u32::MAX; // the next poll is visible in the count
            return Poll::Ready(self.polls.get());
        };
        self.pending = left;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

#[test]
fn each_future_is_polled_until_it_is_ready_and_never_again() {
    let _limit = watchdog::limit();
    for (a, b) in [(0, 0), (0, 3), (3, 0), (2, 3)] {
        let (polls_a, polls_b) = (Cell::new(0), Cell::new(0));
        let both = join(
            Counted {
                pending: a,
                polls: &polls_a,
            },
            Counted {
                pending: b,
                polls: &polls_b,
            },
        );
        assert_eq!(block_on(both), (a + 1, b + 1));
        assert_eq!((polls_a.get(), polls_b.get()), (a + 1, b + 1));
    }
}

#[test]
fn nothing_runs_before_the_first_poll() {
    let polls = Cell::new(0);
    let both = join(
        Counted {
            pending: 0,
            polls: &polls,
        },
        async { polls.set(99) },
    );
    assert_eq!(polls.get(), 0);
    drop(both);
    assert_eq!(polls.get(), 0);
}

#[test]
fn the_latest_waker_is_called() {
    let _limit = watchdog::limit();
    let (send, woken) = mpsc::channel::<Waker>();
    let stored = pin!(poll_fn(move |context| {
        send.send(context.waker().clone())
            .expect("the test receives");
        Poll::<()>::Pending
    }));
    let both = pin!(join(stored, pending::<()>()));
    let names = waits::moved(both);
    let latest = woken.try_iter().last().expect("it was polled");
    latest.wake();
    assert_eq!(names.recv(), Ok("second"));
}

#[test]
fn dropping_the_join_drops_both_futures() {
    let _limit = watchdog::limit();
    let alive = Rc::new(());
    let hold = |alive: Rc<()>| async move {
        pending::<()>().await;
        drop(alive);
    };
    let mut both = pin!(join(hold(Rc::clone(&alive)), hold(Rc::clone(&alive))));
    assert!(
        both.as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    );
    assert_eq!(Rc::strong_count(&alive), 3);
    both.set(join(hold(Rc::clone(&alive)), hold(Rc::clone(&alive)))); // drops the first pair
    assert_eq!(Rc::strong_count(&alive), 3);
}

#[test]
fn a_future_that_is_ready_is_dropped_before_the_other_one_is_ready() {
    let alive = Rc::new(());
    let theirs = Rc::clone(&alive);
    let mut both = pin!(join(async move { drop(theirs) }, pending::<()>()));
    assert!(
        both.as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    );
    assert_eq!(Rc::strong_count(&alive), 1);
}

#[test]
#[should_panic(expected = "`Join` polled after completion")]
fn a_join_that_was_ready_must_not_be_polled_again() {
    let mut both = pin!(join(ready(1), ready(2)));
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(both.as_mut().poll(&mut context), Poll::Ready((1, 2)));
    let _ = both.as_mut().poll(&mut context);
}

#[test]
fn block_on_may_be_nested_and_may_wait_for_a_channel() {
    watchdog::assert_ends(|| {
        let value = block_on(async {
            let (send, receive) = mpsc::channel();
            let thread = thread::spawn(move || send.send(block_on(async { 7 })));
            let inner = block_on(join(async { receive.recv() }, ready(1)));
            thread
                .join()
                .expect("it does not panic")
                .expect("it is received");
            inner
        });
        assert_eq!(value, (Ok(7), 1));
    });
}

/// A `Join` is `Send` if both futures and their outputs are, and `Debug` whatever they are.
const _: () = {
    const fn is_send<T: Send>() {}
    const fn is_debug<T: std::fmt::Debug>() {}
    is_send::<Join<std::future::Ready<u32>, std::future::Pending<u32>>>();
    struct NotDebug;
    is_debug::<Join<std::future::Ready<NotDebug>, std::future::Pending<Rc<NotDebug>>>>();
};
