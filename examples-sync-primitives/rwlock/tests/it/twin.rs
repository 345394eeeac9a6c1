//! The Python twin, with a lock of its own, lets in the same.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours: Vec<_> = include_str!("../../output.txt").lines().skip(5).collect();
    assert_eq!(twin.lines().collect::<Vec<_>>(), ours);
}
