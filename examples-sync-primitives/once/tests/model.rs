//! The cell under loom: the very file that you copy, in every order of its steps; and that file
//! with bugs planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the cell's own `use` lines as well.
extern crate model as std;

#[path = "../src/by_hand.rs"]
pub mod by_hand;
#[path = "model/properties.rs"]
mod properties;

#[test]
fn a_value_computed_from_itself_deadlocks() {
    let test = "model::a_value_computed_from_itself_deadlocks";
    testing::child::assert_caught(
        test,
        "deadlock; threads =",
        properties::computed_from_itself,
    );
}

mutants::mutants! {
    "src/by_hand.rs" as by_hand, "tests/model/properties.rs";

    /// A thread that waited for the lock computes the value again.
    no_second_check: { if self.get().is_none() } => { if true },
        the_value_is_computed_once, "computed twice";

    /// `_` is not a variable: the lock is released immediately.
    holds_no_lock: { let _computing = self.computing.lock() } => { let _ = self.computing.lock() },
        the_value_is_computed_once, "computed twice";

    /// The flag is set before the value is computed.
    flag_first: { let value = init(); } => { self.ready.store(true, Ordering::Release); let value = init(); },
        a_thread_that_sees_the_flag_sees_the_value, "Causality violation";

    /// The flag is set with Relaxed: a thread may see it and miss the value.
    relaxed_store: { self.ready.store(true, Ordering::Release); } => {
            self.ready.store(true, Ordering::Relaxed);
        },
        a_thread_that_sees_the_flag_sees_the_value, "Causality violation";

    /// The flag is read with Relaxed: a thread may see it and miss the value.
    relaxed_load: { self.ready.load(Ordering::Acquire) } => { self.ready.load(Ordering::Relaxed) },
        a_thread_that_sees_the_flag_sees_the_value, "Causality violation";

    /// The lock is never released: threads that wait for it wait forever.
    keeps_the_lock: { let _computing = self.computing.lock().unwrap_or_else(PoisonError::into_inner); } => {
            let guard = self.computing.lock().unwrap_or_else(PoisonError::into_inner);
            let _computing = core::mem::ManuallyDrop::new(guard);
        },
        three_callers_get_one_value, "deadlock; threads =";
}
