//! The circuit breaker under loom: the file that readers copy, byte for byte, within 3 preemptions; and
//! copies of that file with a planted bug, which the same property must find.

// From here on `std` means loom in the shape of std, and `tokio` is this file, also in the `use` lines
// of the breaker.
extern crate model as std;
extern crate self as tokio;

/// The clock of loom, which stands still here, instead of tokio's.
pub mod time {
    pub use model::time::Instant;
}

#[path = "../src/breaker.rs"]
pub mod breaker;
#[path = "model/properties.rs"]
mod properties;

mutants::mutants! {
    "src/breaker.rs" as breaker, "tests/model/properties.rs";

    /// Nobody looks whether a trial is under way.
    any_number_of_trials: { state.trial || } => {},
        there_is_one_trial_at_a_time, "two trials at the same time";

    /// A trial that has ended is ended again when its permission is dropped. By then, another one may
    /// have begun.
    ends_twice: { drop(state); self.trial = false; } => { drop(state); },
        there_is_one_trial_at_a_time, "two trials at the same time";

    /// The permission is given under one lock, and the trial begins under another.
    checks_then_begins: { state.trial = trial; drop(state); } => { drop(state); self.lock().trial = trial; },
        there_is_one_trial_at_a_time, "two trials at the same time";
}
