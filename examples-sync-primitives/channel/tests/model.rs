//! The channel under loom: the file that you copy, byte for byte, in every order of its steps;
//! and that file with a bug planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the channel's own `use` lines as well.
extern crate model as std;

#[path = "../src/lib.rs"]
pub mod channel;
#[path = "model/properties.rs"]
mod properties;

mutants::mutants! {
    "src/lib.rs" as channel, "tests/model/properties.rs";

    /// A receiver is not notified that a value has arrived.
    no_notify: { state.receivers_waiting.notify_one(&self.arrived); } => {},
        every_value_is_delivered_once, "deadlock; threads =";

    /// Only a value that arrives in an empty queue is notified: enough for one receiver, not for two.
    notifies_when_it_was_empty: { state.receivers_waiting.notify_one(&self.arrived); } =>
        { if state.queue.len() == 1 { state.receivers_waiting.notify_one(&self.arrived); } },
        two_values_reach_two_receivers, "deadlock; threads =";

    /// Only space in a queue that was full is notified: enough for one sender, not for two.
    notifies_when_it_was_full: { state.senders_waiting.notify_one(&self.space); } =>
        { if state.queue.len() + 1 == self.capacity { state.senders_waiting.notify_one(&self.space); } },
        space_for_two_reaches_two_senders, "deadlock; threads =";

    /// Between the look into the queue and the wait, the lock is free.
    looks_then_waits: { let arrived = &shared.arrived; } =>
        { let arrived = &shared.arrived; drop(state); state = shared.lock(); },
        every_value_is_delivered_once, "deadlock; threads =";

    /// The newest value is received first.
    takes_the_newest: { pop_front() } => { pop_back() },
        a_producers_values_keep_their_order, "out of order";

    /// The queue accepts one value more than its capacity.
    one_too_many: { state.queue.len() == self.capacity } => { state.queue.len() > self.capacity },
        the_queue_never_exceeds_its_capacity, "more than the capacity";

    /// When the last sender is dropped, one of the waiting receivers is woken.
    close_wakes_one: { self.0.arrived.notify_all(); } => { self.0.arrived.notify_one(); },
        a_close_wakes_every_receiver, "deadlock; threads =";

    /// When the last receiver is dropped, one of the waiting senders is woken.
    close_wakes_one_sender: { self.0.space.notify_all(); } => { self.0.space.notify_one(); },
        a_close_wakes_every_sender_and_gives_its_value_back, "deadlock; threads =";

    /// When the last receiver is dropped, no sender is woken.
    closes_silently: { self.0.space.notify_all(); } => {},
        a_close_wakes_every_sender_and_gives_its_value_back, "deadlock; threads =";

    /// A closed channel returns an error although values are queued.
    forgets_what_is_queued: { if let Some(value) = state.queue.pop_front() } =>
        { if let Some(value) = (if state.senders > 0 { state.queue.pop_front() } else { None }) },
        a_value_sent_before_the_close_is_received, "a value is lost";

    /// A thread that times out does not look again, although it was notified.
    no_last_look: { woken.unwrap_or_else(PoisonError::into_inner).0 } => {
            let mut woken = woken.unwrap_or_else(PoisonError::into_inner).0;
            if deadline <= Some(Instant::now()) { waiting(&mut woken).one_woke(); return None; }
            woken
        },
        a_time_out_loses_no_value, "deadlock; threads =";

    /// The same bug, seen by a sender.
    no_last_look_for_space: { woken.unwrap_or_else(PoisonError::into_inner).0 } => {
            let mut woken = woken.unwrap_or_else(PoisonError::into_inner).0;
            if deadline <= Some(Instant::now()) { waiting(&mut woken).one_woke(); return None; }
            woken
        },
        a_time_out_loses_no_space, "deadlock; threads =";

    /// A thread that wakes up is no longer counted, but its notification is: the next one gets none.
    still_notified: { self.notified = self.notified.saturating_sub(1); } => {},
        a_time_out_loses_no_wake_up, "deadlock; threads =";

    /// A thread that timed out is still counted as waiting.
    still_waiting: { self.threads -= 1; } => { self.threads -= self.notified.min(1); },
        a_receiver_that_timed_out_is_not_notified, "nobody was there";

    /// A sender that timed out is still counted as waiting.
    sender_still_waiting: { self.threads -= 1; } => { self.threads -= self.notified.min(1); },
        a_sender_that_is_gone_is_not_notified, "nobody was there";

    /// A waiting sender is counted as a waiting receiver.
    wrong_side: { |state| &mut state.senders_waiting } => { |state| &mut state.receivers_waiting },
        space_for_two_reaches_two_senders, "deadlock; threads =";

    /// The time-out starts again with each wake-up.
    restarts_the_time: { deadline.saturating_duration_since(Instant::now()) } => { Duration::from_secs(1) },
        a_time_out_is_neither_early_nor_late, "exceeded";
}
