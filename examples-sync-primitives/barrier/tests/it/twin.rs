//! The Python twin draws the same and counts the same.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt");
    assert_eq!(twin.lines().count(), ours.lines().count());
    for (theirs, ours) in twin.lines().zip(ours.lines()) {
        if !ours.starts_with("One of 4") {
            assert_eq!(fact(theirs), fact(ours));
        }
    }
}

/// What stands behind the name of the case; a line without one is a fact as a whole.
fn fact(line: &str) -> &str {
    line.split_once(':').map_or(line, |(_, fact)| fact.trim())
}
