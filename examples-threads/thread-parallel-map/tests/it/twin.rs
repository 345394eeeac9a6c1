//! The twins find the same results, in the same order.

use testing::twin;

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");
const OURS: &str = include_str!("../../output.txt");

#[test]
fn the_python_twin_agrees() {
    let Some(twin) = twin::python(FOLDER, "twin.py", &[], &[]) else {
        return;
    };
    agrees(&twin, 3);
    assert!(OURS.contains("\"no steps for 27\"") && twin.contains("\"no steps for 27\""));
}

#[test]
fn the_node_twin_agrees() {
    let Some(twin) = twin::node(FOLDER, "twin.mjs", &[]) else {
        return;
    };
    agrees(&twin, 1);
}

fn agrees(twin: &str, ways: usize) {
    assert_eq!(twin.lines().next(), OURS.lines().next());
    let same = twin.matches("the same results in the same order").count();
    assert_eq!(same, ways, "{twin}");
}
