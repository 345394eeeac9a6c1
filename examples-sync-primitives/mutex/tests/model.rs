//! The snippet under loom: the file that you copy, byte for byte, in every order of its steps;
//! and that file with a bug planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the snippet's own `use` lines as well.
extern crate model as std;

#[path = "model/lock_order.rs"]
mod lock_order;
#[path = "../src/lib.rs"]
pub mod mutex;
#[path = "model/properties.rs"]
mod properties;

#[test]
fn locks_taken_in_opposite_orders_deadlock() {
    let test = "model::locks_taken_in_opposite_orders_deadlock";
    testing::child::assert_caught(test, "deadlock; threads =", lock_order::opposite_orders);
}

#[test]
fn locks_taken_in_the_same_order_do_not_deadlock() {
    lock_order::the_same_order();
}

mutants::mutants! {
    "src/lib.rs" as mutex, "tests/model/properties.rs";

    /// The count is read under one lock and written under the next.
    reads_then_writes: { let count = counts.entry(name).or_default(); *count += 1; *count } => {
            let count = counts.get(&name).copied().unwrap_or_default() + 1;
            drop(counts);
            self.lock().insert(name, count);
            count
        },
        no_update_is_lost, "an update is lost";

    /// Between the two halves of a transfer the lock is free.
    shows_half_a_transfer: { balances[to] += amount; } => { drop(balances); self.lock()?[to] += amount; },
        the_sum_stays_the_same, "money is made or lost";

    /// The balance is checked under one lock and reduced under the next.
    checks_then_takes: { balances[from] = left; } => {
            drop(balances);
            let mut balances = self.lock()?;
            balances[from] = left;
        },
        nothing_is_spent_twice, "spent twice";
}
