//! The lock under loom: the very file that you copy, in every order of its steps; and that file
//! with bugs planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the lock's own `use` lines as well.
extern crate model as std;

#[path = "model/properties.rs"]
mod properties;
#[path = "../src/lib.rs"]
pub mod starvation;

mutants::mutants! {
    "src/lib.rs" as starvation, "tests/model/properties.rs";

    /// The next thread is not woken.
    no_notify: { next.turn.notify_one() } => { drop(next) },
        one_thread_at_a_time_and_every_thread_in_the_end, "deadlock; threads =";

    /// The lock is not marked as free when the queue is empty.
    stays_taken: { queue.taken = false } => { () },
        one_thread_at_a_time_and_every_thread_in_the_end, "deadlock; threads =";

    /// A thread that finds the lock free does not mark it as taken.
    is_never_taken: { queue.taken = true; } => {},
        one_thread_at_a_time_and_every_thread_in_the_end, "only the thread that has the turn";

    /// A thread that wakes up does not check whether it has the turn.
    no_second_check: { while queue.has(&turn) } => { if queue.has(&turn) },
        a_spurious_wake_up_gives_no_turn, "only the thread that has the turn";

    /// The lock is free between two turns, and a new thread takes it.
    free_in_between: { next.turn.notify_one() } => { { queue.taken = false; next.turn.notify_one() } },
        with_patience_0_nobody_overtakes, "only the thread that has the turn";

    /// The turn passes on before the value is unlocked.
    turn_first: { value: MutexGuard<'a, T>, _turn: Turn<'a>, } => { _turn: Turn<'a>, value: MutexGuard<'a, T>, },
        both_waiting_threads_get_the_lock, "only the thread that has the turn";

    /// The lowest priority goes first.
    the_lowest: { max_by_key(|(_, waiter)| waiter.priority) } => { min_by_key(|(_, waiter)| waiter.priority) },
        the_highest_priority_goes_first, "low went first";

    /// Of equal priorities, the last to arrive goes first.
    the_last_of_equals: { queue.rev().max_by_key } => { queue.max_by_key },
        equal_priorities_go_in_the_order_of_arrival, "second went first";

    /// The overtaking is not counted.
    no_ageing: { passed.overtaken += 1; } => {},
        no_thread_is_overtaken_more_often_than_its_patience, "overtaken twice";

    /// One overtaking more than allowed.
    one_too_many: { overtaken < self.patience } => { overtaken <= self.patience },
        no_thread_is_overtaken_more_often_than_its_patience, "overtaken twice";

    /// A thread that goes first in any case is removed from the wrong end of the queue.
    removes_the_last: { self.waiting.remove(at) } => { { let last = self.waiting.len() - 1; self.waiting.remove(if at == 0 { last } else { at }) } },
        with_patience_0_the_first_goes_first, "high went first";
}
