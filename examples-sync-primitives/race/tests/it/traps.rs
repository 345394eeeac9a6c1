//! The traps of the page, each made certain.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};

// ANCHOR: await
/// Wrong: reads the number, waits while other tasks run, and writes the old number plus one.
async fn add(number: &Cell<u32>) {
    number.set(number.get() + one().await);
}

/// Right: no `.await` between read and write.
async fn add_in_one_step(number: &Cell<u32>) {
    let summand = one().await;
    number.set(number.get() + summand);
}

#[test]
fn an_update_is_lost_on_a_single_thread() {
    let number = Cell::new(0);
    take_turns(add(&number), add(&number));
    assert_eq!(number.take(), 1);
    take_turns(add_in_one_step(&number), add_in_one_step(&number));
    assert_eq!(number.take(), 2);
}
// ANCHOR_END: await

// ANCHOR: yours
/// Not ready immediately, as if it came over the network.
async fn one() -> u32 {
    let mut asked = false;
    poll_fn(|_| {
        if asked {
            return Poll::Ready(1);
        }
        asked = true;
        Poll::Pending
    })
    .await
}

/// A runtime with one thread and two tasks: both start, then both continue.
fn take_turns(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    let mut context = Context::from_waker(Waker::noop());
    let (mut one, mut other) = (pin!(one), pin!(other));
    assert!(one.as_mut().poll(&mut context).is_pending());
    assert!(other.as_mut().poll(&mut context).is_pending());
    assert!(one.poll(&mut context).is_ready());
    assert!(other.poll(&mut context).is_ready());
}
// ANCHOR_END: yours

#[test]
// ANCHOR: flag
fn checking_and_setting_a_flag_is_one_step() {
    let started = AtomicBool::new(false);
    // Wrong: if !started.load(Relaxed) { started.store(true, Relaxed); … } lets two threads in.
    // Right:
    let first = !started.swap(true, Relaxed);
    let second = !started.swap(true, Relaxed);
    assert!(first && !second);
}
// ANCHOR_END: flag

#[test]
// ANCHOR: aba
fn compare_exchange_does_not_see_that_others_came_between() {
    let number = AtomicU32::new(1);
    let seen = number.load(Relaxed);
    number.store(2, Relaxed); // another thread, twice
    number.store(1, Relaxed);
    // compare_exchange compares the value, and it is the same again:
    assert!(number.compare_exchange(seen, 5, Relaxed, Relaxed).is_ok());
}
// ANCHOR_END: aba
