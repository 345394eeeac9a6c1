//! The snippet under loom: the very file that you copy, in every order of its steps;
//! and that file with its one step taken apart, in which the same models must find the race.

// From here on `std` is loom in the shape of std, in the snippet's own `use` lines as well.
extern crate model as std;

#[path = "model/properties.rs"]
mod properties;
#[path = "../src/lib.rs"]
pub mod race;

mutants::mutants! {
    "src/lib.rs" as race, "tests/model/properties.rs";

    /// The number is read in one step and written in the next.
    reads_then_writes: { self.next.fetch_add(1, Relaxed) } => {
            let next = self.next.load(Relaxed);
            self.next.store(next + 1, Relaxed);
            next
        },
        no_number_is_handed_out_twice, "handed out twice";

    /// The budget is checked in one step and spent in the next.
    checks_then_spends: { match self.left.compare_exchange_weak(seen, rest, Relaxed, Relaxed) } =>
        { self.left.fetch_sub(amount, Relaxed); match Ok::<u64, u64>(rest) },
        no_more_is_spent_than_there_is, "both spent it";

    /// The budget is read in one step, and the rest is written in the next.
    reads_then_writes_the_rest: { match self.left.compare_exchange_weak(seen, rest, Relaxed, Relaxed) } =>
        { self.left.store(rest, Relaxed); match Ok::<u64, u64>(rest) },
        both_can_spend_if_there_is_enough_for_both, "left in the end";

    /// Refuses if another thread came between.
    gives_up_if_another_thread_came_between: { Err(now) => seen = now, } =>
        { Err(now) if now != seen => return false, Err(now) => seen = now, },
        both_can_spend_if_there_is_enough_for_both, "refused, although there was enough";

    /// Refuses if the weak exchange failed spuriously.
    gives_up_spuriously: { Err(now) => seen = now, } =>
        { Err(now) if now == seen => return false, Err(now) => seen = now, },
        both_can_spend_if_there_is_enough_for_both, "refused, although there was enough";

    /// The name is checked under one lock and inserted under another.
    checks_then_inserts: { match owners.entry(name.to_owned()) } => {
            let taken = owners.contains_key(name);
            drop(owners);
            if !taken {
                let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
                owners.insert(name.to_owned(), owner.to_owned());
                return Ok(());
            }
            let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
            match owners.entry(name.to_owned())
        },
        a_name_has_one_owner, "both own it";
}
