//! The litmus tests under loom: the file that you copy, byte for byte, in every order of its steps
//! and with every value that a load may return; and that file with a weaker ordering planted in it,
//! which the same models must find.

// From here on `std` is loom in the shape of std, in the litmus tests' own `use` lines as well.
extern crate model as std;

#[path = "../src/litmus.rs"]
pub mod litmus;
#[path = "model/properties.rs"]
mod properties;

#[test]
fn the_table_is_what_the_model_allows() {
    let expected = include_str!("model/outcomes.txt");
    let found = properties::table();
    assert_eq!(found, expected, "put this in outcomes.txt:\n{found}");
}

#[test]
fn no_ready_without_its_data() {
    properties::no_ready_without_its_data();
}

#[test]
fn with_fences_one_sees_the_others_flag() {
    properties::with_fences_one_sees_the_others_flag();
}

#[test]
fn a_cell_never_goes_back() {
    properties::a_cell_never_goes_back();
}

#[test]
fn relaxed_allows_what_a_pc_never_shows() {
    properties::relaxed_allows_what_a_pc_never_shows();
}

#[test]
fn two_readers_agree_on_the_order_only_behind_fences() {
    properties::two_readers_agree_on_the_order_only_behind_fences();
}

mutants::mutants! {
    "src/litmus.rs" as litmus, "tests/model/properties.rs";

    /// The store that publishes is Relaxed.
    publishes_relaxed: { Self::ReleaseAcquire => Ordering::Release } => { Self::ReleaseAcquire => Ordering::Relaxed },
        no_ready_without_its_data, "[1, 0] happens";

    /// The load that looks for it is Relaxed.
    looks_relaxed: { Self::ReleaseAcquire => Ordering::Acquire } => { Self::ReleaseAcquire => Ordering::Relaxed },
        no_ready_without_its_data, "[1, 0] happens";

    /// The fence is one of Acquire and Release.
    weaker_fence: { fence(Ordering::SeqCst); } => { fence(Ordering::AcqRel); },
        with_fences_one_sees_the_others_flag, "[0, 0] happens";

    /// No fence at all.
    no_fence: { fence(Ordering::SeqCst); } => {},
        with_fences_one_sees_the_others_flag, "[0, 0] happens";
}
