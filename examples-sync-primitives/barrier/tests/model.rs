//! The barrier under loom: the file that you copy, byte for byte, in every order of its steps; and
//! that file with a bug planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the barrier's own `use` lines as well.
extern crate model as std;

#[path = "../src/by_hand.rs"]
pub mod by_hand;
#[path = "model/properties.rs"]
mod properties;

mutants::mutants! {
    "src/by_hand.rs" as by_hand, "tests/model/properties.rs";

    /// Phases are not counted: a thread that wakes up late finds another one in the next phase, and
    /// takes it for its own phase.
    no_phases: { while state.phase == phase && !state.broken } => { while state.arrived != 0 && !state.broken },
        no_thread_is_a_phase_ahead, "deadlock; threads =";

    /// The count of arrived threads is not reset.
    does_not_reset: { state.arrived = 0; } => {},
        no_thread_is_a_phase_ahead, "deadlock; threads =";

    /// The last thread to arrive notifies nobody.
    no_notify: { state.phase += 1; self.shared.changed.notify_all(); } => { state.phase += 1; },
        no_thread_is_a_phase_ahead, "deadlock; threads =";

    /// The last thread to arrive notifies one of two.
    notifies_one: { state.phase += 1; self.shared.changed.notify_all(); } => {
            state.phase += 1;
            self.shared.changed.notify_one();
        },
        three_meet, "deadlock; threads =";

    /// Every thread is the leader.
    all_lead: { over.then_some(Role::Follower) } => { over.then_some(Role::Leader) },
        three_meet, "leaders";

    /// A woken thread does not check whether all have arrived.
    checks_once: { while state.phase == phase && !state.broken } => { if state.phase == phase && !state.broken },
        a_spurious_wake_up_lets_nobody_continue, "no member was dropped";

    /// A dropped member notifies nobody.
    leaves_silently: { self.shared.lock().broken = true; self.shared.changed.notify_all(); } => {
            self.shared.lock().broken = true;
        },
        nobody_waits_for_a_dropped_member, "deadlock; threads =";

    /// A dropped member notifies one of two waiting threads.
    leaves_and_notifies_one: { self.shared.lock().broken = true; self.shared.changed.notify_all(); } => {
            self.shared.lock().broken = true;
            self.shared.changed.notify_one();
        },
        a_dropped_member_wakes_every_waiting_thread, "deadlock; threads =";

    /// A thread that arrives after that does not check, and waits.
    arrives_without_a_check: { if state.broken { return Err(Broken); } } => {},
        nobody_waits_for_a_dropped_member, "passed alone";

    /// A woken thread does not check whether the barrier is broken.
    waits_on: { state.phase == phase && !state.broken } => { state.phase == phase },
        nobody_waits_for_a_dropped_member, "deadlock; threads =";

    /// All have arrived, one was dropped since, and a thread that wakes up late gets an error.
    takes_it_for_broken: { let over = state.phase != phase; } => { let over = !state.broken; },
        a_phase_that_is_over_does_not_break, "it was over";
}
