//! The Python twin: a cache that looks, then makes; one under a lock; and what an exception leaves.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt").lines();
    assert_eq!(twin.lines().count(), 5);
    for (theirs, ours) in twin.lines().zip(ours) {
        if !ours.ends_with("The next one:") {
            assert_eq!(fact(theirs), fact(ours));
        }
    }
}

/// What stands behind the name of the case; a line without one is a fact as a whole.
fn fact(line: &str) -> &str {
    line.split_once(':').map_or(line, |(_, fact)| fact.trim())
}
