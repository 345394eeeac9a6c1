//! The Python twin: a cache that checks and then computes, one under a lock, and what an
//! exception leaves.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt").lines();
    assert_eq!(twin.lines().count(), 5);
    for (theirs, ours) in twin.lines().zip(ours) {
        assert_eq!(fact(theirs), fact(ours));
    }
}

/// What follows the name of the case; a line without a name is a fact as a whole.
fn fact(line: &str) -> &str {
    line.split_once(':').map_or(line, |(_, fact)| fact.trim())
}
