//! The Python twin prints the same facts, as far as Python has such steps.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours: Vec<_> = include_str!("../../output.txt").lines().collect();
    let facts: Vec<_> = twin
        .lines()
        .filter(|line| !line.contains("stopped:"))
        .collect();
    assert_eq!(facts.len(), 6, "{twin}");
    for fact in facts {
        assert!(ours.contains(&fact), "{fact}");
    }
}
