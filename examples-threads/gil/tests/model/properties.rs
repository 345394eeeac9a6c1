//! What the lock promises, as models that loom runs in every order of their steps.

use super::lock::{Gil, Held};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// A lock, and how many threads hold it.
#[derive(Default)]
struct Counted {
    gil: Gil,
    holders: AtomicUsize,
}

impl Counted {
    fn hold(&self, _held: &Held<'_>) {
        let others = self.holders.fetch_add(1, Ordering::Relaxed);
        assert_eq!(others, 0, "two threads hold the lock");
        self.holders.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Only one thread holds the lock at a time, before a switch point and after it.
pub(crate) fn only_one_thread_holds_it() {
    model::check(|| {
        let counted = Arc::new(Counted::default());
        let shared = Arc::clone(&counted);
        let other = thread::spawn(move || {
            let held = shared.gil.acquire();
            shared.hold(&held);
        });
        let mut held = counted.gil.acquire();
        counted.hold(&held);
        held.give_way();
        counted.hold(&held);
        drop(held);
        other.join().expect("a panic would have ended the model");
    });
}

/// With two threads in the queue each gets the lock, whichever of them a wake-up reaches first.
pub(crate) fn every_waiting_thread_gets_its_turn() {
    model::check(|| {
        let counted = Arc::new(Counted::default());
        let held = counted.gil.acquire();
        let others = [(); 2].map(|()| {
            let shared = Arc::clone(&counted);
            thread::spawn(move || {
                let held = shared.gil.acquire();
                shared.hold(&held);
            })
        });
        model::wake_spuriously(); // so the threads may wait again in another order
        drop(held);
        for other in others {
            other.join().expect("a panic would have ended the model");
        }
    });
}

/// A spurious wake-up does not let a second thread in.
pub(crate) fn a_spurious_wake_up_lets_nobody_in() {
    model::check(|| {
        let counted = Arc::new(Counted::default());
        let shared = Arc::clone(&counted);
        let other = thread::spawn(move || {
            let held = shared.gil.acquire();
            shared.hold(&held);
        });
        let wakes = thread::spawn(model::wake_spuriously);
        let held = counted.gil.acquire();
        counted.hold(&held);
        drop(held);
        other.join().expect("a panic would have ended the model");
        wakes.join().expect("a panic would have ended the model");
    });
}

/// A thread that waits at a switch point has had the lock before the holder goes on.
pub(crate) fn a_waiting_thread_is_next_at_a_switch_point() {
    model::check(|| {
        let (gil, turn) = (Arc::new(Gil::new()), Arc::new(AtomicBool::new(false)));
        let mut held = gil.acquire();
        let (other_gil, other_turn) = (Arc::clone(&gil), Arc::clone(&turn));
        let other = thread::spawn(move || {
            let _held = other_gil.acquire();
            other_turn.store(true, Ordering::Relaxed);
        });
        let waits = gil.waiting() > 0;
        held.give_way();
        let had_its_turn = turn.load(Ordering::Relaxed);
        assert!(had_its_turn || !waits, "the waiting thread was passed over");
        drop(held);
        other.join().expect("a panic would have ended the model");
    });
}

/// A thread that yielded gets the lock back at the other thread's next switch point.
pub(crate) fn a_thread_that_yielded_is_next() {
    model::check(|| {
        let (gil, back) = (Arc::new(Gil::new()), Arc::new(AtomicBool::new(false)));
        let yielded = Arc::new(AtomicBool::new(false));
        let mut held = gil.acquire();
        let (other_gil, other_back) = (Arc::clone(&gil), Arc::clone(&back));
        let other_yielded = Arc::clone(&yielded);
        let other = thread::spawn(move || {
            let mut held = other_gil.acquire();
            let came_between = other_yielded.load(Ordering::Relaxed);
            held.give_way();
            let is_back = other_back.load(Ordering::Relaxed);
            assert!(is_back || !came_between, "the lock was not handed back");
        });
        let waits = gil.waiting() > 0;
        yielded.store(waits, Ordering::Relaxed);
        held.give_way();
        back.store(true, Ordering::Relaxed);
        drop(held);
        other.join().expect("a panic would have ended the model");
    });
}

/// The lock is free inside `without`, so that work may wait for a thread that needs it.
pub(crate) fn it_is_free_inside_without() {
    model::check(|| {
        let gil = Arc::new(Gil::new());
        let shared = Arc::clone(&gil);
        let mut held = gil.acquire();
        let other = thread::spawn(move || drop(shared.acquire()));
        let joined = held.without(|| other.join());
        joined.expect("a panic would have ended the model");
    });
}

/// After `without` the thread holds the lock again, alone.
pub(crate) fn it_is_held_again_after_without() {
    model::check(|| {
        let counted = Arc::new(Counted::default());
        let shared = Arc::clone(&counted);
        let mut held = counted.gil.acquire();
        let other = thread::spawn(move || {
            let held = shared.gil.acquire();
            shared.hold(&held);
        });
        held.without(|| ());
        counted.hold(&held);
        drop(held);
        other.join().expect("a panic would have ended the model");
    });
}
