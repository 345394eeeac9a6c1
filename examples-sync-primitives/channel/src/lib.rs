// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A bounded channel with many producers and many consumers, from one Mutex and two Condvars.
//!
//! From the project "Many Things at Once", where `cargo run -p channel` demonstrates it and
//! `docs/src/locks/channel.md` explains it.
//!
//! *Notice:* a producer that is faster than its consumers waits, so the queue never exceeds its
//! capacity. When the last `Sender` is dropped, receivers get what is queued and then an error.
//! When the last `Receiver` is dropped, `send` gives the value back.
//!
//! *Use instead:* `std::sync::mpsc::sync_channel` if one thread receives; the crate
//! `crossbeam-channel` to wait for several channels; in async code `tokio::sync::mpsc`.
//!
//! # Use it
//! ```ignore
//! use std::thread;
//!
//! fn main() {
//!     let (sender, receiver) = channel::channel(4);
//!     thread::scope(|scope| {
//!         for worker in 0..2 {
//!             let pages = receiver.clone();
//!             scope.spawn(move || pages.iter().for_each(|page| println!("{worker}: {page}")));
//!         }
//!         drop(receiver); // only the workers have receivers now: if they end, send fails
//!         (0..20).for_each(|page| sender.send(page).expect("a worker is running"));
//!         drop(sender); // the last one: the workers end when the queue is empty
//!     });
//! }
//! ```

use std::collections::VecDeque;
use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, iter, mem};

/// Sends values. Clone it for each producer.
pub struct Sender<T>(Arc<Shared<T>>);

/// Receives values. Clone it for each consumer; each value goes to one of them.
pub struct Receiver<T>(Arc<Shared<T>>);

struct Shared<T> {
    capacity: usize,
    state: Mutex<State<T>>,
    /// Two Condvars, so that `notify_one` never wakes a producer when a consumer was meant.
    arrived: Condvar,
    space: Condvar,
}

struct State<T> {
    queue: VecDeque<T>,
    senders: usize,
    receivers: usize,
    senders_waiting: Waiting,
    receivers_waiting: Waiting,
}

/// How many threads wait on a Condvar, because notifying nobody would still cost a system call.
#[derive(Debug, Default)]
struct Waiting {
    /// From before the wait until the thread has the lock again.
    threads: usize,
    /// At least this many of them are awake or have been notified. If it were too high, a thread
    /// would sleep on.
    notified: usize,
}

/// A channel whose queue has this capacity.
///
/// # Panics
/// If `capacity` is 0, because nothing could ever be queued.
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    assert!(capacity > 0, "a channel needs a capacity of at least 1");
    let shared = Arc::new(Shared {
        capacity,
        state: Mutex::new(State {
            queue: VecDeque::new(),
            senders: 1,
            receivers: 1,
            senders_waiting: Waiting::default(),
            receivers_waiting: Waiting::default(),
        }),
        arrived: Condvar::new(),
        space: Condvar::new(),
    });
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

impl<T> Sender<T> {
    /// Queues the value; waits while the queue is full. `Ok` does not mean that it was received.
    ///
    /// # Errors
    /// Gives the value back if there is no receiver.
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        self.wait(value, None).map_err(|error| match error {
            TrySendError::Full(value) | TrySendError::Disconnected(value) => SendError(value),
        })
    }

    /// Like [`send`](Self::send), but waits at most this long.
    ///
    /// # Errors
    /// Gives the value back: as `Full` if the time ran out, or if there is no receiver.
    pub fn send_timeout(&self, value: T, timeout: Duration) -> Result<(), TrySendError<T>> {
        self.wait(value, Some(timeout))
    }

    /// Queues the value, unless the queue is full.
    ///
    /// # Errors
    /// Gives the value back if the queue is full, or if there is no receiver.
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        self.0.push(&mut self.0.lock(), value)
    }

    fn wait(&self, value: T, timeout: Option<Duration>) -> Result<(), TrySendError<T>> {
        let (shared, deadline) = (&*self.0, deadline(timeout));
        let mut state = shared.lock();
        let mut result = shared.push(&mut state, value);
        while let Err(TrySendError::Full(value)) = result {
            let space = &shared.space;
            let woken = wait_until(deadline, space, state, |state| &mut state.senders_waiting);
            let Some(woken) = woken else {
                return Err(TrySendError::Full(value));
            };
            state = woken;
            result = shared.push(&mut state, value);
        }
        result
    }
}

impl<T> Receiver<T> {
    /// Returns the oldest value; waits while there is none.
    ///
    /// # Errors
    /// If the queue is empty and there is no sender.
    pub fn recv(&self) -> Result<T, RecvError> {
        self.wait(None).map_err(|_| RecvError)
    }

    /// Like [`recv`](Self::recv), but waits at most this long.
    ///
    /// # Errors
    /// If no value arrived in time, or if the queue is empty and there is no sender.
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        self.wait(Some(timeout))
    }

    /// Returns the oldest value, if there is one.
    ///
    /// # Errors
    /// If the queue is empty; `Disconnected` if there is no sender either.
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.0.pop(&mut self.0.lock())
    }

    /// Waits for each value, until the queue is empty and there is no sender.
    pub fn iter(&self) -> impl Iterator<Item = T> + use<'_, T> {
        iter::from_fn(|| self.recv().ok())
    }

    fn wait(&self, timeout: Option<Duration>) -> Result<T, RecvTimeoutError> {
        let (shared, deadline) = (&*self.0, deadline(timeout));
        let mut state = shared.lock();
        loop {
            // Before the clock is read: a value that arrives with the time-out is received.
            match shared.pop(&mut state) {
                Ok(value) => return Ok(value),
                Err(TryRecvError::Disconnected) => return Err(RecvTimeoutError::Disconnected),
                Err(TryRecvError::Empty) => {}
            }
            let arrived = &shared.arrived;
            let woken = wait_until(deadline, arrived, state, |state| {
                &mut state.receivers_waiting
            });
            state = woken.ok_or(RecvTimeoutError::Timeout)?;
        }
    }
}

/// One deadline, so that spurious wake-ups do not add up. One too far to express is none.
fn deadline(timeout: Option<Duration>) -> Option<Instant> {
    timeout.and_then(|timeout| Instant::now().checked_add(timeout))
}

/// Waits once, with or without a reason to wake up. `None` if the deadline has passed.
fn wait_until<'a, T>(
    deadline: Option<Instant>,
    condvar: &Condvar,
    mut state: MutexGuard<'a, State<T>>,
    waiting: impl Fn(&mut State<T>) -> &mut Waiting,
) -> Option<MutexGuard<'a, State<T>>> {
    let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
    if left == Some(Duration::ZERO) {
        return None;
    }
    waiting(&mut state).threads += 1;
    state = match left {
        None => condvar.wait(state).unwrap_or_else(PoisonError::into_inner),
        Some(left) => {
            let woken = condvar.wait_timeout(state, left);
            woken.unwrap_or_else(PoisonError::into_inner).0
        }
    };
    waiting(&mut state).one_woke();
    Some(state)
}

impl<T> Shared<T> {
    /// No code of the caller runs under this lock, so no panic poisons it.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, state: &mut State<T>, value: T) -> Result<(), TrySendError<T>> {
        if state.receivers == 0 {
            return Err(TrySendError::Disconnected(value));
        }
        if state.queue.len() == self.capacity {
            return Err(TrySendError::Full(value));
        }
        state.queue.push_back(value);
        state.receivers_waiting.notify_one(&self.arrived);
        Ok(())
    }

    fn pop(&self, state: &mut State<T>) -> Result<T, TryRecvError> {
        // Before the senders are counted: what was sent before the close is received.
        if let Some(value) = state.queue.pop_front() {
            state.senders_waiting.notify_one(&self.space);
            return Ok(value);
        }
        Err(match state.senders {
            0 => TryRecvError::Disconnected,
            _ => TryRecvError::Empty,
        })
    }
}

impl Waiting {
    fn notify_one(&mut self, condvar: &Condvar) {
        if self.threads > self.notified {
            self.notified += 1;
            condvar.notify_one();
        }
    }

    /// A thread cannot tell whether it was notified, timed out, or both. So it counts as notified.
    /// If another thread was notified, that one is notified twice, which costs a system call.
    fn one_woke(&mut self) {
        self.threads -= 1;
        self.notified = self.notified.saturating_sub(1);
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.0.lock().senders += 1;
        Self(Arc::clone(&self.0))
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        self.0.lock().receivers += 1;
        Self(Arc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.senders -= 1;
        if state.senders == 0 {
            self.0.arrived.notify_all();
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.receivers -= 1;
        if state.receivers == 0 {
            self.0.space.notify_all();
            let unread = mem::take(&mut state.queue);
            drop(state); // the drop of a value may use this channel
            drop(unread);
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sender").field(&self.0.state).finish()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receiver").field(&self.0.state).finish()
    }
}

/// Shows no value: their `Debug` would run under the lock, and std asks for none either.
impl<T> fmt::Debug for State<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("queued", &self.queue.len())
            .field("senders", &self.senders)
            .field("receivers", &self.receivers)
            .field("senders_waiting", &self.senders_waiting)
            .field("receivers_waiting", &self.receivers_waiting)
            .finish()
    }
}
