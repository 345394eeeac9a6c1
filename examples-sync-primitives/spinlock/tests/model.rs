//! The lock under loom: the file that you copy, byte for byte, in every order of its steps; and
//! that file with a bug planted in it, which the same models must find.
//!
//! Two threads only: with a third, the number of ways to look in vain has no useful bound.

// From here on `std` is loom in the shape of std, in the lock's own `use` lines as well. Its cell is
// of `core`, and so the real one; what lies in it is loom's, which reports any access that the lock
// did not order.
extern crate model as std;

#[path = "model/properties.rs"]
mod properties;
#[path = "../src/lib.rs"]
pub mod spinlock;

#[test]
fn one_at_a_time_and_each_sees_what_the_last_one_wrote() {
    properties::one_at_a_time_and_each_sees_what_the_last_one_wrote();
}

#[test]
fn who_tries_gets_in_or_not() {
    properties::who_tries_gets_in_or_not();
}

#[test]
fn who_waits_gets_in_when_the_holder_leaves() {
    properties::who_waits_gets_in_when_the_holder_leaves();
}

mutants::mutants! {
    "src/lib.rs" as spinlock, "tests/model/properties.rs";

    /// The unlock is Relaxed: the next holder need not see what was written.
    unlocks_relaxed: { store(false, Ordering::Release) } => { store(false, Ordering::Relaxed) },
        one_at_a_time_and_each_sees_what_the_last_one_wrote, "Causality violation";

    /// The lock is Relaxed: the same from the other side.
    locks_relaxed: { compare_exchange(false, true, acquire, relaxed) } => { compare_exchange(false, true, relaxed, relaxed) },
        one_at_a_time_and_each_sees_what_the_last_one_wrote, "Causality violation";

    /// Whether it is locked is looked up in one step, and it is locked in the next.
    looks_then_locks: { let taken = self.locked.compare_exchange(false, true, acquire, relaxed); } => {
            let taken = if self.locked.load(acquire) { Err(()) } else { Ok(()) };
            self.locked.store(true, relaxed);
        },
        who_tries_gets_in_or_not, "Causality violation";

    /// A guard is made in any case, and the one that is not returned unlocks when it is dropped.
    makes_a_guard_too_many: { taken.ok().map(|_| Guard { lock: self, acts_as: PhantomData, }) } =>
        { taken.is_ok().then_some(Guard { lock: self, acts_as: PhantomData, }) },
        who_tries_gets_in_or_not, "Causality violation";

    /// The lock is free as soon as there is a guard, before anything is written.
    unlocks_before_the_write: { return guard; } => { self.locked.store(false, Ordering::Release); return guard; },
        one_at_a_time_and_each_sees_what_the_last_one_wrote, "Causality violation";

    /// Nobody unlocks.
    never_unlocks: { self.lock.locked.store(false, Ordering::Release); } => {},
        who_waits_gets_in_when_the_holder_leaves, "maximum number of branches";
}
