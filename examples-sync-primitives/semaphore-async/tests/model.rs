//! The semaphore built by hand under loom: the file that you copy, byte for byte, in every order of
//! its steps; and that file with a bug planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the semaphore's own `use` lines as well.
extern crate model as std;

#[path = "../src/by_hand.rs"]
pub mod by_hand;
#[path = "model/properties.rs"]
mod properties;

#[test]
fn never_more_than_n_inside_and_nobody_waits_for_ever() {
    properties::never_more_than_n_inside_and_nobody_waits_for_ever();
}

#[test]
fn permits_reach_everyone_who_waits() {
    properties::permits_reach_everyone_who_waits();
}

#[test]
fn a_dropped_future_swallows_no_permit() {
    properties::a_dropped_future_swallows_no_permit();
}

#[test]
fn the_latest_waker_is_called() {
    properties::the_latest_waker_is_called();
}

#[test]
fn nobody_overtakes() {
    properties::nobody_overtakes();
}

#[test]
fn who_leaves_the_line_takes_only_its_own_place() {
    properties::who_leaves_the_line_takes_only_its_own_place();
}

#[test]
fn wakers_may_use_the_semaphore() {
    properties::wakers_may_use_the_semaphore();
}

mutants::mutants! {
    "src/by_hand.rs" as by_hand, "tests/model/properties.rs";

    /// Nobody tells the first in line that the permit is there.
    no_wake: { first.waker.wake(); } => {},
        never_more_than_n_inside_and_nobody_waits_for_ever, "deadlock; threads =";

    /// The permit is looked for under one lock and taken under the next.
    looks_then_takes: { None if state.free > 0 => state.free -= 1, } => {
            None if state.free > 0 => {
                drop(state);
                let mut state = semaphore.lock();
                state.free = state.free.saturating_sub(1);
            }
        },
        never_more_than_n_inside_and_nobody_waits_for_ever, "the permits do not add up";

    /// It looks under one lock and joins the line under the next: a permit that comes back in
    /// between is free, and the one in line is not woken.
    looks_then_joins: { state.line.push_back(Waiter { ticket, waker }); } => {
            drop(state);
            semaphore.lock().line.push_back(Waiter { ticket, waker });
        },
        never_more_than_n_inside_and_nobody_waits_for_ever, "deadlock; threads =";

    /// A permit came to a future that is dropped before its next poll, and is lost.
    loses_the_permit: { drop(Permit(self.semaphore)); } => {},
        a_dropped_future_swallows_no_permit, "the permits do not add up";

    /// The same, and the permit is free again; but those in line are not woken.
    frees_without_a_wake: { drop(Permit(self.semaphore)); } => { self.semaphore.lock().free += 1; },
        a_dropped_future_swallows_no_permit, "deadlock; threads =";

    /// A future that is dropped stays in line, and is given a permit later.
    stays_in_line: { state.line.remove(place) } =>
        { state.line.get(place).map(|waiter| Waiter { ticket, waker: waiter.waker.clone() }) },
        a_dropped_future_swallows_no_permit, "the permits do not add up";

    /// Only the waker of the first poll is kept.
    keeps_the_first_waker: { mem::swap(&mut waiter.waker, &mut waker); } => {},
        the_latest_waker_is_called, "deadlock; threads =";

    /// Woken is taken for served, though others may have woken it.
    takes_a_wake_up_for_a_permit: { mem::swap(&mut waiter.waker, &mut waker); return Poll::Pending; } =>
        { mem::swap(&mut waiter.waker, &mut waker); },
        nobody_overtakes, "two are inside";

    /// The permit is free while the one in line wakes up.
    frees_before_the_wake: { match state.line.pop_front() } => { state.free += 1; match state.line.pop_front() },
        nobody_overtakes, "overtaken";

    /// A ticket is not counted up: who leaves the line takes another's place with it.
    gives_a_ticket_twice: { state.next_ticket += 1; } => {},
        who_leaves_the_line_takes_only_its_own_place, "deadlock; threads =";

    /// A waker is called under the lock.
    wakes_under_the_lock: { drop(state); first.waker.wake(); } => { first.waker.wake(); drop(state); },
        wakers_may_use_the_semaphore, "deadlock; threads =";

    /// A waker is dropped under the lock when another takes its place.
    drops_a_waker_under_the_lock: { mem::swap(&mut waiter.waker, &mut waker); } => { waiter.waker = waker; },
        wakers_may_use_the_semaphore, "deadlock; threads =";
}
