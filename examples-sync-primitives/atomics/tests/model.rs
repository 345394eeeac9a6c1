//! The snippet under loom: the file that you copy, byte for byte, in every order of its steps and
//! with every value that a Relaxed load may return; and that file with a bug planted in it, which
//! the same models must find.

// From here on `std` is loom in the shape of std, in the snippet's own `use` lines as well.
extern crate model as std;

#[path = "../src/lib.rs"]
pub mod atomics;
#[path = "model/properties.rs"]
mod properties;

mutants::mutants! {
    "src/lib.rs" as atomics, "tests/model/properties.rs";

    /// The count is read in one step and written in the next.
    loads_then_stores: { self.0.fetch_add(count, Relaxed) } => {
            let before = self.0.load(Relaxed);
            self.0.store(before + count, Relaxed);
            before
        },
        no_count_is_lost, "a count is lost";

    /// The number is read beside the step that counts.
    reads_beside_the_step: { self.0.fetch_add(count, Relaxed) } =>
        { self.0.fetch_add(count, Relaxed); self.0.load(Relaxed) - count },
        no_number_is_given_twice, "given twice";

    /// Whether it is stopped already is looked up first.
    looks_then_stops: { !self.0.swap(true, Relaxed) } => {
            let first = !self.0.load(Relaxed);
            self.0.store(true, Relaxed);
            first
        },
        one_is_the_first_to_stop, "two were the first";

    /// Whether enough is left is looked up first, and taken whatever came in between.
    looks_then_takes: { match self.left.compare_exchange_weak(seen, rest, Relaxed, Relaxed) } =>
        { self.left.store(rest, Relaxed); match Ok::<u64, u64>(rest) },
        no_more_is_taken_than_there_is, "more than there is";

    /// Taken, whether the exchange succeeded or not.
    believes_a_failure: { Err(now) => seen = now, } => { Err(_) => return true, },
        what_fits_is_not_refused, "do not add up";

    /// Another thread came first, and so this one is refused.
    gives_up: { Err(now) => seen = now, } => { Err(_) => return false, },
        what_fits_is_not_refused, "refused";

    /// The same, only where no other thread came: the weak exchange failed for nothing.
    gives_up_for_nothing: { Err(now) => seen = now, } =>
        { Err(now) if now == seen => return false, Err(now) => seen = now, },
        what_fits_is_not_refused, "refused";

    /// Given back once, whether the exchange succeeded or not.
    gives_back_without_looking: { while let Err(now) } => { if let Err(now) },
        nothing_given_back_is_lost_nor_above_the_limit, "do not add up";

    /// Given back in two steps.
    gives_back_in_two_steps:
        { while let Err(now) = left.compare_exchange_weak(seen, sum(seen), Relaxed, Relaxed) } =>
        { left.store(sum(seen), Relaxed); while let Err(now) = Ok::<u64, u64>(seen) },
        nothing_given_back_is_lost_nor_above_the_limit, "do not add up";

    /// Compared in one step, written in the next.
    compares_then_stores: { self.0.fetch_max(value, Relaxed); } =>
        { if self.0.load(Relaxed) < value { self.0.store(value, Relaxed); } },
        the_highest_is_kept, "the highest is lost";

    /// Read in one step, set to zero in the next.
    looks_then_clears: { self.0.swap(0, Relaxed) } => {
            let highest = self.0.load(Relaxed);
            self.0.store(0, Relaxed);
            highest
        },
        nothing_falls_between_looking_and_beginning_anew, "a value is lost";
}
