//! The Python twin prints the same facts, by Python's names.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt");
    assert_eq!(twin.lines().count(), ours.lines().count());
    for (theirs, ours) in twin.lines().zip(ours.lines()) {
        assert_eq!(fact(theirs), fact(ours));
    }
}

/// What stands behind the name of the case.
fn fact(line: &str) -> &str {
    line.rsplit(':').next().unwrap_or_default().trim()
}
