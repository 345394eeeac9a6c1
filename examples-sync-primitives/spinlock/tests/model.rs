//! The lock under loom: the very file that you copy, in every order of its steps; and that file with
//! bugs planted in it, which the same models must find.
//!
//! Two threads only: with a third, there are too many orders in which a waiting thread checks in vain.

// From here on `std` is loom in the shape of std, in the lock's own `use` lines as well. The lock's
// cell comes from `core`, so it is the real one. The value in it is a cell of loom's, which reports
// any access that the lock did not order.
extern crate model as std;

#[path = "model/properties.rs"]
mod properties;
#[path = "../src/lib.rs"]
pub mod spinlock;

mutants::mutants! {
    "src/lib.rs" as spinlock, "tests/model/properties.rs";

    /// The unlock is Relaxed: the next holder may miss what was written.
    unlocks_relaxed: { store(false, Ordering::Release) } => { store(false, Ordering::Relaxed) },
        one_holder_at_a_time_sees_all_earlier_writes, "Causality violation";

    /// The lock is taken with Relaxed: its holder may miss what was written before.
    locks_relaxed: { compare_exchange(false, true, acquire, relaxed) } => { compare_exchange(false, true, relaxed, relaxed) },
        one_holder_at_a_time_sees_all_earlier_writes, "Causality violation";

    /// The lock is checked in one step and taken in the next.
    checks_then_locks: { let taken = self.locked.compare_exchange(false, true, acquire, relaxed); } => {
            let taken = if self.locked.load(acquire) { Err(()) } else { Ok(()) };
            self.locked.store(true, relaxed);
        },
        try_lock_lets_one_of_two_in, "Causality violation";

    /// A guard is made in any case; if it is not returned, its drop unlocks.
    makes_one_guard_too_many: { taken.ok().map(|_| Guard { lock: self, acts_as: PhantomData, }) } =>
        { taken.is_ok().then_some(Guard { lock: self, acts_as: PhantomData, }) },
        try_lock_lets_one_of_two_in, "Causality violation";

    /// The lock is released as soon as the guard exists, before anything is written.
    unlocks_before_the_write: { return guard; } => { self.locked.store(false, Ordering::Release); return guard; },
        one_holder_at_a_time_sees_all_earlier_writes, "Causality violation";

    /// Dropping the guard does not unlock.
    never_unlocks: { self.lock.locked.store(false, Ordering::Release); } => {},
        a_waiting_thread_gets_the_lock, "maximum number of branches";

    /// The unlock happens, but says "locked".
    unlocks_to_locked: { store(false, Ordering::Release) } => { store(true, Ordering::Release) },
        a_waiting_thread_gets_the_lock, "maximum number of branches";

    /// A new lock is locked.
    begins_locked: { AtomicBool::new(false) } => { AtomicBool::new(true) },
        try_lock_lets_one_of_two_in, "neither got the lock";
}
