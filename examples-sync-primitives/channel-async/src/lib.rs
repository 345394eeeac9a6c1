// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Connects async tasks with tokio's channels: mpsc, oneshot, broadcast, watch and Notify.
//!
//! From the project "Many Things at Once", where `cargo run -p channel-async` demonstrates it and
//! `docs/src/locks/channel-async.md` explains it.
//!
//! *Notice:* only mpsc delivers every value and makes a fast sender wait. broadcast overwrites the
//! oldest value, watch keeps only the newest, and both report success.
//!
//! *Use instead:* tokio's types alone, if you need one of them; `channel` between threads;
//! `semaphore-async` to limit what is running.
//!
//! # Use it
//! ```ignore
//! use channel_async::ask;
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() {
//!     let (client, mut requests) = ask(16); // 16 questions may wait
//!     tokio::spawn(async move {
//!         while let Some(request) = requests.recv().await {
//!             let length = str::len(request.question);
//!             let _ = request.answer(length); // an error: the client has stopped waiting
//!         }
//!     });
//!     println!("{:?}", client.ask("how long is this?").await);
//! }
//! ```

pub mod by_hand;

use std::error::Error;
use std::fmt;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

/// Questions to one task, each with an answer: an mpsc channel, and a oneshot for each question.
/// At most `capacity` questions are queued; then [`Client::ask`] waits.
///
/// # Panics
/// If `capacity` is 0 or above `Semaphore::MAX_PERMITS` of tokio.
pub fn ask<Q, A>(capacity: usize) -> (Client<Q, A>, mpsc::Receiver<Request<Q, A>>) {
    let (requests, inbox) = mpsc::channel(capacity);
    (Client { requests }, inbox)
}

/// Asks. Clone it for each task that does; when the last clone is dropped, `recv` returns `None`.
#[derive(Debug)]
pub struct Client<Q, A> {
    requests: mpsc::Sender<Request<Q, A>>,
}

impl<Q, A> Client<Q, A> {
    /// Sends the question and waits for its answer.
    ///
    /// # Errors
    /// If the other side has gone, or dropped the request without an answer.
    pub async fn ask(&self, question: Q) -> Result<A, Gone> {
        let (answer, answered) = oneshot::channel();
        let request = Request { question, answer };
        self.requests.send(request).await.map_err(|_| Gone)?;
        answered.await.map_err(|_| Gone)
    }
}

/// By hand: `derive` would ask for `Q: Clone` and `A: Clone`, which a sender does not need.
impl<Q, A> Clone for Client<Q, A> {
    fn clone(&self) -> Self {
        let requests = self.requests.clone();
        Self { requests }
    }
}

/// A question, and the way back for its answer.
#[derive(Debug)]
pub struct Request<Q, A> {
    /// What the client wants to know.
    pub question: Q,
    answer: oneshot::Sender<A>,
}

impl<Q, A> Request<Q, A> {
    /// Sends the answer. It never waits, because the channel is for this one value.
    ///
    /// # Errors
    /// If the client has stopped waiting, for instance at a time-out. Here is the answer again.
    pub fn answer(self, answer: A) -> Result<(), A> {
        self.answer.send(answer)
    }

    /// Whether the client has stopped waiting, so that the work can be skipped.
    pub fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }
}

/// There will be no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

impl fmt::Display for Gone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("no answer: the task that was asked has gone or dropped the request")
    }
}

impl Error for Gone {}

/// Each event to every reader: a broadcast channel whose readers count what they missed. For more
/// readers, call [`Events::resubscribe`]. tokio rounds the capacity up to a power of two.
///
/// # Panics
/// If `capacity` is 0 or above half of `usize::MAX`. Memory for all events is reserved at the
/// start.
pub fn events<T: Clone>(capacity: usize) -> (broadcast::Sender<T>, Events<T>) {
    let (sender, receiver) = broadcast::channel(capacity);
    let lagged = 0;
    (sender, Events { receiver, lagged })
}

/// A reader of events. One that is too slow misses the oldest.
#[derive(Debug)]
pub struct Events<T> {
    receiver: broadcast::Receiver<T>,
    lagged: u64,
}

impl<T: Clone> Events<T> {
    /// The next event; `None` when the senders have gone and the reader has seen what is left.
    pub async fn next(&mut self) -> Option<T> {
        loop {
            match self.receiver.recv().await {
                Ok(event) => return Some(event),
                Err(broadcast::error::RecvError::Lagged(missed)) => self.lagged += missed,
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    /// How many events were overwritten before this reader got to them.
    pub fn lagged(&self) -> u64 {
        self.lagged
    }

    /// Another reader, which gets the events from now on.
    pub fn resubscribe(&self) -> Self {
        let receiver = self.receiver.resubscribe();
        let lagged = 0;
        Self { receiver, lagged }
    }
}

/// One value that changes, such as a configuration: a watch channel without its two traps.
/// [`State::set`] needs no reader, and no reader holds the channel's lock.
pub fn state<T: Clone>(initial: T) -> State<T> {
    let sender = watch::Sender::new(initial);
    State { sender }
}

/// Sets the value. Clones set the same one.
#[derive(Debug, Clone)]
pub struct State<T> {
    sender: watch::Sender<T>,
}

impl<T: Clone> State<T> {
    /// Replaces the value, whether there are readers or not, and returns the one before.
    pub fn set(&self, value: T) -> T {
        self.sender.send_replace(value)
    }

    /// The value of now.
    pub fn get(&self) -> T {
        self.sender.borrow().clone()
    }

    /// A reader, which gets the value of now first.
    pub fn reader(&self) -> Latest<T> {
        let mut receiver = self.sender.subscribe();
        receiver.mark_changed();
        Latest { receiver }
    }
}

/// A reader of a [`State`]. It may skip values, but never the last one.
#[derive(Debug)]
pub struct Latest<T> {
    receiver: watch::Receiver<T>,
}

impl<T: Clone> Latest<T> {
    /// Waits for a value that this reader has not seen; `None` when it has seen the last one and
    /// every `State` has been dropped.
    pub async fn next(&mut self) -> Option<T> {
        self.receiver.changed().await.ok()?;
        Some(self.receiver.borrow_and_update().clone()) // the lock is released in this line
    }
}
