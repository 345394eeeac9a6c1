//! The litmus tests under loom: the very file that you copy, in every order of its steps and
//! with every value that a load may return; and that file with a weaker ordering planted in it,
//! which the same models must find.

// From here on `std` is loom in the shape of std, in the litmus tests' own `use` lines as well.
extern crate model as std;

#[path = "../src/litmus.rs"]
pub mod litmus;
#[path = "model/properties.rs"]
mod properties;

#[test]
fn the_table_on_the_page_is_what_loom_allows() {
    let expected = include_str!("model/outcomes.txt");
    let found = properties::table();
    assert_eq!(found, expected, "put this in outcomes.txt:\n{found}");
}

mutants::mutants! {
    "src/litmus.rs" as litmus, "tests/model/properties.rs";

    /// The store that publishes the data is Relaxed.
    publishes_relaxed: { Self::ReleaseAcquire => Ordering::Release } => { Self::ReleaseAcquire => Ordering::Relaxed },
        a_thread_that_sees_the_flag_sees_the_data, "[1, 0] happens";

    /// The load that checks the flag is Relaxed.
    checks_relaxed: { Self::ReleaseAcquire => Ordering::Acquire } => { Self::ReleaseAcquire => Ordering::Relaxed },
        a_thread_that_sees_the_flag_sees_the_data, "[1, 0] happens";

    /// The fence is AcqRel instead of SeqCst.
    weaker_fence: { fence(Ordering::SeqCst); } => { fence(Ordering::AcqRel); },
        with_fences_one_thread_sees_the_others_flag, "[0, 0] happens";

    /// There is no fence.
    no_fence: { fence(Ordering::SeqCst); } => {},
        with_fences_one_thread_sees_the_others_flag, "[0, 0] happens";

    /// The second value is read from the other atomic.
    reads_another_atomic: { let second = cells.x.0.load(how.load()); } => { let second = cells.y.0.load(how.load()); },
        a_value_never_goes_back, "[1, 0] happens";

    unplanted: relaxed_allows_what_x86_never_shows,
        two_readers_agree_on_the_order_only_with_fences;
}
