//! The Python twin prints the same. The JavaScript twin prints the same as far as it goes: it has
//! tasks instead of threads, and no lock.

use testing::twin;

#[test]
fn the_python_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt");
    assert_eq!(
        twin.lines().collect::<Vec<_>>(),
        ours.lines().collect::<Vec<_>>()
    );
}

#[test]
fn the_javascript_twin_agrees() {
    let Some(twin) = twin::node(env!("CARGO_MANIFEST_DIR"), "twin.mjs", &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt").replace("threads", "tasks");
    let ours = ours.lines().filter(|line| !line.contains("a lock for"));
    assert_eq!(
        twin.lines().collect::<Vec<_>>(),
        ours.take(6).collect::<Vec<_>>()
    );
}
