//! The semaphore under loom: the file that you copy, byte for byte, in every order of its steps;
//! and that file with a bug planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the semaphore's own `use` lines as well.
extern crate model as std;

#[path = "model/properties.rs"]
mod properties;
#[path = "../src/lib.rs"]
pub mod semaphore;

#[test]
fn never_more_than_n_inside() {
    properties::never_more_than_n_inside();
}

#[test]
fn not_by_trying_nor_by_spurious_wake_ups() {
    properties::not_by_trying_nor_by_spurious_wake_ups();
}

#[test]
fn one_permit_goes_to_one() {
    properties::one_permit_goes_to_one();
}

#[test]
fn permits_reach_everyone_who_waits() {
    properties::permits_reach_everyone_who_waits();
}

#[test]
fn nobody_overtakes() {
    properties::nobody_overtakes();
}

#[test]
fn a_time_out_swallows_no_permit() {
    properties::a_time_out_swallows_no_permit();
}

#[test]
fn who_gives_up_makes_way() {
    properties::who_gives_up_makes_way();
}

#[test]
fn spurious_wake_ups_neither_extend_nor_cut_a_wait() {
    properties::spurious_wake_ups_neither_extend_nor_cut_a_wait();
}

mutants::mutants! {
    "src/lib.rs" as semaphore, "tests/model/properties.rs";

    /// The permit is looked for under one lock and taken under the next.
    looks_then_takes: { let taken = self.lock().take(1); } => {
            let taken = self.lock().free > 0;
            if taken { self.lock().free = 0; }
        },
        one_permit_goes_to_one, "the permits do not add up";

    /// Nobody tells the waiter that its permits are there.
    no_notify: { first.turn.notify_one(); } => {},
        never_more_than_n_inside, "deadlock; threads =";

    /// Who wakes up believes that there was a reason.
    no_second_look: { while state.in_line(ticket) } => { if state.in_line(ticket) },
        not_by_trying_nor_by_spurious_wake_ups, "two are inside";

    /// Two permits come back, and only the first in line hears of it.
    hands_out_once: { while let Some(first) } => { if let Some(first) },
        permits_reach_everyone_who_waits, "deadlock; threads =";

    /// Two permits come back, and one is counted.
    gives_back_one: { state.free += self.count; } => { state.free += 1; },
        permits_reach_everyone_who_waits, "deadlock; threads =";

    /// A free permit is taken past those who wait.
    overtakes: { self.line.is_empty() && count <= self.free } => { count <= self.free },
        nobody_overtakes, "overtaken";

    /// A waiter whose time is over stays in line, and gets a permit that it does not keep.
    stays_in_line: { state.line.retain(|waiter| waiter.ticket != ticket); } => {},
        a_time_out_swallows_no_permit, "the permits do not add up";

    /// A waiter leaves without a word to those behind it.
    leaves_silently: { state.hand_out(); return false; } => { return false; },
        who_gives_up_makes_way, "deadlock; threads =";

    /// The time-out starts anew with each wake-up.
    starts_the_time_anew: { deadline.saturating_duration_since(Instant::now()) } => { Duration::from_secs(1) },
        spurious_wake_ups_neither_extend_nor_cut_a_wait, "exceeded";
}
