// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A stage of a pipeline: some threads call a function on each item, and the order is kept.
//!
//! From the project "Many Things at Once", where `cargo run -p thread-pipeline` demonstrates it and
//! `docs/src/threads/thread-pipeline.md` explains it.
//!
//! *Notice:* a stage is an iterator, so the input of a stage may be another stage. At most `depth`
//! items are inside a stage, those that wait for their turn included. Dropping the last stage ends
//! the threads of all stages.
//!
//! *Use instead:* rayon if all items are there already and order does not matter until the end.
//!
//! # Use it
//! ```ignore
//! use std::num::ParseIntError;
//! use thread_pipeline::pipeline;
//!
//! fn main() {
//!     let lines = ["3", "4", "five", "6"];
//!     let numbers = pipeline(lines, 1, 4, |line| line.parse::<u64>()); // one thread parses,
//!     let squares = pipeline(numbers, 3, 8, |number| number.map(|n| n * n)); // three compute
//!     let all: Result<Vec<u64>, ParseIntError> = squares.collect(); // stops at the first error
//!     println!("{all:?}"); // Err(ParseIntError { kind: InvalidDigit })
//! }
//! ```

use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// The results of a stage, in the order of its input. Dropping it ends the threads of the stage and
/// waits for them.
pub struct Pipeline<R> {
    /// One ticket for each item, in order. `None` when the pipeline has ended.
    tickets: Option<Receiver<Ticket<R>>>,
    stopped: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// Where a worker puts the result of one item. It is closed without one at the end of the input.
type Ticket<R> = Receiver<thread::Result<R>>;

/// Calls `stage` on each item of `input`, on so many worker threads. Another thread reads `input`.
///
/// At most `depth` items have been read and not returned. So `depth` should be larger than
/// `workers`, or some of them have nothing to do. The queues for `depth` items are allocated at the
/// start. A panic of `stage` or `input` is passed on by
/// [`next`](Iterator::next) when it is the turn of that item.
///
/// # Panics
/// If `workers` or `depth` is 0, if `depth` is too large for any memory, or if the system refuses
/// to start a thread.
pub fn pipeline<I, R, F>(input: I, workers: usize, depth: usize, stage: F) -> Pipeline<R>
where
    I: IntoIterator<IntoIter: Send + 'static, Item: Send + 'static>,
    R: Send + 'static,
    F: Fn(I::Item) -> R + Send + Sync + 'static,
{
    assert!(workers > 0, "a pipeline needs at least one worker");
    assert!(depth > 0, "a pipeline needs a depth of at least 1");
    // One ticket more is outside of this channel: the one that the consumer waits for.
    let (tickets, in_order) = sync_channel(depth - 1);
    let (jobs, queue) = sync_channel(depth); // never full, because each job has a ticket
    let mut pipeline = Pipeline {
        tickets: Some(in_order),
        stopped: Arc::default(),
        threads: Vec::new(),
    };
    let input = input.into_iter();
    pipeline
        .threads
        .push(thread::spawn(move || read(input, &tickets, &jobs)));
    let (queue, stage) = (Arc::new(Mutex::new(queue)), Arc::new(stage));
    for _ in 0..workers {
        let (queue, stage) = (Arc::clone(&queue), Arc::clone(&stage));
        let stopped = Arc::clone(&pipeline.stopped);
        let worker = thread::spawn(move || work(&queue, &*stage, &stopped));
        pipeline.threads.push(worker);
    }
    pipeline
}

type Job<T, R> = (T, SyncSender<thread::Result<R>>);

/// Ends with the input, or when the consumer is gone.
fn read<T, R>(
    mut input: impl Iterator<Item = T>,
    tickets: &SyncSender<Ticket<R>>,
    jobs: &SyncSender<Job<T, R>>,
) {
    loop {
        let (reply, ticket) = sync_channel(1);
        // Before the item is read, so that no item is without a place.
        if tickets.send(ticket).is_err() {
            return; // the consumer is gone: no error, only the end
        }
        match panic::catch_unwind(AssertUnwindSafe(|| input.next())) {
            Ok(Some(item)) => drop(jobs.send((item, reply))), // the workers are there
            Ok(None) => return, // drops `reply`, which tells the consumer that this is the end
            Err(panic) => return drop(reply.send(Err(panic))),
        }
    }
}

/// Ends when the reader has ended and the queue is empty.
fn work<T, R>(queue: &Mutex<Receiver<Job<T, R>>>, stage: impl Fn(T) -> R, stopped: &AtomicBool) {
    loop {
        // A statement of its own, so that the lock is free while the stage runs.
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((item, reply)) = job else { return };
        // Relaxed: a worker that sees it late only computes a result that nobody receives.
        if !stopped.load(Ordering::Relaxed) {
            let result = panic::catch_unwind(AssertUnwindSafe(|| stage(item)));
            let _ = reply.send(result); // an error means that the consumer is gone
        }
    }
}

impl<R> Iterator for Pipeline<R> {
    type Item = R;

    /// Waits for the result of the next item.
    ///
    /// # Panics
    /// If the stage or the input panicked, with the same payload. After that it is at its end.
    fn next(&mut self) -> Option<R> {
        let ticket = self.tickets.as_ref()?.recv().ok();
        match ticket.and_then(|ticket| ticket.recv().ok()) {
            Some(Ok(result)) => Some(result),
            Some(Err(panic)) => {
                self.tickets = None;
                panic::resume_unwind(panic)
            }
            None => {
                self.tickets = None;
                None
            }
        }
    }
}

impl<R> Drop for Pipeline<R> {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.tickets = None; // before the joins: the reader ends, and with it the workers
        for thread in self.threads.drain(..) {
            let _ = thread.join(); // panics were passed on by `next`
        }
    }
}

impl<R> fmt::Debug for Pipeline<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").finish_non_exhaustive()
    }
}
