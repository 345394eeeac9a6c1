// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Three steps that each need the value of the step before, written in three ways.

use promise::{Error, Promise};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// With callbacks: each step is nested in the one before, and each passes errors on by hand.
pub(crate) fn with_callbacks(steps: Steps, done: impl FnOnce(Result<u32, Error>) + Send + 'static) {
    steps.clone().start(1, 0, move |outcome| match outcome {
        Err(error) => done(Err(error)),
        Ok(one) => steps.clone().start(2, one, move |outcome| match outcome {
            Err(error) => done(Err(error)),
            Ok(two) => steps.start(3, two, done),
        }),
    });
}

/// With promises: the steps are a flat chain, and `then` passes errors on. Each closure must own
/// what it uses, hence the clone.
pub(crate) fn with_promises(steps: Steps) -> Promise<u32> {
    let for_the_third = steps.clone();
    let one = steps.promise(1, 0);
    one.then(move |one| steps.promise(2, one))
        .then(move |two| for_the_third.promise(3, two))
}

/// With await: it reads like blocking code, `?` passes errors on, and `steps` is borrowed.
pub(crate) async fn with_await(steps: &Steps) -> Result<u32, Error> {
    let one = steps.promise(1, 0).await?;
    let two = steps.promise(2, one).await?;
    steps.promise(3, two).await
}

/// Each step runs on a thread of its own and is noted. Clones share the notes.
#[derive(Clone, Default)]
pub(crate) struct Steps(Arc<Shared>);

#[derive(Default)]
struct Shared {
    failing: Option<u32>,
    notes: Mutex<Vec<String>>,
    gate: Mutex<()>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Steps {
    /// Steps of which this one fails.
    pub(crate) fn failing(step: u32) -> Self {
        Self(Arc::new(Shared {
            failing: Some(step),
            ..Shared::default()
        }))
    }

    /// A typical callback API: returns immediately, and calls `done` later, in another thread.
    fn start(&self, step: u32, input: u32, done: impl FnOnce(Result<u32, Error>) + Send + 'static) {
        self.note(format!("step {step}"));
        let steps = self.clone();
        let work = move || {
            drop(lock(&steps.0.gate));
            done(match steps.0.failing {
                Some(failing) if failing == step => Err(format!("step {step} failed").into()),
                _ => Ok(10 * input + step),
            });
        };
        let thread = thread::Builder::new().name(format!("step {step}"));
        let thread = thread
            .spawn(work)
            .expect("three threads at most, one after another");
        lock(&self.0.threads).push(thread);
    }

    /// The same API with a promise: the callback settles it.
    fn promise(&self, step: u32, input: u32) -> Promise<u32> {
        Promise::new(|resolver| self.start(step, input, |outcome| resolver.settle(outcome)))
    }

    pub(crate) fn note(&self, what: impl Into<String>) {
        lock(&self.0.notes).push(what.into());
    }

    /// No step finishes while this guard exists, so notes made meanwhile come first.
    pub(crate) fn hold(&self) -> MutexGuard<'_, ()> {
        lock(&self.0.gate)
    }

    /// All notes, after all threads have ended. A thread starts the next step before it ends.
    pub(crate) fn notes(&self) -> Vec<String> {
        loop {
            let thread = lock(&self.0.threads).pop();
            match thread {
                Some(thread) => thread.join().expect("no step panics"),
                None => return lock(&self.0.notes).clone(),
            }
        }
    }
}

/// A panic cannot leave half a note, so poisoning is ignored.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
