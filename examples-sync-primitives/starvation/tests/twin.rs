//! The Python twin prints the same, line by line.

use demo::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = include_str!("../output.txt").replace("std Mutex", "Lock");
    assert_eq!(
        twin.lines().collect::<Vec<_>>(),
        ours.lines().collect::<Vec<_>>()
    );
}
