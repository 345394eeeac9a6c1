//! The lock under loom: the file that you copy, byte for byte, in every order of its steps; and that
//! file with a bug planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the lock's own `use` lines as well.
extern crate model as std;

#[path = "model/join.rs"]
mod join;
#[path = "../src/lock.rs"]
pub mod lock;
#[path = "model/properties.rs"]
mod properties;

#[test]
fn to_join_a_thread_that_wants_the_lock_while_holding_it_deadlocks() {
    let test = "model::to_join_a_thread_that_wants_the_lock_while_holding_it_deadlocks";
    testing::child::assert_caught(test, "deadlock; threads =", join::while_holding_it);
}

#[test]
fn to_join_it_without_the_lock_does_not() {
    join::without_it();
}

mutants::mutants! {
    "src/lock.rs" as lock, "tests/model/properties.rs";

    /// Nobody tells the waiter that it has its turn.
    no_notify: { self.moved.notify_all(); } => {},
        one_holds_it_at_a_time, "deadlock; threads =";

    /// Two draw the same number.
    the_same_number: { line.next += 1; } => {},
        one_holds_it_at_a_time, "deadlock; threads =";

    /// Who wakes up believes that there was a reason.
    no_second_look: { while line.turn != number } => { if line.turn != number },
        not_two_by_spurious_wake_ups, "two hold it";

    /// The holder goes on at a switch point as if nobody waited.
    gives_no_way: { if line.waiting() > 0 } => { if false },
        who_waits_has_its_turn_at_the_next_switch_point, "passed over";

    /// It passes the lock on, and lines up a moment later.
    lines_up_too_late: { self.0.wait_in(line); } => { drop(line); self.0.wait_in(self.0.line()); },
        who_gave_way_is_next, "kept to itself";

    /// The lock is kept around the wait.
    keeps_it: { self.0.pass_on(&mut self.0.line()); let _again = Again(self.0); } => {},
        it_is_free_while_its_holder_does_without, "deadlock; threads =";

    /// The lock is not taken again after the wait.
    forgets_it: { let _again = Again(self.0); } => {},
        it_is_held_again_after_that, "deadlock; threads =";
}
