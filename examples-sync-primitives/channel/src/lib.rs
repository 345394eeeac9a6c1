//! A bounded channel with many producers and many consumers, from one Mutex and two Condvars.
//!
//! Run it: `cargo run -p channel`
//!
//! *Notice:* a producer that is faster than its consumers must wait, so no more than the capacity
//! is ever queued. When the last `Sender` is dropped, receivers take what is left and then end; when
//! the last `Receiver` is dropped, `send` gives the value back.
//!
//! *Use instead:* `std::sync::mpsc::sync_channel` if one thread receives; the crate
//! `crossbeam-channel` to wait for several channels at once; in async code `tokio::sync::mpsc`.
//!
//! The page: `docs/src/locks/channel.md`
//!
//! # Use it
//! ```
//! use std::thread;
//!
//! fn main() {
//!     let (sender, receiver) = channel::channel(4);
//!     thread::scope(|scope| {
//!         for worker in 0..2 {
//!             let pages = receiver.clone();
//!             scope.spawn(move || pages.iter().for_each(|page| println!("{worker} has {page}")));
//!         }
//!         drop(receiver); // now the workers have the only receivers: if they die, send says so
//!         (0..20).for_each(|page| sender.send(page).expect("a worker lives"));
//!         drop(sender); // the last one: the workers end when the queue is empty
//!     });
//! }
//! ```

use std::collections::VecDeque;
use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, iter, mem};

/// Sends into a channel. Clone it for each producer.
#[derive(Debug)]
pub struct Sender<T>(Arc<Shared<T>>);

/// Receives from a channel. Clone it for each consumer; each value goes to one of them.
#[derive(Debug)]
pub struct Receiver<T>(Arc<Shared<T>>);

#[derive(Debug)]
struct Shared<T> {
    capacity: usize,
    state: Mutex<State<T>>,
    /// Two, so that `notify_one` never wakes a producer where a consumer was meant.
    arrived: Condvar,
    room: Condvar,
}

struct State<T> {
    queue: VecDeque<T>,
    senders: usize,
    receivers: usize,
    senders_waiting: Waiting,
    receivers_waiting: Waiting,
}

/// Who waits for a Condvar: to notify nobody would cost a system call as well.
#[derive(Debug, Default)]
struct Waiting {
    /// From before the wait until they have the lock again.
    threads: usize,
    /// How many of them are awake or about to be, at the least. Were it too high, one would sleep on.
    notified: usize,
}

/// A channel in which at most this many values are queued.
///
/// # Panics
/// With no capacity: nothing could ever be queued.
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    assert!(capacity > 0, "a channel needs room for at least one value");
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
        room: Condvar::new(),
    });
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

impl<T> Sender<T> {
    /// Queues the value; waits for room if there is none. `Ok` does not say that it is received.
    ///
    /// # Errors
    /// Gives the value back if nobody is left to receive it.
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        let mut state = self.0.lock();
        while state.receivers > 0 && state.queue.len() == self.0.capacity {
            state.senders_waiting.threads += 1;
            let woken = self.0.room.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
            state.senders_waiting.one_woke();
        }
        if state.receivers == 0 {
            return Err(SendError(value));
        }
        self.0.push(&mut state, value);
        Ok(())
    }

    /// Queues the value if there is room now.
    ///
    /// # Errors
    /// Gives the value back if the channel is full, or if nobody is left to receive it.
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        let mut state = self.0.lock();
        if state.receivers == 0 {
            return Err(TrySendError::Disconnected(value));
        }
        if state.queue.len() == self.0.capacity {
            return Err(TrySendError::Full(value));
        }
        self.0.push(&mut state, value);
        Ok(())
    }
}

impl<T> Receiver<T> {
    /// Takes the oldest value; waits for one if there is none.
    ///
    /// # Errors
    /// If none is queued and nobody is left to send one.
    pub fn recv(&self) -> Result<T, RecvError> {
        self.wait(None).map_err(|_| RecvError)
    }

    /// As [`recv`](Self::recv), but waits no longer than this.
    ///
    /// # Errors
    /// If none came in time, or nobody is left to send one.
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        // One deadline, so that spurious wake-ups do not add up. One too far to express is none.
        self.wait(Instant::now().checked_add(timeout))
    }

    /// Takes the oldest value if there is one now.
    ///
    /// # Errors
    /// If there is none, and if there never will be.
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        let mut state = self.0.lock();
        match self.0.pop(&mut state) {
            Some(value) => Ok(value),
            None if state.senders == 0 => Err(TryRecvError::Disconnected),
            None => Err(TryRecvError::Empty),
        }
    }

    /// Each value as it comes, until nobody is left to send one.
    pub fn iter(&self) -> impl Iterator<Item = T> {
        iter::from_fn(|| self.recv().ok())
    }

    fn wait(&self, deadline: Option<Instant>) -> Result<T, RecvTimeoutError> {
        let mut state = self.0.lock();
        loop {
            // First of all: a value that came together with the time-out or the close is received.
            if let Some(value) = self.0.pop(&mut state) {
                return Ok(value);
            }
            if state.senders == 0 {
                return Err(RecvTimeoutError::Disconnected);
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Err(RecvTimeoutError::Timeout);
            }
            state.receivers_waiting.threads += 1;
            state = match left {
                None => self
                    .0
                    .arrived
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(left) => {
                    let woken = self.0.arrived.wait_timeout(state, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
            state.receivers_waiting.one_woke();
        }
    }
}

impl<T> Shared<T> {
    /// Nothing of the caller's runs under this lock, so no panic poisons it.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, state: &mut State<T>, value: T) {
        state.queue.push_back(value);
        state.receivers_waiting.notify_one(&self.arrived);
    }

    fn pop(&self, state: &mut State<T>) -> Option<T> {
        let value = state.queue.pop_front();
        if value.is_some() {
            state.senders_waiting.notify_one(&self.room);
        }
        value
    }
}

/// Not derived: that would run the `Debug` of the values under the lock.
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

impl Waiting {
    fn notify_one(&mut self, condvar: &Condvar) {
        if self.threads > self.notified {
            self.notified += 1;
            condvar.notify_one();
        }
    }

    /// Nobody can tell whether it was notified, or its time is over, or both. So it counts as
    /// notified: if another one was, that costs a notify too many, and never one too few.
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
            self.0.room.notify_all();
            let unread = mem::take(&mut state.queue);
            drop(state); // a value's own drop may use this channel
            drop(unread);
        }
    }
}
