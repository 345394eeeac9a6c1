//! The event under loom: the file that you copy, byte for byte, in every order of its steps, and
//! that file with a bug planted in it, which the same models must find. Also two traps of the page.

// From here on `std` is loom in the shape of std, in the event's own `use` lines as well.
extern crate model as std;

#[path = "../src/lib.rs"]
pub mod condvar;
#[path = "model/properties.rs"]
mod properties;
#[path = "model/traps.rs"]
mod traps;

#[test]
fn a_flag_outside_the_lock_is_missed() {
    let test = "model::a_flag_outside_the_lock_is_missed";
    testing::child::assert_caught(test, "deadlock; threads =", traps::flag_outside_the_lock);
}

#[test]
fn notify_one_wakes_the_wrong_thread() {
    let test = "model::notify_one_wakes_the_wrong_thread";
    testing::child::assert_caught(
        test,
        "deadlock; threads =",
        traps::one_condvar_for_two_conditions,
    );
}

#[test]
fn notify_all_also_wakes_the_right_thread() {
    traps::one_condvar_and_notify_all();
}

mutants::mutants! {
    "src/lib.rs" as condvar, "tests/model/properties.rs";

    /// The flag is set, and no thread is notified.
    no_notify: { self.changed.notify_all(); } => {},
        every_thread_continues, "deadlock; threads =";

    /// One thread is notified, and two are waiting.
    notifies_one: { self.changed.notify_all(); } => { self.changed.notify_one(); },
        every_thread_continues, "deadlock; threads =";

    /// The same bug, seen by threads that wait with a time-out.
    notifies_one_with_a_time_out: { self.changed.notify_all(); } => { self.changed.notify_one(); },
        an_event_in_time_ends_every_wait, "deadlock; threads =";

    /// Threads are notified before the flag is set: a woken thread finds nothing, and waits again.
    notifies_before_it_sets: { *self.lock() = true; self.changed.notify_all(); } => {
            self.changed.notify_all();
            *self.lock() = true;
        },
        every_thread_continues, "deadlock; threads =";

    /// A thread that arrives late waits for a notification that was sent before.
    waits_before_it_looks: { drop(waited.unwrap_or_else(PoisonError::into_inner)); } => {
            drop(self.changed.wait(waited.unwrap_or_else(PoisonError::into_inner)));
        },
        every_thread_continues, "deadlock; threads =";

    /// A woken thread does not check the flag.
    checks_once: { self.changed.wait_while(self.lock(), |happened| !*happened) } => {{
            let happened = self.lock();
            if *happened { Ok(happened) } else { self.changed.wait(happened) }
        }},
        no_thread_continues_too_early, "too early";

    /// A spurious wake-up ends the wait.
    one_wake_up_ends_it: { .wait_timeout_while(self.lock(), timeout, |happened| !*happened) } => {
            .wait_timeout(self.lock(), timeout)
        },
        a_time_out_is_neither_early_nor_late, "too short or too long";

    /// A thread that arrives late waits until its time-out.
    waits_without_a_check: { .wait_timeout_while(self.lock(), timeout, |happened| !*happened) } => {
            .wait_timeout(self.lock(), timeout)
        },
        an_event_in_time_ends_every_wait, "deadlock; threads =";

    /// The time-out starts again with each wake-up.
    restarts_the_time: { let (happened, _) = waited.unwrap_or_else(PoisonError::into_inner); } => {
            drop(waited);
            let mut happened = self.lock();
            while !*happened {
                let waited = self.changed.wait_timeout(happened, timeout);
                let (woken, result) = waited.unwrap_or_else(PoisonError::into_inner);
                happened = woken;
                if result.timed_out() { break; }
            }
        },
        a_time_out_is_neither_early_nor_late, "too short or too long";
}
