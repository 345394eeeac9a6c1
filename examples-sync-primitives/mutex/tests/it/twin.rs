//! The Python twin prints the same results, except that no exception poisons its lock.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt");
    let lines = |text: &str| -> Vec<String> {
        let lines = text.lines().take(3);
        lines.map(|line| line.replace("Lock: ", "Mutex:")).collect()
    };
    assert_eq!(lines(&twin), lines(ours));
    assert!(twin.contains("630: half done"), "{twin}"); // it was 600
    assert!(
        twin.ends_with("\n8\n"),
        "the construct on the page runs, too: {twin}"
    );
}
