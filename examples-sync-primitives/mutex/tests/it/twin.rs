//! The Python twin prints the same facts, save that no exception poisons its lock.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt");
    for fact in ["threads add 1", "read it, then write it:", "under a"] {
        assert_eq!(last_word(&twin, fact), last_word(ours, fact), "{fact}");
    }
    assert_eq!(last_word(ours, "total:"), "done"); // refused, a change was left half done
    assert!(twin.contains("630, though it was 600"), "{twin}"); // read as if it were right
}

/// The last word of the line that begins with `fact`.
fn last_word<'a>(text: &'a str, fact: &str) -> &'a str {
    let line = text.lines().find(|line| line.contains(fact));
    let line = line.expect("both print every fact");
    line.split(' ').next_back().unwrap_or_default()
}
