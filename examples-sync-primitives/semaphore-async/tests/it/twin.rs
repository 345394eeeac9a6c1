//! The twins in Python and JavaScript find the same; what they do not measure they leave out.

use testing::twin;

#[test]
fn asyncio_agrees() {
    let folder = env!("CARGO_MANIFEST_DIR");
    compare(twin::python(folder, "twin.py", &[], &[]), 5);
}

#[test]
fn node_agrees() {
    compare(twin::node(env!("CARGO_MANIFEST_DIR"), "twin.mjs", &[]), 4);
}

fn compare(theirs: Option<String>, expected: usize) {
    let Some(theirs) = theirs else { return };
    let ours = facts(include_str!("../../output.txt"));
    let theirs = facts(&theirs);
    assert_eq!(theirs.len(), expected, "{theirs:?}");
    for (what, value) in theirs {
        let same = |(our, ours): &(&str, &str)| *our == what && ours.starts_with(value);
        assert!(
            ours.iter().any(same),
            "{what}: {value} there, {ours:?} here"
        );
    }
}

/// What stands before and after the colon of each line that is indented.
fn facts(text: &str) -> Vec<(&str, &str)> {
    let lines = text.lines().filter(|line| line.starts_with("  "));
    let facts = lines.filter_map(|line| line.split_once(": "));
    facts
        .map(|(what, value)| (what.trim(), value.trim()))
        .collect()
}
