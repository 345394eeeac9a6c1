//! The programs in Python and JavaScript print the same facts, as far as they measure them.

use testing::twin;

#[test]
fn asyncio_agrees() {
    let theirs = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]);
    compare(theirs, &[0, 1, 2, 4, 6]);
}

#[test]
fn node_agrees() {
    let theirs = twin::node(env!("CARGO_MANIFEST_DIR"), "twin.mjs", &[]);
    compare(theirs, &[0, 1, 2, 5]);
}

/// Each line of theirs is the beginning of ours at this place: only ours has times.
fn compare(theirs: Option<String>, places: &[usize]) {
    let Some(theirs) = theirs else { return };
    let (ours, theirs) = (facts(include_str!("../../output.txt")), facts(&theirs));
    assert_eq!(theirs.len(), places.len(), "{theirs:?}");
    for (theirs, place) in theirs.iter().zip(places) {
        let ours = ours[*place];
        assert!(ours.starts_with(theirs), "{theirs} there, {ours} here");
    }
}

/// What each indented line says after its label.
fn facts(text: &str) -> Vec<&str> {
    let lines = text.lines().filter(|line| line.starts_with("  "));
    let facts = lines.filter_map(|line| line.split_once(": "));
    facts.map(|(_, fact)| fact.trim_start()).collect()
}
