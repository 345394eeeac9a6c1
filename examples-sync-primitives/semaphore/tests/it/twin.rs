//! The Python twin prints the same facts, as far as Python's semaphore goes.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt");
    let both = twin.lines().zip(ours.lines());
    assert_eq!(both.clone().count(), 6);
    for (theirs, ours) in both {
        assert_eq!(theirs, ours);
    }
}
