//! The programs in `examples` print what the page says, and so do their twins.

use testing::{child::example, twin};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_answers_in_order() {
    assert_eq!(printed("thread-worker-idea"), "desserts\nreward\n");
}

#[test]
fn the_construct_prints_the_sum() {
    assert_eq!(printed("thread-worker-construct"), "sum: 6\n");
}

#[test]
fn python_shares_the_object() {
    if let Some(twin) = twin::python(FOLDER, "twin.py", &[], &[]) {
        assert_eq!(twin, "sum: 6\nthe same object on both sides: True\n");
    }
}

/// What the page says about `postMessage`.
#[test]
fn node_copies_or_detaches_and_is_silent_about_a_late_message() {
    let Some(twin) = twin::node(FOLDER, "twin.mjs", &[]) else {
        return;
    };
    let lines: Vec<_> = twin.lines().collect();
    let expected = [
        "sum: 6",
        "left here: 0 bytes",
        "after a copy: 3 bytes",
        "after a transfer: TypeError: Cannot perform Construct on a detached ArrayBuffer",
        "a function: DataCloneError",
        "sums in order: 6,4",
        "the worker failed: TypeError",
        "a late postMessage returns: undefined",
    ];
    assert_eq!(lines, expected);
}
