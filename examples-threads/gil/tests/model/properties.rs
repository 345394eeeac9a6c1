//! What the lock promises, each in a sentence, as models that loom runs in every order.

use super::lock::{Gil, Held};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// A lock, and how many hold it.
#[derive(Default)]
struct Counted {
    gil: Gil,
    holders: AtomicUsize,
}

impl Counted {
    fn hold(&self, _held: &Held<'_>) {
        let others = self.holders.fetch_add(1, Ordering::Relaxed);
        assert_eq!(others, 0, "two hold it");
        self.holders.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One holds it at a time, before a switch point and after it.
pub(crate) fn one_holds_it_at_a_time() {
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

/// A wake-up without a reason lets nobody in.
pub(crate) fn not_two_by_spurious_wake_ups() {
    model::check(|| {
        let counted = Arc::new(Counted::default());
        let shared = Arc::clone(&counted);
        let other = thread::spawn(move || {
            let held = shared.gil.acquire();
            shared.hold(&held);
        });
        let wakes = thread::spawn(model::wake_for_nothing);
        let held = counted.gil.acquire();
        counted.hold(&held);
        drop(held);
        other.join().expect("a panic would have ended the model");
        wakes.join().expect("a panic would have ended the model");
    });
}

/// Whoever waits at a switch point has had its turn when the holder goes on.
pub(crate) fn who_waits_has_its_turn_at_the_next_switch_point() {
    model::check(|| {
        let (gil, turn) = (Arc::new(Gil::default()), Arc::new(AtomicBool::new(false)));
        let mut held = gil.acquire();
        let (other_gil, other_turn) = (Arc::clone(&gil), Arc::clone(&turn));
        let other = thread::spawn(move || {
            let _held = other_gil.acquire();
            other_turn.store(true, Ordering::Relaxed);
        });
        let waits = gil.waiting() > 0;
        held.give_way();
        let had_its_turn = turn.load(Ordering::Relaxed);
        assert!(had_its_turn || !waits, "passed over");
        drop(held);
        other.join().expect("a panic would have ended the model");
    });
}

/// Whoever gave way has the lock again at the other's next switch point.
pub(crate) fn who_gave_way_is_next() {
    model::check(|| {
        let (gil, back) = (Arc::new(Gil::default()), Arc::new(AtomicBool::new(false)));
        let gave_way = Arc::new(AtomicBool::new(false));
        let mut held = gil.acquire();
        let (other_gil, other_back) = (Arc::clone(&gil), Arc::clone(&back));
        let other_gave_way = Arc::clone(&gave_way);
        let other = thread::spawn(move || {
            let mut held = other_gil.acquire();
            let came_between = other_gave_way.load(Ordering::Relaxed);
            held.give_way();
            let is_back = other_back.load(Ordering::Relaxed);
            assert!(is_back || !came_between, "kept to itself");
        });
        let waits = gil.waiting() > 0;
        gave_way.store(waits, Ordering::Relaxed);
        held.give_way();
        back.store(true, Ordering::Relaxed);
        drop(held);
        other.join().expect("a panic would have ended the model");
    });
}

/// What is done without the lock may wait for a thread that needs it.
pub(crate) fn it_is_free_while_its_holder_does_without() {
    model::check(|| {
        let gil = Arc::new(Gil::default());
        let shared = Arc::clone(&gil);
        let mut held = gil.acquire();
        let other = thread::spawn(move || drop(shared.acquire()));
        let joined = held.without(|| other.join());
        joined.expect("a panic would have ended the model");
    });
}

/// Who did without holds it again, alone.
pub(crate) fn it_is_held_again_after_that() {
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
