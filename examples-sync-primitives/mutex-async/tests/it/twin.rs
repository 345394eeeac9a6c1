//! The program in Python prints the same facts, without the times.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = facts(include_str!("../../output.txt"));
    let theirs = facts(&twin);
    assert_eq!(theirs.len(), 8, "{twin}");
    for (theirs, ours) in theirs.iter().zip(ours) {
        assert!(ours.starts_with(theirs), "{ours} here, {theirs} there");
    }
}

/// What each indented line says after its label.
fn facts(text: &str) -> Vec<&str> {
    let lines = text.lines().filter(|line| line.starts_with("  "));
    let facts = lines.filter_map(|line| line.split_once(": "));
    facts.map(|(_, fact)| fact.trim_start()).collect()
}
