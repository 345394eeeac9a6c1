//! Loom in the shape of std, so that the file a reader copies is the file that is model-checked.
//!
//! A concept's `tests/model.rs` begins
//!
//! ```text
//! extern crate model as std;
//! #[path = "../src/lib.rs"]
//! mod semaphore;
//! ```
//!
//! and every `use std::sync::…` in that file now means [loom](https://docs.rs/loom)'s: each
//! operation on a lock, an atomic or a thread is a point where loom tries every order.
//!
//! Loom alone would not do as `std`: it has no `std::time`, no `PoisonError`, and its
//! `Condvar::wait_timeout` never times out. So [`sync`] has a condition variable of its own, over
//! loom's scheduler, and [`time`] a clock of its own. It stands still unless the model lets it
//! [flow](time::flow); then loom tries a time-out before, after and between all that the other
//! threads do. A thread that calls [`wake_spuriously`] does the same for spurious wake-ups.
//! Loom's `compare_exchange_weak` never fails spuriously; [`check`] goes through all orders once
//! more for each of them, in which it does.
//!
//! Not modelled: poisoning (a panic ends the model), and what loom lacks itself: `Barrier`,
//! `thread::scope`.

pub use std::*;

pub mod cell {
    //! `std::cell`, with loom's eye on the one cell that threads may come to share.

    pub use loom::cell::{ConstPtr, MutPtr, UnsafeCell};
    pub use std::cell::*;
}
pub mod sync;
pub mod thread {
    //! `std::thread`: loom's threads, and what `join` returns.

    pub use crate::sync::park_timeout;
    pub use loom::thread::*;
    pub use std::thread::Result;
}
pub mod time;

pub use loom::hint;
pub use sync::{notified_nobody, switch_before_unlock, waiting, wake_spuriously};

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use sync::WeakExchange;
use sync::atomic::Supply;

/// Runs `execution` in every order that loom finds: at most 5 threads, its own one included.
///
/// Loom takes up to 1,000 switches in one execution; the environment variables
/// `LOOM_MAX_PREEMPTIONS` and `LOOM_LOG=trace` help where a model is too large or fails.
///
/// # Panics
/// In the first order in which `execution` panics or all threads wait for each other
/// ("deadlock"). Also if there was one order only: such a model proves nothing.
pub fn check(execution: impl Fn() + Send + Sync + 'static) {
    check_up_to(None, execution);
}

/// Like [`check`], for a model with too many orders: only those in which at most `preemptions` times
/// a thread that could go on is interrupted by another one.
///
/// # Panics
/// As [`check`] does.
pub fn check_within(preemptions: usize, execution: impl Fn() + Send + Sync + 'static) {
    check_up_to(Some(preemptions), execution);
}

fn check_up_to(preemptions: Option<usize>, execution: impl Fn() + Send + Sync + 'static) {
    let execution = Arc::new(execution);
    let (orders, weak_exchanges) = explore(&execution, preemptions, None);
    println!("{orders} orders explored");
    assert!(orders > 1, "nothing in this model can happen in two orders");
    for fails in weak_exchanges {
        explore(&execution, preemptions, Some(fails));
    }
}

/// How many orders there were, and the weak exchanges in them.
fn explore(
    execution: &Arc<impl Fn() + Send + Sync + 'static>,
    preemptions: Option<usize>,
    fails: Option<WeakExchange>,
) -> (usize, BTreeSet<WeakExchange>) {
    let found = Arc::new(Mutex::new((0, BTreeSet::new())));
    let (execution, note) = (Arc::clone(execution), Arc::clone(&found));
    let supply = Mutex::new(Supply::default());
    let mut builder = loom::model::Builder::new(); // with the limits that the environment sets
    builder.preemption_bound = preemptions.or(builder.preemption_bound);
    builder.check(move || {
        let mut supply = supply.lock().unwrap_or_else(PoisonError::into_inner);
        sync::begin(fails.clone(), &supply);
        execution();
        let mut found = note.lock().unwrap_or_else(PoisonError::into_inner);
        *supply = supply.for_the_next(found.0 == 0);
        found.0 += 1;
        found.1.extend(sync::end());
    });
    let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::take(&mut *found)
}
