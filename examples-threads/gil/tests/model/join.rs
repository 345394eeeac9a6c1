//! The deadlock that Python extensions run into, and its fix.

use super::lock::Gil;
use std::sync::Arc;
use std::thread;

// ANCHOR: join
/// Wrong: the worker waits for the lock, and the holder of the lock waits for the worker.
pub(crate) fn while_holding_it() {
    model::check(|| {
        let gil = Arc::new(Gil::new());
        let shared = Arc::clone(&gil);
        let _held = gil.acquire(); // like every function that Python calls
        let worker = thread::spawn(move || {
            let _held = shared.acquire(); // in PyO3: Python::attach
        });
        worker.join().expect("it does not panic");
    });
}

/// Right: the lock is free while its holder waits for the worker.
pub(crate) fn without_it() {
    model::check(|| {
        let gil = Arc::new(Gil::new());
        let shared = Arc::clone(&gil);
        let mut held = gil.acquire();
        let worker = thread::spawn(move || {
            let _held = shared.acquire();
        });
        let joined = held.without(|| worker.join()); // in PyO3: py.detach
        joined.expect("it does not panic");
    });
}
// ANCHOR_END: join
