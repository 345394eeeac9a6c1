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

    /// No count of the phases: who wakes up late finds one already there again, and takes it for
    /// the phase that it waits in.
    no_phases: { while state.phase == phase && !state.broken } => { while state.arrived != 0 && !state.broken },
        nobody_is_a_phase_ahead, "deadlock; threads =";

    /// The count of those who have come is not set back: the next phase begins full.
    does_not_start_anew: { state.arrived = 0; } => {},
        nobody_is_a_phase_ahead, "deadlock; threads =";

    /// The last to come tells nobody.
    no_notify: { state.phase += 1; self.shared.changed.notify_all(); } => { state.phase += 1; },
        nobody_is_a_phase_ahead, "deadlock; threads =";

    /// The last to come tells one of two.
    notifies_one: { state.phase += 1; self.shared.changed.notify_all(); } => {
            state.phase += 1;
            self.shared.changed.notify_one();
        },
        three_meet, "deadlock; threads =";

    /// Everybody leads.
    all_lead: { over.then_some(Role::Follower) } => { over.then_some(Role::Leader) },
        three_meet, "leaders";

    /// Who wakes up does not look whether all are there.
    looks_once: { while state.phase == phase && !state.broken } => { if state.phase == phase && !state.broken },
        not_by_a_spurious_wake_up, "nobody is gone";

    /// Who leaves tells nobody.
    leaves_silently: { self.shared.lock().broken = true; self.shared.changed.notify_all(); } => {
            self.shared.lock().broken = true;
        },
        nobody_waits_for_one_who_is_gone, "deadlock; threads =";

    /// Who comes after that waits.
    comes_without_a_look: { if state.broken { return Err(Broken); } } => {},
        nobody_waits_for_one_who_is_gone, "passed alone";

    /// Who is woken waits on.
    waits_on: { state.phase == phase && !state.broken } => { state.phase == phase },
        nobody_waits_for_one_who_is_gone, "deadlock; threads =";

    /// All were there, one has left since, and who wakes up late is told that it broke.
    takes_it_for_broken: { let over = state.phase != phase; } => { let over = !state.broken; },
        what_is_over_does_not_break, "it was over";
}
