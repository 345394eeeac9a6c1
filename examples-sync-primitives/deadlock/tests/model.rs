//! `lock_both` under loom: the file that you copy, byte for byte, in every order of its steps;
//! and that file with a bug planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the snippet's own `use` lines as well.
extern crate model as std;

#[path = "../src/lib.rs"]
pub mod deadlock;
#[path = "model/properties.rs"]
mod properties;

mutants::mutants! {
    "src/lib.rs" as deadlock, "tests/model/properties.rs";

    /// Each thread locks in the order in which it names them.
    in_the_callers_order: { ptr::from_ref(one) < ptr::from_ref(other) } => { true },
        opposite_orders_do_not_deadlock, "deadlock; threads =";

    /// The same for three: each holds one and waits for the next.
    in_the_callers_order_in_a_circle: { ptr::from_ref(one) < ptr::from_ref(other) } => { true },
        nor_does_a_circle_of_three, "deadlock; threads =";

    /// Both are the same mutex, and the thread waits for itself.
    locks_one_twice: { if ptr::eq(one, other) { return None; } } => {},
        opposite_orders_do_not_deadlock, "deadlock; threads =";

    /// The first is free again before the second is locked.
    one_after_another: {
            let one = one.lock().expect("not poisoned");
            let other = other.lock().expect("not poisoned");
            Some((one, other))
        } => {
            drop(one.lock().expect("not poisoned"));
            let other = other.lock().expect("not poisoned");
            Some((one.lock().expect("not poisoned"), other))
        },
        opposite_orders_do_not_deadlock, "deadlock; threads =";

    /// The guards come in the order of the locking.
    swaps_the_guards: {
            let other = other.lock().expect("not poisoned");
            let one = one.lock().expect("not poisoned");
            Some((one, other))
        } => {
            let other = other.lock().expect("not poisoned");
            let one = one.lock().expect("not poisoned");
            Some((other, one))
        },
        nobody_sees_a_half_done_transfer, "went the other way";
}
