//! The stop under loom: the file that you copy, byte for byte, in every order of its steps; and that
//! file with a bug planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the `use` lines of the source as well.
extern crate model as std;

#[path = "../src/lib.rs"]
pub mod cancel;
#[path = "model/properties.rs"]
mod properties;

mutants::mutants! {
    "src/lib.rs" as cancel, "tests/model/properties.rs";

    /// The flag is set, and nobody wakes the thread.
    no_unpark: { thread.thread().unpark(); } => { let _ = thread; },
        a_stop_around_the_start_of_a_sleep_is_never_lost, "deadlock; threads =";

    /// The thread is woken, and the flag is not set.
    no_flag: { self.stopped.store(true, Ordering::Relaxed); } => {},
        a_stop_around_the_start_of_a_sleep_is_never_lost, "deadlock; threads =";

    /// The thread sleeps before it looks at the flag.
    sleeps_first: { while !self.is_set() } => { while { thread::park(); !self.is_set() } },
        a_stop_whose_unpark_was_used_up_is_not_lost, "deadlock; threads =";

    /// Whatever ends park counts as the stop.
    any_unpark_stops: { Some(left) => thread::park_timeout(left), } =>
        { Some(left) => { thread::park_timeout(left); return true; } },
        an_unpark_without_a_stop_does_not_end_a_sleep, "the sleep ended without a stop";

    /// A worker that is dropped is not joined.
    does_not_join: { let _ = thread.join(); } => { drop(thread); },
        a_worker_that_is_dropped_has_ended, "the thread runs on";

    /// The thread is woken before the flag is set: it finds nothing, and sleeps again.
    flag_after_the_wake_up: {
            self.stopped.store(true, Ordering::Relaxed);
            if let Some(thread) = &self.thread { thread.thread().unpark(); }
        } => {
            if let Some(thread) = &self.thread { thread.thread().unpark(); }
            self.stopped.store(true, Ordering::Relaxed);
        },
        a_stop_around_the_start_of_a_sleep_is_never_lost, "deadlock; threads =";

    /// The time begins again with each wake-up.
    restarts_the_time: { Some(left) => thread::park_timeout(left), } =>
        { Some(_) => thread::park_timeout(duration), },
        a_sleep_is_neither_early_nor_late, "too short or too long";

    /// A sleep that is over says that the thread should stop.
    time_counts_as_a_stop: { Some(Duration::ZERO) => return false, } =>
        { Some(Duration::ZERO) => return true, },
        a_sleep_is_neither_early_nor_late, "nobody has asked";

    /// `stop` waits, and does not ask the thread to stop.
    stop_does_not_ask: { self.ask(); match self.thread.take() } => { match self.thread.take() },
        a_stop_around_the_start_of_a_sleep_is_never_lost, "deadlock; threads =";

    /// Dropping the worker waits, and does not ask the thread to stop.
    drop_does_not_ask: { self.ask(); if let Some(thread) = self.thread.take() } =>
        { if let Some(thread) = self.thread.take() },
        a_worker_that_is_dropped_has_ended, "deadlock; threads =";
}
