//! `lock_both` under loom: the very file that you copy, in every order of its steps; and
//! that file with bugs planted in it, which the same models must find.

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

    /// The same with three threads: each holds one mutex and waits for the next.
    in_the_callers_order_in_a_circle: { ptr::from_ref(one) < ptr::from_ref(other) } => { true },
        a_circle_of_three_does_not_deadlock, "deadlock; threads =";

    /// If both are the same mutex, the thread waits for itself.
    locks_one_twice: { if ptr::eq(one, other) { return None; } } => {},
        opposite_orders_do_not_deadlock, "deadlock; threads =";

    /// The first mutex is unlocked before the second is locked, and then locked again.
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

    /// The guards are returned in the order of locking.
    swaps_the_guards: {
            let other = other.lock().expect("not poisoned");
            let one = one.lock().expect("not poisoned");
            Some((one, other))
        } => {
            let other = other.lock().expect("not poisoned");
            let one = one.lock().expect("not poisoned");
            Some((other, one))
        },
        no_thread_sees_half_a_transfer, "went the other way";
}
