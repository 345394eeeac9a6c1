// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Asks the compiler whether a type is Send, Sync or 'static; keeps a !Send value on its thread.
//!
//! From the project "Many Things at Once", where `cargo run -p send-sync` demonstrates it and
//! `docs/src/locks/send-sync.md` explains it.
//!
//! *Notice:* the source has no `unsafe`. An `Owner` may cross threads, because only closures are
//! sent to the value, and only results come back. The value itself never moves to another thread.
//!
//! *Use instead:* a type that is `Send`, where there is one: `Arc` for `Rc`, `Mutex` for `RefCell`.
//!
//! # Use it
//! ```ignore
//! use send_sync::{Owner, is_sync};
//! use std::{cell::Cell, rc::Rc, thread};
//!
//! const _: () = is_sync::<Owner<Rc<Cell<u32>>>>(); // if it were not, this would not compile
//!
//! fn main() {
//!     let total = Owner::new(|| Rc::new(Cell::new(0))).expect("Rc::new does not panic");
//!     thread::scope(|scope| {
//!         for number in 1..=4 {
//!             let total = &total;
//!             scope.spawn(move || total.call(move |rc| rc.set(rc.get() + number)));
//!         }
//!     });
//!     println!("{:?}", total.call(|rc| rc.get()).ok()); // Some(10)
//! }
//! ```

use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

/// Compiles only if a value of this type may move to another thread.
pub const fn is_send<T: ?Sized + Send>() {}

/// Compiles only if several threads may use a reference to a value of this type.
pub const fn is_sync<T: ?Sized + Sync>() {}

/// Compiles only if the type contains no reference that could end while the program runs.
pub const fn is_static<T: ?Sized + 'static>() {}

/// A thread that owns a value. The value need not be `Send`: it is made, used and dropped there.
///
/// Dropping the `Owner` waits until the value is dropped.
pub struct Owner<T> {
    /// `None` only while it is dropped.
    jobs: Option<Sender<Job<T>>>,
    thread: Option<JoinHandle<()>>,
}

/// `Send` without a bound on `T`, so an `Owner` is `Send` and `Sync` for every `T`.
type Job<T> = Box<dyn FnOnce(&mut T) + Send>;

impl<T: 'static> Owner<T> {
    /// Starts a thread, and waits until `make` has made the value on it.
    ///
    /// # Errors
    /// What `make` panicked with.
    ///
    /// # Panics
    /// If the system refuses to start a thread.
    pub fn new(make: impl FnOnce() -> T + Send + 'static) -> thread::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job<T>>();
        let (reply, made) = mpsc::sync_channel(1);
        let thread = thread::spawn(move || match panic::catch_unwind(AssertUnwindSafe(make)) {
            Ok(mut value) => {
                let _ = reply.send(Ok(()));
                // Ends when the Owner drops its Sender, because there is no other one.
                queue.iter().for_each(|job| job(&mut value));
            }
            Err(panic) => drop(reply.send(Err(panic))),
        });
        let owner = Self {
            jobs: Some(jobs),
            thread: Some(thread),
        };
        made.recv().expect("the thread replies in both cases")?;
        Ok(owner)
    }

    /// Calls `f` with the value, on the thread of the value, and waits for the result.
    ///
    /// # Errors
    /// What `f` panicked with. The value stays as `f` left it.
    ///
    /// # Panics
    /// If it is called within such an `f`, which would wait for itself.
    pub fn call<R, F>(&self, f: F) -> thread::Result<R>
    where
        R: Send + 'static,
        F: FnOnce(&mut T) -> R + Send + 'static,
    {
        let thread = self.thread.as_ref().map(|thread| thread.thread().id());
        let within = thread == Some(thread::current().id());
        assert!(!within, "Owner::call within Owner::call would never return");
        let (reply, result) = mpsc::sync_channel(1);
        let job = move |value: &mut T| {
            let result = panic::catch_unwind(AssertUnwindSafe(|| f(value)));
            let _ = reply.send(result); // the caller waits for it
        };
        let jobs = self.jobs.as_ref().expect("it is not being dropped");
        jobs.send(Box::new(job))
            .expect("the thread runs until then");
        result.recv().expect("every job replies")
    }
}

impl<T> Drop for Owner<T> {
    fn drop(&mut self) {
        drop(self.jobs.take()); // before the join, or the thread would wait for more jobs
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a panic in the drop of the value was printed
        }
    }
}
