//! The lock under loom: the file that you copy, byte for byte, in every order of its steps;
//! and that file with a bug planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the lock's own `use` lines as well.
extern crate model as std;

#[path = "model/properties.rs"]
mod properties;
#[path = "../src/lib.rs"]
pub mod starvation;

mutants::mutants! {
    "src/lib.rs" as starvation, "tests/model/properties.rs";

    /// Nobody tells the next one that it is its turn.
    no_notify: { next.turn.notify_one() } => { drop(next) },
        one_at_a_time_and_everyone_in_the_end, "deadlock; threads =";

    /// The lock is not marked as free when the last one leaves.
    stays_taken: { line.taken = false } => { () },
        one_at_a_time_and_everyone_in_the_end, "deadlock; threads =";

    /// Who finds the lock free does not mark it as taken.
    is_never_taken: { line.taken = true; } => {},
        one_at_a_time_and_everyone_in_the_end, "it is our turn";

    /// Who wakes up believes that there was a reason.
    no_second_look: { while line.has(&turn) } => { if line.has(&turn) },
        no_turn_by_spurious_wake_ups, "it is our turn";

    /// The lock is free between two turns, and a newcomer takes it.
    free_in_between: { next.turn.notify_one() } => { { line.taken = false; next.turn.notify_one() } },
        with_no_patience_nobody_overtakes, "it is our turn";

    /// The turn passes on before the value is free.
    turn_first: { value: MutexGuard<'a, T>, _turn: Turn<'a>, } => { _turn: Turn<'a>, value: MutexGuard<'a, T>, },
        both_who_wait_have_it_in_the_end, "it is our turn";

    /// The lowest goes first.
    the_lowest: { max_by_key(|(_, waiter)| waiter.priority) } => { min_by_key(|(_, waiter)| waiter.priority) },
        the_highest_goes_first, "low went first";

    /// Of equals, the last to come goes first.
    the_last_of_equals: { line.rev().max_by_key } => { line.max_by_key },
        equals_go_in_the_order_in_which_they_came, "second went first";

    /// Nobody counts how often somebody is overtaken.
    no_ageing: { passed.overtaken += 1; } => {},
        nobody_is_overtaken_more_often_than_its_patience, "overtaken twice";

    /// Overtaken once more than allowed.
    one_too_many: { overtaken < self.patience } => { overtaken <= self.patience },
        nobody_is_overtaken_more_often_than_its_patience, "overtaken twice";
}
