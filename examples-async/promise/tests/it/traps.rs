//! The code under *Traps*, as tests.

use promise::{Error, Promise, block_on};
use std::cell::RefCell;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;

// ANCHOR: in-turn
#[test]
fn async_functions_that_are_awaited_in_turn_run_in_turn() {
    let notes = RefCell::new(Vec::new());
    event_loop::block_on(async |event_loop| {
        let work = async |begins, ends| {
            notes.borrow_mut().push(begins);
            event_loop.sleep(Duration::from_millis(1)).await;
            notes.borrow_mut().push(ends);
        };
        let (a, b) = (work("a begins", "a ends"), work("b begins", "b ends"));
        a.await; // in JavaScript both have started; here `b` has not
        b.await;
        assert_eq!(notes.take(), ["a begins", "a ends", "b begins", "b ends"]);

        let both = [work("a begins", "a ends"), work("b begins", "b ends")];
        event_loop::join_all(both).await;
        assert_eq!(notes.take(), ["a begins", "b begins", "a ends", "b ends"]);
    });
}
// ANCHOR_END: in-turn

// ANCHOR: oneshot
/// A library that only offers callbacks.
fn ask_later(question: &'static str, answer: impl FnOnce(usize) + Send + 'static) {
    thread::spawn(move || answer(question.len()));
}

/// Turns the callback of `ask_later` into a future, with a oneshot channel.
async fn ask(question: &'static str) -> Result<usize, oneshot::error::RecvError> {
    let (send, receive) = oneshot::channel();
    ask_later(question, |answer| {
        let _ = send.send(answer); // an error means: nobody is waiting any more
    });
    receive.await // an error means: `send` was dropped
}
// ANCHOR_END: oneshot

#[test]
fn a_callback_becomes_a_future() {
    let _limit = testing::watchdog::limit();
    assert_eq!(block_on(ask("how long?")).unwrap(), 9);
    let promise = Promise::new(|resolver| {
        ask_later("how long?", |answer| resolver.settle(Ok(answer)));
    });
    assert_eq!(block_on(promise).unwrap(), 9);
}

// ANCHOR: first-call
/// A library that calls its callback several times.
fn on_each(mut callback: impl FnMut(u32) + Send + 'static) {
    thread::spawn(move || (1..=3).for_each(&mut callback));
}

fn first_of_each() -> Promise<u32> {
    Promise::new(|resolver| {
        let mut resolver = Some(resolver);
        on_each(move |number| {
            if let Some(resolver) = resolver.take() {
                resolver.settle(Ok(number)); // first call only: a promise has one value
            }
        });
    })
}
// ANCHOR_END: first-call

#[test]
fn a_callback_that_is_called_often_settles_once() {
    let _limit = testing::watchdog::limit();
    assert_eq!(block_on(first_of_each()).unwrap(), 1);
}

// ANCHOR: race
/// The outcome that arrives first, value or error: `Promise.race`.
fn race<T: Send + 'static>(promises: impl IntoIterator<Item = Promise<T>>) -> Promise<T> {
    Promise::new(|resolver| {
        let first = Arc::new(Mutex::new(Some(resolver)));
        for promise in promises {
            let first = Arc::clone(&first);
            promise.when_settled(move |outcome| {
                let resolver = first.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some(resolver) = resolver {
                    resolver.settle(outcome);
                }
            });
        }
    })
}
// ANCHOR_END: race

#[test]
fn the_first_wins_the_race() {
    let _limit = testing::watchdog::limit();
    let (slow, _never) = Promise::with_resolver();
    let (quick, resolver) = Promise::with_resolver();
    let winner = race([slow, quick]);
    resolver.settle(Ok("quick"));
    assert_eq!(block_on(winner).unwrap(), "quick");

    let (quick, resolver) = Promise::<u32>::with_resolver();
    let (late, late_resolver) = Promise::with_resolver();
    let winner = race([late, quick]);
    resolver.settle(Err("disk full".into()));
    late_resolver.settle(Ok(1));
    assert_eq!(block_on(winner).unwrap_err().to_string(), "disk full");

    assert!(
        block_on(race(Vec::<Promise<u32>>::new())).is_err(),
        "there is no winner"
    );
}

// ANCHOR: lost
fn save() -> Promise<()> {
    Promise::new(|resolver| resolver.settle(Err("disk full".into())))
}

#[test]
fn an_error_without_a_consumer_is_lost() {
    drop(save()); // the error is lost, without a message

    let error = block_on(save()).expect_err("the disk is full");
    assert_eq!(error.to_string(), "disk full");
}
// ANCHOR_END: lost

// ANCHOR: deep
const STEPS: u32 = 100_000;

fn add_one(number: u32) -> Promise<u32> {
    Promise::new(|resolver| resolver.settle(Ok(number + 1)))
}

fn a_long_chain() -> Promise<u32> {
    let (mut promise, resolver) = Promise::with_resolver();
    for _ in 0..STEPS {
        promise = promise.then(add_one); // each callback runs inside the one before
    }
    resolver.settle(Ok(0));
    promise
}

async fn a_long_loop() -> Result<u32, Error> {
    let mut number = 0;
    for _ in 0..STEPS {
        number = add_one(number).await?;
    }
    Ok(number)
}
// ANCHOR_END: deep

#[test]
fn a_long_loop_needs_no_stack() {
    let _limit = testing::watchdog::limit();
    assert_eq!(block_on(a_long_loop()).unwrap(), STEPS);
}

#[test]
fn a_long_chain_overflows_the_stack() {
    let test = concat!(module_path!(), "::a_long_chain_overflows_the_stack");
    testing::child::assert_caught(test, "overflowed its stack", || drop(a_long_chain()));
}

#[test]
fn a_callback_that_panics_while_its_thread_does_aborts() {
    let test = concat!(
        module_path!(),
        "::a_callback_that_panics_while_its_thread_does_aborts"
    );
    testing::child::assert_caught(test, "panic in a destructor during cleanup", || {
        let (promise, resolver) = Promise::<u32>::with_resolver();
        promise.when_settled(|outcome| assert!(outcome.is_ok()));
        let _dropped_by_the_panic = resolver;
        resume_unwind(Box::new("meant"));
    });
}
