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

    /// Dropping an owner is Relaxed: what it did with the value may come after the last drop.
    relaxed_drop: { fetch_sub(1, Release) } => { fetch_sub(1, Relaxed) },
        the_last_owner_frees_the_value_and_no_other, "Causality violation";

    /// The last owner drops the value without Acquire: it may miss what the others did.
    no_acquire: { self.inner().owners.load(Acquire); } => {},
        the_last_owner_frees_the_value_and_no_other, "Causality violation";

    /// The last owner believes that there are others.
    nobody_is_last: { fetch_sub(1, Release) != 1 } => { fetch_sub(1, Release) != 0 },
        the_last_owner_frees_the_value_and_no_other, "leaked";

    /// Dropping an owner is two steps: two owners both read 2, and both leave 1.
    drops_in_two_steps: { if self.inner().owners.fetch_sub(1, Release) != 1 } => {
            let owners = self.inner().owners.load(Acquire);
            self.inner().owners.store(owners - 1, Release);
            if owners != 1
        },
        the_last_owner_frees_the_value_and_no_other, "leaked";

    /// The last owner but one frees the value.
    frees_too_early: { fetch_sub(1, Release) != 1 } => { fetch_sub(1, Release) > 2 },
        the_last_owner_frees_the_value_and_no_other, "used after it was freed";

    /// Cloning is two steps: two new owners are counted as one.
    clones_in_two_steps: { let before = self.inner().owners.fetch_add(1, Relaxed); } => {
            let before = self.inner().owners.load(Relaxed);
            self.inner().owners.store(before + 1, Relaxed);
        },
        every_new_owner_is_counted, "used after it was freed";

    /// get_mut reads the count with Relaxed: what others read may come after the change.
    changes_too_early: { owners.load(Acquire) != 1 } => { owners.load(Relaxed) != 1 },
        a_single_owner_may_change_the_value, "Causality violation";

    /// get_mut gives access although there is a second owner.
    changes_what_two_own: { owners.load(Acquire) != 1 } => { owners.load(Acquire) > 2 },
        a_single_owner_may_change_the_value, "Causality violation";
}
