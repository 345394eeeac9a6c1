//! The Python twin draws the same rows and prints the same results.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt");
    let rows = |text: &str| text.lines().take(11).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rows(&twin), rows(ours));
    let results = |text: &str| -> Vec<String> {
        let lines = text.lines().skip(11).take(4);
        lines
            .filter_map(|line| line.get(30..))
            .map(str::to_owned)
            .collect()
    };
    let (theirs, ours) = (results(&twin), results(ours));
    assert_eq!(theirs[1..], ours[1..]); // the first one says "panics" or "raises"
    let phases = twin.matches("phase 1").count() + twin.matches("phase 2").count();
    assert_eq!(phases, 6, "the construct on the page runs, too: {twin}");
}
