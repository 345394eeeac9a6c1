//! loom runs the lock, the very file that you copy, in every order of its steps. The same models
//! must find each bug that is planted in that file.

// From here on `std` means loom's models of std, also in the lock's own `use` lines.
extern crate model as std;

#[path = "model/join.rs"]
mod join;
#[path = "../src/lock.rs"]
pub mod lock;
#[path = "model/properties.rs"]
mod properties;

#[test]
fn joining_a_thread_that_wants_the_lock_deadlocks() {
    let test = "model::joining_a_thread_that_wants_the_lock_deadlocks";
    testing::child::assert_caught(test, "deadlock; threads =", join::while_holding_it);
}

#[test]
fn joining_it_inside_without_does_not() {
    join::without_it();
}

mutants::mutants! {
    "src/lock.rs" as lock, "tests/model/properties.rs";

    /// Releasing the lock wakes nobody.
    no_notify: { self.turn_changed.notify_all(); } => {},
        only_one_thread_holds_it, "deadlock; threads =";

    /// Releasing the lock wakes one thread, which may be one with another ticket.
    wakes_only_one: { self.turn_changed.notify_all(); } => { self.turn_changed.notify_one(); },
        every_waiting_thread_gets_its_turn, "deadlock; threads =";

    /// Two threads draw the same ticket.
    the_same_ticket: { queue.next_ticket += 1; } => {},
        only_one_thread_holds_it, "deadlock; threads =";

    /// A thread that wakes up does not check whether it is its turn.
    no_second_check: { while queue.turn != ticket } => { if queue.turn != ticket },
        a_spurious_wake_up_lets_nobody_in, "two threads hold the lock";

    /// The holder goes on at a switch point although a thread waits.
    does_not_yield: { if queue.waiting() > 0 } => { if false },
        a_waiting_thread_is_next_at_a_switch_point, "the waiting thread was passed over";

    /// The holder yields the lock only if two threads wait.
    yields_to_two: { if queue.waiting() > 0 } => { if queue.waiting() > 1 },
        a_waiting_thread_is_next_at_a_switch_point, "the waiting thread was passed over";

    /// The holder releases the lock, and joins the queue a moment later.
    queues_too_late: { self.0.wait_in(queue); } => { drop(queue); self.0.wait_in(self.0.queue()); },
        a_thread_that_yielded_is_next, "the lock was not handed back";

    /// The lock is kept inside `without`.
    keeps_it: { self.0.release(&mut self.0.queue()); let _reacquire = Reacquire(self.0); } => {},
        it_is_free_inside_without, "deadlock; threads =";

    /// The lock is not acquired again after `without`.
    forgets_it: { let _reacquire = Reacquire(self.0); } => {},
        it_is_held_again_after_without, "deadlock; threads =";
}
