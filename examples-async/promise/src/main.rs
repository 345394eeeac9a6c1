//! The same three steps with callbacks, promises and await; then the order of callbacks, `all`, and
//! what dropping does.

mod three_ways;

use promise::{Error, Promise, all, block_on};
use std::fmt::Debug;
use std::io::{self, Write};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::thread;
use three_ways::{Steps, with_await, with_callbacks, with_promises};

type Outcome = Result<u32, Error>;
type Way = fn(&Steps, fn(Outcome) -> String);

const WAYS: [(&str, Way); 3] = [
    ("callbacks", by_callbacks),
    ("promises", by_promises),
    ("async fn", by_await),
];

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();
    writeln!(out, "Three steps, each with what the one before found.")?;
    for (name, way) in WAYS {
        let steps = Steps::default();
        way(&steps, shown);
        row(&mut out, name, &steps.notes())?;
    }
    writeln!(out, "Step 2 fails.")?;
    for (name, way) in WAYS {
        let steps = Steps::failing(2);
        way(&steps, shown);
        row(&mut out, name, &steps.notes())?;
    }
    writeln!(out, "The thread that sees the outcome.")?;
    for (name, way) in WAYS {
        let steps = Steps::default();
        way(&steps, whose_thread);
        row(&mut out, name, &steps.notes()[4..])?;
    }

    writeln!(out, "A callback for a promise.")?;
    row(&mut out, "before it settles", &callback_first())?;
    row(&mut out, "after it settled", &settled_first())?;
    writeln!(out, "All of three promises, the last one first.")?;
    row(&mut out, "all arrive", &all_of_three(None))?;
    row(&mut out, "the second fails", &all_of_three(Some(2)))?;
    writeln!(out, "Dropped while step 1 is under way.")?;
    row(&mut out, "the promise", &drop_the_promise())?;
    row(&mut out, "the future", &drop_the_future())?;
    row(&mut out, "the resolver", &drop_the_resolver())
}

/// What the call starts, before anybody waits, comes before "call returns".
fn by_callbacks(steps: &Steps, show: fn(Outcome) -> String) {
    let (_held, seen) = (steps.hold(), steps.clone());
    with_callbacks(steps.clone(), move |outcome| seen.note(show(outcome)));
    steps.note("call returns");
}

fn by_promises(steps: &Steps, show: fn(Outcome) -> String) {
    let (_held, seen) = (steps.hold(), steps.clone());
    with_promises(steps.clone()).when_settled(move |outcome| seen.note(show(outcome)));
    steps.note("call returns");
}

fn by_await(steps: &Steps, show: fn(Outcome) -> String) {
    let future = with_await(steps);
    steps.note("call returns");
    steps.note(show(block_on(future)));
}

fn callback_first() -> Vec<String> {
    let steps = Steps::default();
    let seen = steps.clone();
    let (promise, resolver) = Promise::with_resolver();
    promise.when_settled(move |_| seen.note("callback runs"));
    steps.note("registered");
    resolver.settle(Ok(()));
    steps.note("settle returns");
    steps.notes()
}

fn settled_first() -> Vec<String> {
    let steps = Steps::default();
    let seen = steps.clone();
    let (promise, resolver) = Promise::with_resolver();
    resolver.settle(Ok(()));
    steps.note("settle returns");
    promise.when_settled(move |_| seen.note("callback runs"));
    steps.note("registered");
    steps.notes()
}

fn all_of_three(failing: Option<u32>) -> Vec<String> {
    let steps = Steps::default();
    let (promises, mut resolvers): (Vec<_>, Vec<_>) =
        (1..=3).map(|_| Promise::with_resolver()).unzip();
    let mut all = pin!(all(promises));
    for number in [3, 2, 1] {
        let resolver = resolvers.pop().expect("there are three");
        if failing == Some(number) {
            steps.note(format!("{number} fails"));
            resolver.settle(Err(format!("it was {number}").into()));
        } else {
            steps.note(format!("{number} arrives"));
            resolver.settle(Ok(number));
        }
        if let Poll::Ready(outcome) = poll_once(all.as_mut()) {
            steps.note(shown(outcome));
        }
    }
    steps.notes()
}

fn drop_the_promise() -> Vec<String> {
    let steps = Steps::default();
    let held = steps.hold();
    drop(with_promises(steps.clone()));
    steps.note("dropped");
    drop(held);
    steps.notes()
}

fn drop_the_future() -> Vec<String> {
    let steps = Steps::default();
    let held = steps.hold();
    let mut future = Box::pin(with_await(&steps));
    assert!(poll_once(future.as_mut()).is_pending());
    drop(future);
    steps.note("dropped");
    drop(held);
    steps.notes()
}

fn drop_the_resolver() -> Vec<String> {
    let steps = Steps::default();
    let promise = Promise::<u32>::new(drop);
    steps.note(shown(block_on(promise)));
    steps.notes()
}

/// What an event loop does, once. Nobody is woken here.
fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn shown<T: Debug>(outcome: Result<T, Error>) -> String {
    match outcome {
        Ok(value) => format!("value {value:?}"),
        Err(error) => format!("error: {error}"),
    }
}

/// Of which step is luck, with promises: step 3 may be done before the thread of step 2 has left the
/// callback with it, and then that thread runs it.
fn whose_thread(_: Outcome) -> String {
    let thread = thread::current();
    let of_a_step = thread.name().is_some_and(|name| name.starts_with("step"));
    if of_a_step { "a step's" } else { "main" }.to_owned()
}

fn row(out: &mut impl Write, what: &str, notes: &[String]) -> io::Result<()> {
    writeln!(out, "  {:<20} {}", format!("{what}:"), notes.join(", "))
}
