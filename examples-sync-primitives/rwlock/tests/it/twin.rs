//! The Python twin, with a lock of its own, lets the same threads in.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours: Vec<_> = include_str!("../../output.txt").lines().skip(7).collect();
    assert_eq!(twin.lines().take(ours.len()).collect::<Vec<_>>(), ours);
    let themes = twin.matches("dark").count() + twin.matches("light").count();
    assert_eq!(themes, 3, "the construct on the page runs, too: {twin}");
}
