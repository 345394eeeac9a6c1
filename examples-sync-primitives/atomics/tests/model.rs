//! The snippet under loom: the very file that you copy, in every order of its steps and
//! with every value that a Relaxed load may return; and that file with bugs planted in it, which
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

    /// The number is read in a step of its own, after the step that counts.
    reads_after_the_step: { self.0.fetch_add(count, Relaxed) } =>
        { self.0.fetch_add(count, Relaxed); self.0.load(Relaxed) - count },
        no_number_is_given_twice, "given twice";

    /// The flag is checked in one step and set in the next.
    checks_then_stops: { !self.0.swap(true, Relaxed) } => {
            let first = !self.0.load(Relaxed);
            self.0.store(true, Relaxed);
            first
        },
        one_of_two_is_the_first_to_stop, "two were the first";

    /// The units are checked in one step and taken in the next.
    checks_then_takes: { match self.left.compare_exchange_weak(seen, rest, Relaxed, Relaxed) } =>
        { self.left.store(rest, Relaxed); match Ok::<u64, u64>(rest) },
        no_more_is_taken_than_there_is, "more than there is";

    /// A failed exchange counts as taken.
    ignores_a_failure: { Err(now) => seen = now, } => { Err(_) => return true, },
        requests_that_fit_are_granted, "do not add up";

    /// If another thread came first, the request is refused.
    gives_up: { Err(now) => seen = now, } => { Err(_) => return false, },
        requests_that_fit_are_granted, "refused";

    /// If the weak exchange fails spuriously, the request is refused.
    gives_up_spuriously: { Err(now) => seen = now, } =>
        { Err(now) if now == seen => return false, Err(now) => seen = now, },
        requests_that_fit_are_granted, "refused";

    /// A failed exchange counts as given back.
    ignores_a_failure_to_give_back: { while let Err(now) } => { if let Err(now) },
        units_given_back_are_counted, "do not add up";

    /// Giving back is two steps.
    gives_back_in_two_steps:
        { while let Err(now) = left.compare_exchange_weak(seen, sum(seen), Relaxed, Relaxed) } =>
        { left.store(sum(seen), Relaxed); while let Err(now) = Ok::<u64, u64>(seen) },
        units_given_back_are_counted, "do not add up";

    /// The highest value is compared in one step and written in the next.
    compares_then_stores: { self.0.fetch_max(value, Relaxed); } =>
        { if self.0.load(Relaxed) < value { self.0.store(value, Relaxed); } },
        the_highest_value_is_kept, "the highest is lost";

    /// The highest value is read in one step and reset in the next.
    reads_then_resets: { self.0.swap(0, Relaxed) } => {
            let highest = self.0.load(Relaxed);
            self.0.store(0, Relaxed);
            highest
        },
        no_value_is_lost_between_reading_and_resetting, "a value is lost";

    /// What is given back may exceed the limit.
    no_limit_for_giving_back: { left.saturating_add(count).min(self.limit) } => { left.saturating_add(count) },
        giving_back_never_exceeds_the_limit, "above the limit";

    /// The budget is refused although exactly enough is left.
    refuses_the_last: { seen.checked_sub(count) } => { seen.checked_sub(count).filter(|rest| *rest > 0) },
        requests_that_fit_are_granted, "refused";
}
