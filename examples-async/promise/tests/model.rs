//! The promise under loom: the file that you copy, byte for byte, in every order of its steps; and
//! that file with a bug planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the promise's own `use` lines as well.
extern crate model as std;

#[path = "../src/lib.rs"]
pub mod promise;
#[path = "model/properties.rs"]
mod properties;

#[test]
fn who_awaits_is_woken() {
    properties::who_awaits_is_woken();
}

#[test]
fn a_dropped_resolver_wakes() {
    properties::a_dropped_resolver_wakes();
}

#[test]
fn the_latest_waker_is_woken() {
    properties::the_latest_waker_is_woken();
}

#[test]
fn the_callback_runs_once_with_the_value() {
    properties::the_callback_runs_once_with_the_value();
}

#[test]
fn then_goes_on_once() {
    properties::then_goes_on_once();
}

#[test]
fn the_value_is_dropped_once() {
    properties::the_value_is_dropped_once();
}

#[test]
fn a_waker_may_hold_the_resolver() {
    properties::a_waker_may_hold_the_resolver();
}

#[test]
fn all_arrive_in_order() {
    properties::all_arrive_in_order();
}

mutants::mutants! {
    "src/lib.rs" as promise, "tests/model/properties.rs";

    /// Nobody is told.
    tells_nobody: { if let Some(callback) = callback { callback(); } } => {},
        who_awaits_is_woken, "deadlock; threads =";

    /// Whether it is settled is looked for under one lock, and the callback left under the next.
    looks_then_leaves: {
            if let State::Pending(place) = &mut *state {
                let before = place.replace(callback);
                drop(state);
                drop(before);
            } else {
                drop(state);
                callback();
            }
        } => {
            let settled = matches!(*state, State::Settled(_));
            drop(state);
            if settled {
                callback();
            } else if let State::Pending(place) = &mut *lock(&self.0) {
                *place = Some(callback);
            }
        },
        who_awaits_is_woken, "deadlock; threads =";

    /// The callback is told before the outcome is there.
    tells_too_early: {
            *state = State::Settled(Some(outcome));
            drop(state);
            if let Some(callback) = callback { callback(); }
        } => {
            drop(state);
            if let Some(callback) = callback { callback(); }
            *lock(&self.0) = State::Settled(Some(outcome));
        },
        who_awaits_is_woken, "deadlock; threads =";

    /// The callback is told under the lock that it needs.
    tells_under_the_lock: { *state = State::Settled(Some(outcome)); drop(state); } =>
        { *state = State::Settled(Some(outcome)); },
        the_callback_runs_once_with_the_value, "deadlock; threads =";

    /// A callback that comes after the settling is forgotten.
    forgets_who_comes_late: { drop(state); callback(); } => { drop(state); drop(callback); },
        the_callback_runs_once_with_the_value, "runs of the callback";

    /// The drop after `settle` breaks the promise that was kept.
    breaks_what_is_kept: { else { return; } } => { else { *state = State::Settled(Some(outcome)); return; } },
        who_awaits_is_woken, "the value is lost";

    /// A resolver is dropped without a word.
    drops_in_silence: { self.put(Err(Broken.into())); } => {},
        a_dropped_resolver_wakes, "deadlock; threads =";

    /// The first waker stays.
    keeps_the_first: { let before = place.replace(callback); } =>
        { let before = if place.is_some() { Some(callback) } else { place.replace(callback) }; },
        the_latest_waker_is_woken, "deadlock; threads =";

    /// The waker that is replaced is dropped under the lock.
    drops_under_the_lock: { drop(state); drop(before); } => { drop(before); drop(state); },
        a_waker_may_hold_the_resolver, "deadlock; threads =";
}
