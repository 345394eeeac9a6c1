// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A JavaScript promise, built by hand with std alone: it starts immediately and settles once.
//!
//! From the project "Many Things at Once", where `cargo run -p promise` demonstrates it and
//! `docs/src/async/promise.md` explains it.
//!
//! *Notice:* `await` registers a callback like any other. It is called a waker. The work behind a
//! promise has started when you get it; an async function has done nothing when its call returns.
//!
//! *Use instead:* an async function, which needs no promise. To turn a callback into a future,
//! `tokio::sync::oneshot` or `futures::channel::oneshot`. If several tasks need the value,
//! `tokio::sync::SetOnce`; if it changes, `watch`; if threads need it, std's `OnceLock::wait`.
//!
//! # Use it
//! ```ignore
//! use promise::{Error, Promise, all, block_on};
//! use std::thread;
//!
//! fn length(word: &'static str) -> Promise<usize> {
//!     Promise::new(|resolver| {
//!         thread::spawn(move || resolver.settle(Ok(word.len())));
//!     })
//! }
//!
//! fn main() -> Result<(), Error> {
//!     let lengths = ["one", "two", "three"].map(length); // three threads are running
//!     println!("{:?}", block_on(all(lengths))?); // [3, 3, 5]
//!     Ok(())
//! }
//! ```

use std::error;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// The reason for a failure. Any error type fits, as in JavaScript, and `?` converts it.
pub type Error = Box<dyn error::Error + Send + Sync>;

/// A value that arrives later, or the error that arrived instead.
///
/// It has one consumer, a callback or an `await`, so the value need not be `Clone`. In JavaScript
/// all consumers see the same value. Dropping the promise does not stop the work; the value is
/// dropped when it arrives.
#[must_use = "dropping a promise loses its error"]
pub struct Promise<T>(Arc<Mutex<State<T>>>);

/// The other end of a promise, for the code that does the work. It can move to any thread.
///
/// If it is dropped without [`settle`](Self::settle), for example by a panic, the promise fails
/// with [`Broken`]. In JavaScript it would stay pending forever.
#[must_use = "dropping a resolver makes its promise fail"]
pub struct Resolver<T>(Arc<Mutex<State<T>>>);

enum State<T> {
    Pending(Option<Callback>),
    /// `None` once the outcome has been taken.
    Settled(Option<Result<T, Error>>),
}

/// Learns that the promise is settled, without the value. So a waker can be one.
type Callback = Box<dyn FnOnce() + Send>;

impl<T> Promise<T> {
    /// Calls `start` immediately. It starts the work, and hands it the resolver. This is
    /// JavaScript's `new Promise(start)`.
    pub fn new(start: impl FnOnce(Resolver<T>)) -> Self {
        let (promise, resolver) = Self::with_resolver();
        start(resolver);
        promise
    }

    /// A promise and its resolver, as JavaScript's `Promise.withResolvers()`.
    pub fn with_resolver() -> (Self, Resolver<T>) {
        let state = Arc::new(Mutex::new(State::Pending(None)));
        (Self(Arc::clone(&state)), Resolver(state))
    }

    /// Registers the callback, which replaces the one before. If the promise is settled already,
    /// calls it here.
    ///
    /// Callbacks are code of others, which may use this promise or its resolver. So they are called
    /// and dropped without the lock.
    fn notify(&self, callback: Callback) {
        let mut state = lock(&self.0);
        if let State::Pending(registered) = &mut *state {
            let replaced = registered.replace(callback);
            drop(state);
            drop(replaced);
        } else {
            drop(state);
            callback();
        }
    }

    /// The outcome, if the promise is settled.
    fn take(&self) -> Option<Result<T, Error>> {
        match &mut *lock(&self.0) {
            State::Pending(_) => None,
            State::Settled(outcome) => {
                Some(outcome.take().expect("a promise is awaited only once"))
            }
        }
    }
}

impl<T: Send + 'static> Promise<T> {
    /// Calls `callback` with the outcome: in the thread that settles the promise, from within
    /// `settle`; or here, before this method returns, if the promise is settled already.
    ///
    /// JavaScript would call it later in both cases, after the code that is running now.
    ///
    /// # Panics
    /// If the outcome was taken before, by an `await` that borrowed the promise.
    pub fn when_settled(self, callback: impl FnOnce(Result<T, Error>) + Send + 'static) {
        let promise = Self(Arc::clone(&self.0));
        promise.notify(Box::new(move || {
            callback(
                self.take()
                    .expect("callbacks run after the outcome is stored"),
            );
        }));
    }

    /// Starts the next step with the value as soon as it arrives, and promises the result of that
    /// step. An error is passed on, and `next` is not called.
    ///
    /// A panic in `next` unwinds through the thread that settles, and the returned promise fails
    /// with [`Broken`].
    ///
    /// Each step is called from within the one before, so the stack limits a chain to thousands of
    /// steps. JavaScript's chain has no such limit. A loop with `await` has none here, either.
    pub fn then<U: Send + 'static>(
        self,
        next: impl FnOnce(T) -> Promise<U> + Send + 'static,
    ) -> Promise<U> {
        Promise::new(|resolver| {
            self.when_settled(move |outcome| match outcome {
                Ok(value) => next(value).when_settled(|outcome| resolver.settle(outcome)),
                Err(error) => resolver.settle(Err(error)),
            });
        })
    }
}

/// # Panics
/// If it is polled again after it was ready.
impl<T> Future for Promise<T> {
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(outcome) = self.take() {
            return Poll::Ready(outcome);
        }
        // All that `await` does. If the promise was settled since the line above, this wakes
        // the task immediately.
        let waker = context.waker().clone();
        self.notify(Box::new(move || waker.wake()));
        Poll::Pending
    }
}

impl<T> Resolver<T> {
    /// Settles the promise, and calls the callback that waits for it, if there is one.
    ///
    /// It takes the resolver by value, so settling twice does not compile. JavaScript ignores the
    /// second call.
    pub fn settle(self, outcome: Result<T, Error>) {
        self.store(outcome);
    }

    fn store(&self, outcome: Result<T, Error>) {
        let mut state = lock(&self.0);
        let State::Pending(callback) = &mut *state else {
            return; // the drop that follows `settle`
        };
        let callback = callback.take();
        *state = State::Settled(Some(outcome));
        drop(state); // the callback will lock it
        if let Some(callback) = callback {
            callback();
        }
    }
}

impl<T> Drop for Resolver<T> {
    fn drop(&mut self) {
        self.store(Err(Broken.into()));
    }
}

/// Shows the state and not the value, so `T` need not be `Debug`.
impl<T> fmt::Debug for Promise<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = state_name(&self.0);
        f.debug_struct("Promise")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

/// As that of [`Promise`].
impl<T> fmt::Debug for Resolver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = state_name(&self.0);
        f.debug_struct("Resolver")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

fn state_name<T>(state: &Mutex<State<T>>) -> &'static str {
    match &*lock(state) {
        State::Pending(_) => "pending",
        State::Settled(Some(Ok(_))) => "fulfilled",
        State::Settled(Some(Err(_))) => "rejected",
        State::Settled(None) => "taken",
    }
}

/// The error of a promise whose resolver was dropped without settling it.
#[derive(Debug)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken promise: its resolver was dropped without settling it")
    }
}

impl error::Error for Broken {}

/// The values of all promises, in the order of the promises. Their work has started already, so it
/// is enough to await one after the other.
///
/// # Errors
/// The first error in the order of the promises, so it is seen only after all promises before it
/// have settled. `Promise.all` fails with the first error in time. In both, the work of the other
/// promises continues and its results are dropped.
pub async fn all<T>(promises: impl IntoIterator<Item = Promise<T>>) -> Result<Vec<T>, Error> {
    let mut values = Vec::new();
    for promise in promises {
        values.push(promise.await?);
    }
    Ok(values)
}

/// Runs a future on this thread, which sleeps while the future waits: the smallest runtime.
pub fn block_on<F: Future>(future: F) -> F::Output {
    /// A flag of its own, because a wake-up must not be lost while the future itself blocks this
    /// thread. The token of `thread::park` could be consumed by that other wait.
    #[derive(Default)]
    struct Signal {
        woken: Mutex<bool>,
        changed: Condvar,
    }

    impl Wake for Signal {
        fn wake(self: Arc<Self>) {
            *lock(&self.woken) = true;
            self.changed.notify_one();
        }
    }

    let signal = Arc::new(Signal::default());
    let waker = Waker::from(Arc::clone(&signal));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        let mut woken = lock(&signal.woken);
        while !*woken {
            let waited = signal.changed.wait(woken);
            woken = waited.unwrap_or_else(PoisonError::into_inner);
        }
        *woken = false; // a wake-up from here on leads to another poll
    }
}

/// No panic while it is locked leaves the data half changed, so poisoning is ignored.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
