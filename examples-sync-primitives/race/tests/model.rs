//! The snippet under loom: the file that you copy, byte for byte, in every order of its steps;
//! and that file with its one step taken apart, in which the same models must find the race.

// From here on `std` is loom in the shape of std, in the snippet's own `use` lines as well.
extern crate model as std;

#[path = "model/properties.rs"]
mod properties;
#[path = "../src/lib.rs"]
pub mod race;

mutants::mutants! {
    "src/lib.rs" as race, "tests/model/properties.rs";

    /// Reads the number, then writes it.
    reads_then_writes: { self.next.fetch_add(1, Relaxed) } => {
            let next = self.next.load(Relaxed);
            self.next.store(next + 1, Relaxed);
            next
        },
        no_number_is_handed_out_twice, "handed out twice";

    /// Looks whether there is enough, then takes it.
    looks_then_takes: { match self.left.compare_exchange_weak(seen, rest, Relaxed, Relaxed) } =>
        { self.left.fetch_sub(amount, Relaxed); match Ok::<u64, u64>(rest) },
        no_more_is_spent_than_there_is, "both spent it";

    /// Looks, and writes what was left when it looked.
    looks_then_writes: { match self.left.compare_exchange_weak(seen, rest, Relaxed, Relaxed) } =>
        { self.left.store(rest, Relaxed); match Ok::<u64, u64>(rest) },
        what_is_enough_for_both_is_spent_by_both, "left in the end";

    /// Tries once, and refuses when another thread came between.
    gives_up_when_somebody_came_between: { Err(now) => seen = now, } =>
        { Err(now) if now != seen => return false, Err(now) => seen = now, },
        what_is_enough_for_both_is_spent_by_both, "refused, though there was enough";

    /// Refuses when the weak exchange failed for nothing.
    gives_up_for_nothing: { Err(now) => seen = now, } =>
        { Err(now) if now == seen => return false, Err(now) => seen = now, },
        what_is_enough_for_both_is_spent_by_both, "refused, though there was enough";

    /// Looks for the name under one lock, and inserts it under the next.
    looks_then_inserts: { match owners.entry(name.to_owned()) } => {
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
