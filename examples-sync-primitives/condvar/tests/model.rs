//! The event under loom: the file that you copy, byte for byte, in every order of its steps, and
//! that file with a bug planted in it, which the same models must find. Also the page's two traps.

// From here on `std` is loom in the shape of std, in the event's own `use` lines as well.
extern crate model as std;

#[path = "../src/lib.rs"]
pub mod condvar;
#[path = "model/properties.rs"]
mod properties;
#[path = "model/traps.rs"]
mod traps;

#[test]
fn everyone_goes_on() {
    properties::everyone_goes_on();
}

#[test]
fn nobody_goes_on_too_early() {
    properties::nobody_goes_on_too_early();
}

#[test]
fn a_wait_lasts_as_long_as_its_time() {
    properties::a_wait_lasts_as_long_as_its_time();
}

#[test]
fn in_time_is_in_time() {
    properties::in_time_is_in_time();
}

#[test]
fn a_flag_outside_the_lock_is_missed() {
    let test = "model::a_flag_outside_the_lock_is_missed";
    testing::child::assert_caught(test, "deadlock; threads =", traps::flag_outside_the_lock);
}

#[test]
fn notify_one_wakes_the_wrong_one() {
    let test = "model::notify_one_wakes_the_wrong_one";
    testing::child::assert_caught(
        test,
        "deadlock; threads =",
        traps::one_condvar_for_two_conditions,
    );
}

#[test]
fn notify_all_wakes_the_right_one_as_well() {
    traps::one_condvar_and_notify_all();
}

mutants::mutants! {
    "src/lib.rs" as condvar, "tests/model/properties.rs";

    /// The flag is set, and nobody is told.
    no_notify: { self.changed.notify_all(); } => {},
        everyone_goes_on, "deadlock; threads =";

    /// One is told, and there are two.
    notifies_one: { self.changed.notify_all(); } => { self.changed.notify_one(); },
        everyone_goes_on, "deadlock; threads =";

    /// Told first, set after that: who is woken finds nothing, and waits again.
    notifies_before_it_sets: { *self.lock() = true; self.changed.notify_all(); } => {
            self.changed.notify_all();
            *self.lock() = true;
        },
        everyone_goes_on, "deadlock; threads =";

    /// Who comes late waits for a notify that has been.
    waits_before_it_looks: { drop(waited.unwrap_or_else(PoisonError::into_inner)); } => {
            drop(self.changed.wait(waited.unwrap_or_else(PoisonError::into_inner)));
        },
        everyone_goes_on, "deadlock; threads =";

    /// Who wakes up believes that there was a reason.
    looks_once: { self.changed.wait_while(self.lock(), |happened| !*happened) } => {{
            let happened = self.lock();
            if *happened { Ok(happened) } else { self.changed.wait(happened) }
        }},
        nobody_goes_on_too_early, "too early";

    /// A wake-up without a reason is taken for the end of the time.
    one_wake_up_ends_it: { .wait_timeout_while(self.lock(), timeout, |happened| !*happened) } => {
            .wait_timeout(self.lock(), timeout)
        },
        a_wait_lasts_as_long_as_its_time, "too short or too long";

    /// Who comes late waits its time for what has been.
    waits_without_a_look: { .wait_timeout_while(self.lock(), timeout, |happened| !*happened) } => {
            .wait_timeout(self.lock(), timeout)
        },
        in_time_is_in_time, "deadlock; threads =";

    /// Each wake-up starts the time anew.
    starts_the_time_anew: { let (happened, _) = waited.unwrap_or_else(PoisonError::into_inner); } => {
            drop(waited);
            let mut happened = self.lock();
            while !*happened {
                let waited = self.changed.wait_timeout(happened, timeout);
                let (woken, result) = waited.unwrap_or_else(PoisonError::into_inner);
                happened = woken;
                if result.timed_out() { break; }
            }
        },
        a_wait_lasts_as_long_as_its_time, "too short or too long";
}
