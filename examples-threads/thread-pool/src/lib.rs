// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A pool of threads with a bounded queue, whose jobs return results and may panic.
//!
//! From the project "Many Things at Once", where `cargo run -p thread-pool` demonstrates it and
//! `docs/src/threads/thread-pool.md` explains it.
//!
//! *Notice:* a full queue makes `submit` wait, so memory does not grow if jobs arrive faster than
//! they run. A job that panics costs neither a worker nor another job: its ticket gets the panic.
//! Dropping the pool finishes what was submitted.
//!
//! *Use instead:* rayon for many small jobs that compute; `thread::scope` for jobs that borrow.
//!
//! # Use it
//! ```ignore
//! use thread_pool::Pool;
//!
//! fn main() {
//!     let pool = Pool::new(4, 16); // 4 threads; at most 16 jobs wait
//!     let tickets: Vec<_> = (1..=20_u32).map(|n| pool.submit(move || 100 / (n - 5))).collect();
//!     for ticket in tickets {
//!         match ticket.wait() {
//!             Ok(result) => println!("{result}"),
//!             Err(_) => println!("this job panicked"), // division by 0, or an overflow
//!         }
//!     }
//! }
//! ```

use std::collections::VecDeque;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Builder, JoinHandle};

type Job = Box<dyn FnOnce() + Send>;

/// Threads that wait for jobs. Dropping it finishes all submitted jobs and joins the threads.
pub struct Pool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

struct Shared {
    capacity: usize,
    state: Mutex<State>,
    /// Two Condvars, so that a notification never wakes a submitter when a worker was meant.
    arrived: Condvar,
    space: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    closed: bool,
    /// Threads that wait on each Condvar, because notifying nobody would still be a system call.
    idle_workers: usize,
    waiting_submitters: usize,
}

/// Stands for the result of one job. Dropping it does not cancel the job.
#[must_use = "if nobody waits for it, a panic of the job is not noticed"]
pub struct Ticket<T>(Receiver<thread::Result<T>>);

impl Pool {
    /// Starts the threads. At most `queue` jobs wait while all threads are busy.
    ///
    /// # Panics
    /// If `threads` or `queue` is 0, or if the system refuses to start a thread.
    pub fn new(threads: usize, queue: usize) -> Self {
        assert!(threads > 0, "a pool needs at least one thread");
        assert!(
            queue > 0,
            "the queue of a pool needs a capacity of at least 1"
        );
        let shared = Arc::new(Shared {
            capacity: queue,
            state: Mutex::new(State::default()),
            arrived: Condvar::new(),
            space: Condvar::new(),
        });
        // Made before its threads: if one does not start, the drop of the pool ends the others.
        let mut pool = Self {
            shared,
            workers: Vec::new(),
        };
        for number in 0..threads {
            let shared = Arc::clone(&pool.shared);
            let worker = Builder::new().name(format!("pool {number}"));
            let worker = worker.spawn(move || shared.work());
            pool.workers
                .push(worker.expect("the system starts a thread"));
        }
        pool
    }

    /// Queues the job; waits while the queue is full.
    pub fn submit<T, F>(&self, f: F) -> Ticket<T>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let (job, ticket) = job(f);
        let mut state = self.shared.lock();
        while state.queue.len() == self.shared.capacity {
            state.waiting_submitters += 1;
            let woken = self.shared.space.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
            state.waiting_submitters -= 1;
        }
        self.shared.push(&mut state, job);
        ticket
    }

    /// Queues the job, unless the queue is full.
    ///
    /// # Errors
    /// Gives the job back if the queue is full.
    pub fn try_submit<T, F>(&self, f: F) -> Result<Ticket<T>, F>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let mut state = self.shared.lock();
        if state.queue.len() == self.shared.capacity {
            return Err(f);
        }
        let (job, ticket) = job(f);
        self.shared.push(&mut state, job);
        Ok(ticket)
    }
}

impl<T> Ticket<T> {
    /// Waits until the job has ended. Within a job of the same pool this may wait forever.
    ///
    /// # Errors
    /// What the job panicked with.
    pub fn wait(self) -> thread::Result<T> {
        let result = self.0.recv();
        // A pool runs every job that it queued, so this error does not occur.
        result.unwrap_or_else(|error| Err(Box::new(error)))
    }
}

/// Under `catch_unwind`, because a panic must not end the worker. `AssertUnwindSafe`, because
/// nobody can use what `f` owned after it: a `Mutex` that it shares is poisoned as usual.
fn job<T, F>(f: F) -> (Job, Ticket<T>)
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    let (reply, ticket) = mpsc::channel();
    let job = move || {
        let result = panic::catch_unwind(AssertUnwindSafe(f));
        let _ = reply.send(result); // an error means that the ticket was dropped
    };
    (Box::new(job), Ticket(ticket))
}

impl Shared {
    /// No job runs under this lock, so no panic poisons it.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, state: &mut State, job: Job) {
        state.queue.push_back(job);
        if state.idle_workers > 0 {
            self.arrived.notify_one();
        }
    }

    /// The oldest job. `None` if the pool is dropped and nothing is queued any more.
    fn next(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            // Before `closed`: what was submitted is finished.
            if let Some(job) = state.queue.pop_front() {
                if state.waiting_submitters > 0 {
                    self.space.notify_one();
                }
                return Some(job); // unlocks, so the job runs beside those of other workers
            }
            if state.closed {
                return None;
            }
            state.idle_workers += 1;
            let woken = self.arrived.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
            state.idle_workers -= 1;
        }
    }

    fn work(&self) {
        while let Some(job) = self.next() {
            // A result that nobody waits for is dropped here, and its drop may panic as well.
            if let Err(panic) = panic::catch_unwind(AssertUnwindSafe(job)) {
                Box::leak(panic); // its drop could be the next panic
            }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.arrived.notify_all();
        for worker in self.workers.drain(..) {
            // If a job drops the last owner of the pool, its thread must not wait for itself.
            if worker.thread().id() != thread::current().id() {
                let _ = worker.join(); // a worker does not panic
            }
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("threads", &self.workers.len())
            .field("queued", &self.shared.lock().queue.len())
            .field("capacity", &self.shared.capacity)
            .finish()
    }
}

impl<T> fmt::Debug for Ticket<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").finish_non_exhaustive()
    }
}
