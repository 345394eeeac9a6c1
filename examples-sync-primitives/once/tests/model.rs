//! The cell under loom: the file that you copy, byte for byte, in every order of its steps; and that
//! file with a bug planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the cell's own `use` lines as well.
extern crate model as std;

#[path = "../src/by_hand.rs"]
pub mod by_hand;
#[path = "model/properties.rs"]
mod properties;

#[test]
fn it_is_made_once() {
    properties::it_is_made_once();
}

#[test]
fn who_sees_it_sees_all_of_it() {
    properties::who_sees_it_sees_all_of_it();
}

#[test]
fn who_asks_for_it_while_making_it_waits_for_itself() {
    let test = "model::who_asks_for_it_while_making_it_waits_for_itself";
    testing::child::assert_caught(test, "deadlock; threads =", properties::made_from_itself);
}

mutants::mutants! {
    "src/by_hand.rs" as by_hand, "tests/model/properties.rs";

    /// Who waited for the one who made it makes it again.
    no_second_look: { if self.get().is_none() } => { if true },
        it_is_made_once, "made twice";

    /// `_` is no name: the lock is free again at once.
    holds_no_lock: { let _making = self.making.lock() } => { let _ = self.making.lock() },
        it_is_made_once, "made twice";

    /// The flag is set before the value is made.
    flag_first: { let made = make(); } => { self.ready.store(true, Ordering::Release); let made = make(); },
        who_sees_it_sees_all_of_it, "Causality violation";

    /// The flag can be seen before what it stands for.
    relaxed_store: { self.ready.store(true, Ordering::Release); } => {
            self.ready.store(true, Ordering::Relaxed);
        },
        who_sees_it_sees_all_of_it, "Causality violation";

    /// The flag is seen, and what it stands for need not be.
    relaxed_load: { self.ready.load(Ordering::Acquire) } => { self.ready.load(Ordering::Relaxed) },
        who_sees_it_sees_all_of_it, "Causality violation";
}
