//! Three steps that each need what the one before found, written three times; and the steps.

use promise::{Error, Promise};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// With callbacks: each step stands within the one before, and each hands its error on.
pub(crate) fn with_callbacks(steps: Steps, done: impl FnOnce(Result<u32, Error>) + Send + 'static) {
    steps.clone().start(1, 0, move |outcome| match outcome {
        Err(error) => done(Err(error)),
        Ok(one) => steps.clone().start(2, one, move |outcome| match outcome {
            Err(error) => done(Err(error)),
            Ok(two) => steps.start(3, two, done),
        }),
    });
}

/// With promises: one step below the other, and `then` hands the error on. What a step uses besides
/// the value it must still own.
pub(crate) fn with_promises(steps: Steps) -> Promise<u32> {
    let for_the_third = steps.clone();
    let one = steps.promise(1, 0);
    one.then(move |one| steps.promise(2, one))
        .then(move |two| for_the_third.promise(3, two))
}

/// With await: it reads like code that blocks, `?` hands the error on, and the steps are borrowed.
pub(crate) async fn with_await(steps: &Steps) -> Result<u32, Error> {
    let one = steps.promise(1, 0).await?;
    let two = steps.promise(2, one).await?;
    steps.promise(3, two).await
}

/// Steps on threads of their own, with a note of each. Clones are handles to the same.
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
    /// Those of which one fails.
    pub(crate) fn failing(step: u32) -> Self {
        Self(Arc::new(Shared {
            failing: Some(step),
            ..Shared::default()
        }))
    }

    /// As a library offers it that knows of callbacks only: returns at once, and calls `done` later,
    /// in a thread of its own.
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
        let thread = thread.spawn(work).expect("the system has a thread more");
        lock(&self.0.threads).push(thread);
    }

    /// The same as a promise: the resolver goes into the callback. No more is needed, ever.
    fn promise(&self, step: u32, input: u32) -> Promise<u32> {
        Promise::new(|resolver| self.start(step, input, |outcome| resolver.settle(outcome)))
    }

    pub(crate) fn note(&self, what: impl Into<String>) {
        lock(&self.0.notes).push(what.into());
    }

    /// While this is held no step gets anywhere, so that what is noted meanwhile comes first.
    pub(crate) fn hold(&self) -> MutexGuard<'_, ()> {
        lock(&self.0.gate)
    }

    /// All notes, when all threads are at their end; a step starts the next one before its own.
    pub(crate) fn notes(&self) -> Vec<String> {
        loop {
            let thread = lock(&self.0.threads).pop();
            match thread {
                Some(thread) => thread.join().expect("a step does not panic"),
                None => return lock(&self.0.notes).clone(),
            }
        }
    }
}

/// No panic can leave half of a note.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
