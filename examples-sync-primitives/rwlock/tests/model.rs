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
fn where_writers_go_first_reading_twice_deadlocks() {
    let test = "model::where_writers_go_first_reading_twice_deadlocks";
    testing::child::assert_caught(test, "deadlock; threads =", || {
        properties::read_twice(by_hand::Prefer::Writers);
    });
}

#[test]
fn where_readers_go_first_reading_twice_does_not() {
    properties::read_twice(by_hand::Prefer::Readers);
}

mutants::mutants! {
    "src/by_hand.rs" as by_hand, "tests/model/properties.rs";

    /// A reader gets in beside a writer.
    reads_beside_a_writer: { !inside.writing && !behind_a_writer } => { !behind_a_writer },
        a_writer_is_alone, "Causality violation";

    /// A writer gets in beside readers.
    writes_beside_readers: { inside.writing || inside.readers > 0 } => { inside.writing },
        a_writer_is_alone, "Causality violation";

    /// A writer gets in beside another writer.
    writes_beside_a_writer: { inside.writing || inside.readers > 0 } => { inside.readers > 0 },
        a_writer_is_alone, "Causality violation";

    /// A woken reader does not check whether it may read.
    reader_believes_the_wake_up: { while !self.may_read(&inside) } => { if !self.may_read(&inside) },
        a_spurious_wake_up_lets_nobody_in, "Causality violation";

    /// A woken writer does not check whether it may write.
    writer_believes_the_wake_up: { while inside.writing || inside.readers > 0 } => { if inside.writing || inside.readers > 0 },
        a_spurious_wake_up_lets_nobody_in, "Causality violation";

    /// Only one reader gets in at a time.
    reads_alone: { !inside.writing && !behind_a_writer } => {
            !inside.writing && !behind_a_writer && inside.readers == 0
        },
        readers_share, "deadlock; threads =";

    /// The last reader notifies no writer.
    leaves_silently: { if inside.readers == 0 && inside.writers_waiting > 0 { self.0.writers.notify_one(); } } => {},
        everyone_gets_in, "deadlock; threads =";

    /// The last writer wakes one of the readers.
    wakes_one_reader: { self.0.readers.notify_all(); } => { self.0.readers.notify_one(); },
        everyone_gets_in, "deadlock; threads =";

    /// A writer that got in still counts as waiting.
    still_waiting: { inside.writers_waiting -= 1; } => {},
        everyone_gets_in, "deadlock; threads =";

    /// New readers ignore waiting writers.
    passes: { !inside.writing && !behind_a_writer } => { !inside.writing },
        no_reader_passes_a_waiting_writer, "a reader passes";

    /// New readers wait for one writer, but pass two.
    passes_two: { inside.writers_waiting > 0; } => { inside.writers_waiting == 1; },
        no_reader_passes_a_waiting_writer, "a reader passes";

    /// The last reader notifies a writer only if exactly one is waiting.
    notifies_only_one: { inside.readers == 0 && inside.writers_waiting > 0 } =>
        { inside.readers == 0 && inside.writers_waiting == 1 },
        two_waiting_writers_get_in, "deadlock; threads =";

    /// A writer notifies readers, but no other writer.
    forgets_writers: { self.0.writers.notify_one(); self.0.readers.notify_all(); } =>
        { self.0.readers.notify_all(); },
        two_waiting_writers_get_in, "deadlock; threads =";

    /// A writer that leaves notifies the readers only if no writer is waiting.
    forgets_readers: { self.0.writers.notify_one(); self.0.readers.notify_all(); } => {
            self.0.writers.notify_one();
            if self.0.writers_waiting() == 0 { self.0.readers.notify_all(); }
        },
        a_writer_that_leaves_wakes_readers_beside_a_writer, "deadlock; threads =";

    /// `try_write` gets in beside readers.
    tries_beside_readers: { !inside.writing && inside.readers == 0 } => { !inside.writing },
        try_write_is_alone, "Causality violation";

    /// `try_write` gets in beside another writer.
    tries_beside_a_writer: { !inside.writing && inside.readers == 0 } => { inside.readers == 0 },
        try_write_is_alone, "Causality violation";

    /// `downgrade` lets the writer go, and does not count it as a reader.
    downgrades_to_nothing: { inside.writing = false; inside.let_a_reader_in(); } => { inside.writing = false; },
        a_downgrade_lets_readers_in_and_no_writer, "attempt to subtract with overflow";

    /// `downgrade` unlocks first, and a waiting writer gets in.
    downgrades_in_two_steps: { let lock = ManuallyDrop::new(guard).0; } => { let lock = guard.0; drop(guard); },
        a_downgrade_lets_no_writer_in_between, "Causality violation";

    /// `downgrade` does not wake the waiting readers.
    downgrades_silently: { lock.readers.notify_all(); } => {},
        a_downgrade_lets_readers_in_and_no_writer, "deadlock; threads =";

    /// `downgrade` wakes one of two waiting readers.
    downgrades_for_one: { lock.readers.notify_all(); } => { lock.readers.notify_one(); },
        a_downgrade_wakes_every_reader, "deadlock; threads =";

    /// `downgrade` wakes the readers only where they go first.
    downgrades_for_readers_first: { lock.readers.notify_all(); } =>
        { if lock.prefer == Prefer::Readers { lock.readers.notify_all(); } },
        a_downgrade_wakes_every_reader, "deadlock; threads =";

    /// The readers are counted in a byte. The one that does not fit in must panic: a count that
    /// starts again at 0, or stays at 255, passes the property and fails this test.
    counts_in_a_byte: { readers: usize } => { readers: u8 },
        forgotten_guards_keep_writers_out, "fewer readers than usize::MAX";

    /// Readers wait behind a writer also where readers go first.
    readers_never_pass: { self.prefer == Prefer::Writers && inside.writers_waiting > 0 } =>
        { inside.writers_waiting > 0 },
        where_readers_go_first_they_pass, "a reader waits for a reader";
}

mutants::mutants! {
    "src/cache.rs" as cache, "tests/model/cache_properties.rs";

    /// Between the read lock and the write lock another thread was faster, and its text is overwritten.
    no_second_look: { Arc::clone(texts.entry(name.to_owned()).or_insert(made)) } => {
            texts.insert(name.to_owned(), Arc::clone(&made));
            made
        },
        all_get_the_same_text, "two texts for one name";

    /// The read lock is still held when the write lock is requested.
    holds_on: { let found = self.get(name); } => {
            let texts = self.texts.read().unwrap_or_else(PoisonError::into_inner);
            let found = texts.get(name).cloned();
        },
        all_get_the_same_text, "deadlock; threads =";
}
