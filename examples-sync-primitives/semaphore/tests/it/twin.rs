//! The Python twin prints the same lines, as far as Python's semaphore can.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt");
    let lines = |text: &str| text.lines().take(7).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&twin), lines(ours));
    // Counted as words: Python's threads may print between the words and the end of a line.
    let pages = twin.matches("page ").count();
    assert_eq!(pages, 20, "the construct on the page runs, too");
}
