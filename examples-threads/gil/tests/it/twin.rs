//! The Python twin finds the same facts with the real GIL.

use testing::twin;

const OURS: &str = include_str!("../../output.txt");

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    for fact in ["GIL released:", "switch often:", "1 thread computes"] {
        assert_eq!(line(&twin, fact), line(OURS, fact));
    }
    if line(&twin, "GIL: ") == "GIL: on" {
        assert_eq!(line(&twin, "switch rarely:"), line(OURS, "switch rarely:"));
    }
    let ours = line(OURS, "2 threads run x = x + 1").trim_end_matches('.');
    assert!(
        line(&twin, "2 threads run x = x + 1").starts_with(ours),
        "{twin}"
    );
    assert!(line(&twin, "switch within:").ends_with("x = 1"), "{twin}");
    assert!(line(&twin, "with a lock:").ends_with("x = 2"), "{twin}");
}

fn line<'a>(text: &'a str, part: &str) -> &'a str {
    let line = text.lines().find(|line| line.contains(part));
    line.expect("both print every fact")
}
