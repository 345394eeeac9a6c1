//! The Python twin prints the same results, with Python's names.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt");
    let results = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.starts_with("  "));
        lines.map(|line| line[25..].to_owned()).collect()
    };
    assert_eq!(results(ours).len(), 6);
    assert_eq!(results(&twin), results(ours));
    let got = twin.ends_with("\ngot job 1\n");
    assert!(got, "the construct on the page runs, too: {twin}");
}
