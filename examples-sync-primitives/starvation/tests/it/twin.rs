//! The Python twin prints the same, line by line, but for what std's Mutex does.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt").lines().skip(3);
    assert_eq!(twin.lines().collect::<Vec<_>>(), ours.collect::<Vec<_>>());
}
