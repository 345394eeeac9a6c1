//! The Python twin hangs and eats as ours does. It has no lock for readers.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt")
        .replace("with lock_both", "in the order of id")
        .replace(
            "a mutex again in a match that still holds its lock",
            "a lock again in a with block that still holds it",
        );
    assert_eq!(
        twin.lines().collect::<Vec<_>>(),
        ours.lines().take(8).collect::<Vec<_>>()
    );
}
