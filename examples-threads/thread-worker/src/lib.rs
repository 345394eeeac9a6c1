// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A worker thread like a Web Worker: messages in, messages out, and each changes its owner.
//!
//! From the project "Many Things at Once", where `cargo run -p thread-worker` demonstrates it and
//! `docs/src/threads/thread-worker.md` explains it.
//!
//! *Notice:* `post` moves the message, so a buffer of any size is neither copied nor shared. The
//! function may change what it captures, so the worker has a state that needs no lock.
//!
//! *Use instead:* a thread pool for jobs that are independent of each other.
//!
//! # Use it
//! ```ignore
//! use thread_worker::Worker;
//!
//! fn main() {
//!     let mut total = 0; // the state of the worker: it moves into the thread
//!     let mut worker = Worker::spawn(move |bytes: Vec<u8>, outbox| {
//!         total += bytes.len();
//!         outbox.post(format!("{total} bytes so far"));
//!     });
//!     for length in [10, 20, 30] {
//!         worker.post(vec![0; length]).expect("the worker runs");
//!     }
//!     worker.close().expect("the worker did not panic"); // the three messages were handled
//!     worker.messages().iter().for_each(|message| println!("{message}"));
//! }
//! ```

use std::fmt;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread::{self, JoinHandle};

/// So many messages wait for the worker at most. A bound keeps a fast caller from filling memory.
pub const QUEUE: usize = 16;

/// A thread that calls a function for each message. Dropping it closes it.
pub struct Worker<In, Out> {
    /// `None` after `close`.
    inbox: Option<SyncSender<In>>,
    messages: Receiver<Out>,
    thread: Option<JoinHandle<()>>,
}

/// Where the worker posts its own messages.
pub struct Outbox<Out>(Sender<Out>);

impl<In: Send + 'static, Out: Send + 'static> Worker<In, Out> {
    /// Starts the thread, which calls `on_message` for each message, in the order of the posts.
    ///
    /// # Panics
    /// If the system refuses to start a thread.
    pub fn spawn<F>(mut on_message: F) -> Self
    where
        F: FnMut(In, &Outbox<Out>) + Send + 'static,
    {
        let (inbox, queue) = mpsc::sync_channel(QUEUE);
        // Without a bound: a worker that waited for its caller here, while the caller waits in
        // `post` or `close`, would wait forever.
        let (outbox, messages) = mpsc::channel();
        let thread = thread::spawn(move || {
            let outbox = Outbox(outbox);
            // The loop owns the queue, so the queue is dropped before the outbox, in a panic too.
            // When `messages` has ended, `post` fails.
            for message in queue {
                on_message(message, &outbox);
            }
        });
        Worker {
            inbox: Some(inbox),
            messages,
            thread: Some(thread),
        }
    }
}

impl<In, Out> Worker<In, Out> {
    /// Moves the message to the worker. Waits while [`QUEUE`] messages are queued.
    ///
    /// # Errors
    /// Gives the message back if the worker was closed or has panicked.
    pub fn post(&self, message: In) -> Result<(), In> {
        match &self.inbox {
            Some(inbox) => inbox.send(message).map_err(|error| error.0),
            None => Err(message),
        }
    }

    /// What the worker posted, in that order. A loop over it waits for each message, and ends when
    /// the worker was closed or has panicked.
    pub fn messages(&self) -> &Receiver<Out> {
        &self.messages
    }

    /// Waits until the worker has handled what is queued, and ends it. Its messages can still be
    /// received. A second call does nothing.
    ///
    /// # Errors
    /// What the worker panicked with. Then the messages that were still queued are lost.
    pub fn close(&mut self) -> thread::Result<()> {
        self.inbox = None; // the loop of the worker ends after the last message
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }
}

impl<In, Out> Drop for Worker<In, Out> {
    fn drop(&mut self) {
        let _ = self.close(); // call `close` yourself to learn about a panic
    }
}

impl<Out> Outbox<Out> {
    /// Moves the message to the owner of the worker. Never waits.
    pub fn post(&self, message: Out) {
        let _ = self.0.send(message); // cannot fail: a `Worker` joins its thread before it is gone
    }
}

impl<In, Out> fmt::Debug for Worker<In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}

impl<Out> fmt::Debug for Outbox<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").finish_non_exhaustive()
    }
}
