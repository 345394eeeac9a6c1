//! The lock and the cache under loom: the files that you copy, byte for byte, in every order of
//! their steps; and those files with a bug planted in them, which the same models must find.

// From here on `std` is loom in the shape of std, in the snippets' own `use` lines as well.
extern crate model as std;

#[path = "../src/by_hand.rs"]
pub mod by_hand;
#[path = "../src/cache.rs"]
pub mod cache;
#[path = "model/cache_properties.rs"]
mod cache_properties;
#[path = "model/properties.rs"]
mod properties;

#[test]
fn where_writers_go_first_to_read_twice_deadlocks() {
    let test = "model::where_writers_go_first_to_read_twice_deadlocks";
    testing::child::assert_caught(test, "deadlock; threads =", || {
        properties::read_twice(by_hand::Prefer::Writers);
    });
}

#[test]
fn where_readers_go_first_to_read_twice_does_not() {
    properties::read_twice(by_hand::Prefer::Readers);
}

mutants::mutants! {
    "src/by_hand.rs" as by_hand, "tests/model/properties.rs";

    /// A reader does not mind a writer inside.
    reads_beside_a_writer: { !inside.writing && !behind_a_writer } => { !behind_a_writer },
        a_writer_is_alone, "Causality violation";

    /// A writer does not mind readers.
    writes_beside_readers: { inside.writing || inside.readers > 0 } => { inside.writing },
        a_writer_is_alone, "Causality violation";

    /// A writer does not mind another.
    writes_beside_a_writer: { inside.writing || inside.readers > 0 } => { inside.readers > 0 },
        a_writer_is_alone, "Causality violation";

    /// A reader who wakes up believes that there was a reason.
    reader_believes_the_wake_up: { while !self.may_read(&inside) } => { if !self.may_read(&inside) },
        not_by_a_spurious_wake_up, "Causality violation";

    /// So does a writer.
    writer_believes_the_wake_up: { while inside.writing || inside.readers > 0 } => { if inside.writing || inside.readers > 0 },
        not_by_a_spurious_wake_up, "Causality violation";

    /// Readers go in one at a time.
    reads_alone: { !inside.writing && !behind_a_writer } => {
            !inside.writing && !behind_a_writer && inside.readers == 0
        },
        readers_share, "deadlock; threads =";

    /// The last reader tells nobody.
    leaves_silently: { if inside.readers == 0 && inside.writers_waiting > 0 { self.0.writers.notify_one(); } } => {},
        everyone_gets_in, "deadlock; threads =";

    /// The last writer wakes one of the readers.
    wakes_one_reader: { self.0.readers.notify_all(); } => { self.0.readers.notify_one(); },
        everyone_gets_in, "deadlock; threads =";

    /// A writer that is in counts as waiting for ever.
    waits_for_ever: { inside.writers_waiting -= 1; } => {},
        everyone_gets_in, "deadlock; threads =";

    /// New readers do not mind who waits.
    passes: { !inside.writing && !behind_a_writer } => { !inside.writing },
        no_reader_passes_a_writer_who_waits, "a reader passes";
}

mutants::mutants! {
    "src/cache.rs" as cache, "tests/model/cache_properties.rs";

    /// Between the read lock and the write lock another was faster, and is overwritten.
    no_second_look: { Arc::clone(texts.entry(name.to_owned()).or_insert(made)) } => {
            texts.insert(name.to_owned(), Arc::clone(&made));
            made
        },
        all_get_the_same_text, "two texts for one name";

    /// The read lock is still held when the write lock is asked for.
    holds_on: { let found = self.get(name); } => {
            let texts = self.texts.read().unwrap_or_else(PoisonError::into_inner);
            let found = texts.get(name).cloned();
        },
        all_get_the_same_text, "deadlock; threads =";
}
