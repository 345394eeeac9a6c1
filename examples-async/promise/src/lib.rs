//! A JavaScript promise by hand, with std alone: under way when it is made, settled once, awaited.
//!
//! Run it: `cargo run -p promise`
//!
//! *Notice:* `await` leaves a callback like any other; it is called a waker. An async function has
//! done nothing when its call returns, a promise is under way.
//!
//! *Use instead:* an async function, which needs no promise; where a callback has to become a
//! future, `tokio::sync::oneshot` or `futures::channel::oneshot`.
//!
//! The page: `docs/src/async/promise.md`
//!
//! # Use it
//! ```
//! use promise::{Error, Promise, all, block_on};
//! use std::thread;
//!
//! fn main() -> Result<(), Error> {
//!     let lengths = ["one", "two", "three"].map(|word| {
//!         Promise::new(|resolver| {
//!             thread::spawn(move || resolver.settle(Ok(word.len())));
//!         })
//!     }); // all three are under way
//!     assert_eq!(block_on(all(lengths))?, [3, 3, 5]);
//!     Ok(())
//! }
//! ```

use std::error;
use std::fmt;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// What came instead of the value. Any error will do, as in JavaScript, and `?` makes it of each.
pub type Error = Box<dyn error::Error + Send + Sync>;

/// A value that comes later, or the error that came instead.
///
/// It goes to one taker, a callback or an `await`, and so it need not be `Clone`: unlike in
/// JavaScript, where all who ask see the same value. Dropping the promise stops nothing; what
/// comes is dropped in turn.
#[must_use = "an error that nobody takes is lost"]
pub struct Promise<T>(Arc<Mutex<State<T>>>);

/// The other end of a promise, for the one who does the work. It may go to any thread.
///
/// Dropped without a word, by a panic for example, it settles the promise with [`Broken`]: in
/// JavaScript that promise would stay pending for ever.
#[must_use = "dropping it breaks the promise"]
pub struct Resolver<T>(Arc<Mutex<State<T>>>);

enum State<T> {
    Pending(Option<Callback>),
    /// `None` once it is taken.
    Settled(Option<Result<T, Error>>),
}

/// Told that the promise is settled, no more. So a waker will do.
type Callback = Box<dyn FnOnce() + Send>;

impl<T> Promise<T> {
    /// Calls `start` at once, which starts the work and gives it the resolver: `new Promise(start)`.
    pub fn new(start: impl FnOnce(Resolver<T>)) -> Self {
        let (promise, resolver) = Self::with_resolver();
        start(resolver);
        promise
    }

    /// A promise and its resolver: `Promise.withResolvers()`.
    pub fn with_resolver() -> (Self, Resolver<T>) {
        let state = Arc::new(Mutex::new(State::Pending(None)));
        (Self(Arc::clone(&state)), Resolver(state))
    }

    /// Leaves the callback, in the place of the one before; calls it here if the promise is settled.
    fn tell(&self, callback: Callback) {
        let mut state = lock(&self.0);
        if let State::Pending(place) = &mut *state {
            let before = place.replace(callback);
            // In this order: a waker may be the last that holds a task, and that task a resolver.
            drop(state);
            drop(before);
        } else {
            drop(state);
            callback();
        }
    }

    /// The outcome, if it is there.
    fn take(&self) -> Option<Result<T, Error>> {
        match &mut *lock(&self.0) {
            State::Pending(_) => None,
            State::Settled(outcome) => Some(outcome.take().expect("it was taken before")),
        }
    }
}

impl<T: Send + 'static> Promise<T> {
    /// Calls `callback` with the outcome: in the thread that settles the promise, while it settles
    /// it; or here, before this returns, if that is done already.
    ///
    /// JavaScript would call it later in both cases, when the code that runs now is at its end.
    ///
    /// # Panics
    /// If the outcome was taken before, by an `await` that borrowed the promise.
    pub fn when_settled(self, callback: impl FnOnce(Result<T, Error>) + Send + 'static) {
        let promise = Self(Arc::clone(&self.0));
        promise.tell(Box::new(move || {
            callback(self.take().expect("it is settled"));
        }));
    }

    /// Starts the next step with the value as soon as it is there, and promises what comes of it.
    /// An error is handed on, and `next` is not called.
    ///
    /// A panic in `next` goes through the thread that settles, and breaks the promise returned.
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
        // All that `await` does. Settled since the line above? Then it is woken at once.
        let waker = context.waker().clone();
        self.tell(Box::new(move || waker.wake()));
        Poll::Pending
    }
}

impl<T> Resolver<T> {
    /// Settles the promise, and calls the callback that waits for it, if there is one, in here.
    ///
    /// It takes the resolver: to settle twice does not compile. JavaScript ignores the second time.
    pub fn settle(self, outcome: Result<T, Error>) {
        self.put(outcome);
    }

    fn put(&self, outcome: Result<T, Error>) {
        let mut state = lock(&self.0);
        let State::Pending(callback) = &mut *state else {
            return; // it is the drop after `settle`
        };
        let callback = callback.take();
        *state = State::Settled(Some(outcome));
        drop(state); // which the callback will lock
        if let Some(callback) = callback {
            callback();
        }
    }
}

impl<T> Drop for Resolver<T> {
    fn drop(&mut self) {
        self.put(Err(Broken.into()));
    }
}

/// The error of a promise whose resolver was dropped unused.
#[derive(Debug)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the promise was broken: its resolver is gone")
    }
}

impl error::Error for Broken {}

/// The values of all, in the order of the promises. They are under way, so it is enough to await
/// one after the other.
///
/// # Errors
/// The first in the order of the promises; those before it must have come. `Promise.all` takes the
/// first in time. In both the others go on, and what comes of them is dropped.
pub async fn all<T>(promises: impl IntoIterator<Item = Promise<T>>) -> Result<Vec<T>, Error> {
    let mut values = Vec::new();
    for promise in promises {
        values.push(promise.await?);
    }
    Ok(values)
}

/// Runs a future on this thread, and parks the thread while the future waits: the smallest runtime.
pub fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        thread::park(); // returns at once if the wake-up was faster
    }
}

/// Nothing panics while this lock is held but a second `take`, which changes nothing.
fn lock<T>(state: &Mutex<State<T>>) -> MutexGuard<'_, State<T>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
