//! The programs in Python and JavaScript take the same steps in the same order.

use testing::twin;

#[test]
fn asyncio_agrees() {
    let folder = env!("CARGO_MANIFEST_DIR");
    compare(twin::python(folder, "twin.py", &[], &[]));
}

#[test]
fn node_agrees() {
    compare(twin::node(env!("CARGO_MANIFEST_DIR"), "twin.mjs", &[]));
}

fn compare(theirs: Option<String>) {
    let Some(theirs) = theirs else { return };
    let ours = include_str!("../../output.txt").lines().take(4);
    assert_eq!(theirs.lines().collect::<Vec<_>>(), ours.collect::<Vec<_>>());
}
