//! The Arc made by hand under loom: the file that you copy, byte for byte, in every order of its
//! steps; and that file with a bug planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the Arc's own `use` lines as well.
extern crate model as std;

#[path = "../src/by_hand.rs"]
pub mod by_hand;
#[path = "model/properties.rs"]
mod properties;

mutants::mutants! {
    "src/by_hand.rs" as by_hand, "tests/model/properties.rs";

    /// What an owner did with the value may come after the drop by the last one.
    relaxed_drop: { fetch_sub(1, Release) } => { fetch_sub(1, Relaxed) },
        the_last_owner_frees_and_nobody_before, "Causality violation";

    /// The last owner drops the value without having seen what the others did.
    no_acquire: { self.inner().owners.load(Acquire); } => {},
        the_last_owner_frees_and_nobody_before, "Causality violation";

    /// The last owner takes itself for one of many.
    nobody_is_last: { fetch_sub(1, Release) != 1 } => { fetch_sub(1, Release) != 0 },
        the_last_owner_frees_and_nobody_before, "leaked";

    /// To let go is two steps: two owners both find two, and leave one behind.
    lets_go_in_two_steps: { if self.inner().owners.fetch_sub(1, Release) != 1 } => {
            let owners = self.inner().owners.load(Acquire);
            self.inner().owners.store(owners - 1, Release);
            if owners != 1
        },
        the_last_owner_frees_and_nobody_before, "leaked";

    /// The last but one frees the value under the last.
    frees_too_early: { fetch_sub(1, Release) != 1 } => { fetch_sub(1, Release) > 2 },
        the_last_owner_frees_and_nobody_before, "used after it was freed";

    /// To become an owner is two steps: two new owners are counted as one.
    joins_in_two_steps: { let before = self.inner().owners.fetch_add(1, Relaxed); } => {
            let before = self.inner().owners.load(Relaxed);
            self.inner().owners.store(before + 1, Relaxed);
        },
        no_new_owner_is_overlooked, "used after it was freed";

    /// Alone by the count, and still what the other read may come after the change.
    changes_too_early: { owners.load(Acquire) != 1 } => { owners.load(Relaxed) != 1 },
        who_is_alone_may_change_the_value, "Causality violation";
}
