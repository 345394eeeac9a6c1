//! The same three steps with callbacks, promises and await. Then: when callbacks run, what `all`
//! returns, and what dropping does.

#[path = "../three_ways.rs"]
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
    writeln!(out, "Three steps. Each needs the value of the step before.")?;
    for (name, way) in WAYS {
        let steps = Steps::default();
        way(&steps, shown);
        row(&mut out, name, &steps.notes())?;
    }
    writeln!(out, "The same, but step 2 fails. Step 3 does not start.")?;
    for (name, way) in WAYS {
        let steps = Steps::failing(2);
        way(&steps, shown);
        row(&mut out, name, &steps.notes())?;
    }
    writeln!(out, "Which thread receives the outcome?")?;
    for (name, way) in WAYS {
        let steps = Steps::default();
        way(&steps, current_thread);
        row(&mut out, name, &steps.notes()[4..])?;
    }

    writeln!(out, "When does the callback of a promise run?")?;
    row(&mut out, "registered first", &registered_first())?;
    row(&mut out, "settled first", &settled_first())?;
    writeln!(
        out,
        "all() of three promises, which settle in the order 3, 2, 1."
    )?;
    row(&mut out, "all succeed", &all_of_three(None))?;
    row(&mut out, "2 fails", &all_of_three(Some(2)))?;
    writeln!(
        out,
        "What happens if it is dropped while step 1 is running?"
    )?;
    row(&mut out, "the promise", &drop_the_promise())?;
    row(&mut out, "the future", &drop_the_future())?;
    row(&mut out, "the resolver", &drop_the_resolver())
}

/// What the call itself starts is noted before "call returns".
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

fn registered_first() -> Vec<String> {
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
        let resolver = resolvers.pop().expect("three were pushed");
        if failing == Some(number) {
            steps.note(format!("{number} fails"));
            resolver.settle(Err(format!("number {number}").into()));
        } else {
            steps.note(format!("{number} succeeds"));
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

/// One turn of an event loop. The waker does nothing.
fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn shown<T: Debug>(outcome: Result<T, Error>) -> String {
    match outcome {
        Ok(value) => format!("value {value:?}"),
        Err(error) => format!("error: {error}"),
    }
}

/// With promises, which step's thread it is depends on timing: step 3 may finish before the thread of
/// step 2 has registered the callback, and then the thread of step 2 runs it.
fn current_thread(_: Outcome) -> String {
    let thread = thread::current();
    let of_a_step = thread.name().is_some_and(|name| name.starts_with("step"));
    if of_a_step {
        "the thread of a step"
    } else {
        "the main thread"
    }
    .to_owned()
}

fn row(out: &mut impl Write, what: &str, notes: &[String]) -> io::Result<()> {
    writeln!(out, "  {:<20} {}", format!("{what}:"), notes.join(", "))
}
