//! The channel under loom: the file that you copy, byte for byte, in every order of its steps;
//! and that file with a bug planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the channel's own `use` lines as well.
extern crate model as std;

#[path = "../src/lib.rs"]
pub mod channel;
#[path = "model/properties.rs"]
mod properties;

#[test]
fn every_value_is_delivered_once() {
    properties::every_value_is_delivered_once();
}

#[test]
fn a_producers_values_keep_their_order() {
    properties::a_producers_values_keep_their_order();
}

#[test]
fn never_more_than_the_capacity_is_queued() {
    properties::never_more_than_the_capacity_is_queued();
}

#[test]
fn two_values_reach_two_receivers() {
    properties::two_values_reach_two_receivers();
}

#[test]
fn two_places_reach_two_senders() {
    properties::two_places_reach_two_senders();
}

#[test]
fn a_close_wakes_every_receiver() {
    properties::a_close_wakes_every_receiver();
}

#[test]
fn a_close_wakes_every_sender_and_gives_its_value_back() {
    properties::a_close_wakes_every_sender_and_gives_its_value_back();
}

#[test]
fn what_was_sent_before_the_close_is_received() {
    properties::what_was_sent_before_the_close_is_received();
}

#[test]
fn a_time_out_swallows_no_value() {
    properties::a_time_out_swallows_no_value();
}

#[test]
fn a_time_out_costs_no_wake_up() {
    properties::a_time_out_costs_no_wake_up();
}

#[test]
fn a_time_out_leaves_nobody_to_notify() {
    properties::a_time_out_leaves_nobody_to_notify();
}

#[test]
fn spurious_wake_ups_neither_extend_nor_cut_a_wait() {
    properties::spurious_wake_ups_neither_extend_nor_cut_a_wait();
}

mutants::mutants! {
    "src/lib.rs" as channel, "tests/model/properties.rs";

    /// Nobody tells the receiver that a value is there.
    no_notify: { state.receivers_waiting.notify_one(&self.arrived); } => {},
        every_value_is_delivered_once, "deadlock; threads =";

    /// Only the value that ends the emptiness is worth a notify: true with one receiver, not with two.
    notifies_when_it_was_empty: { state.receivers_waiting.notify_one(&self.arrived); } =>
        { if state.queue.len() == 1 { state.receivers_waiting.notify_one(&self.arrived); } },
        two_values_reach_two_receivers, "deadlock; threads =";

    /// The same on the other side: only the place that ends the fullness.
    notifies_when_it_was_full: { if value.is_some() } =>
        { if value.is_some() && state.queue.len() + 1 == self.capacity },
        two_places_reach_two_senders, "deadlock; threads =";

    /// Between the look into the queue and the wait, the lock is free.
    looks_then_waits: { self.0.arrived.wait(state) } => { self.0.arrived.wait({ drop(state); self.0.lock() }) },
        every_value_is_delivered_once, "deadlock; threads =";

    /// A sender that wakes up believes that there is room.
    no_second_look: { while state.receivers > 0 && state.queue.len() == self.0.capacity } =>
        { if state.receivers > 0 && state.queue.len() == self.0.capacity },
        never_more_than_the_capacity_is_queued, "more than the capacity";

    /// The newest value is taken first.
    takes_the_newest: { pop_front() } => { pop_back() },
        a_producers_values_keep_their_order, "out of order";

    /// The last sender wakes one of those who wait.
    close_wakes_one: { self.0.arrived.notify_all(); } => { self.0.arrived.notify_one(); },
        a_close_wakes_every_receiver, "deadlock; threads =";

    /// The last receiver leaves without a word.
    closes_silently: { self.0.room.notify_all(); } => {},
        a_close_wakes_every_sender_and_gives_its_value_back, "deadlock; threads =";

    /// A closed channel is over at once, whatever is queued.
    forgets_what_is_queued: { if let Some(value) = self.0.pop(&mut state) } =>
        { if state.senders > 0 && let Some(value) = self.0.pop(&mut state) },
        what_was_sent_before_the_close_is_received, "a value is lost";

    /// Whose time is over leaves without a last look, though it was woken for a value.
    no_last_look: { woken.unwrap_or_else(PoisonError::into_inner).0 } => {
            let woken = woken.unwrap_or_else(PoisonError::into_inner).0;
            if deadline <= Some(Instant::now()) { return Err(RecvTimeoutError::Timeout); }
            woken
        },
        a_time_out_swallows_no_value, "deadlock; threads =";

    /// Who wakes up is counted off, but its notify is not: the next one that waits gets none.
    still_notified: { self.notified = self.notified.saturating_sub(1); } => {},
        a_time_out_costs_no_wake_up, "deadlock; threads =";

    /// Only a notify counts off: whose time is over stays in the count.
    still_waiting: { self.threads -= 1; } => { self.threads -= self.notified.min(1); },
        a_time_out_leaves_nobody_to_notify, "nobody was there";

    /// The time-out starts anew with each wake-up.
    starts_the_time_anew: { deadline.saturating_duration_since(Instant::now()) } => { Duration::from_secs(1) },
        spurious_wake_ups_neither_extend_nor_cut_a_wait, "exceeded";
}
