//! The Python twin prints the same facts, line by line. Only the circle goes in another way:
//! there by the garbage collector, here by hand.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt")
        .replace("once the cycle is cut?", "after gc.collect()?   ");
    assert_ne!(ours, include_str!("../../output.txt"));
    assert_eq!(
        twin.lines().collect::<Vec<_>>(),
        ours.lines().collect::<Vec<_>>()
    );
}
