//! The Python twin prints the same results, except that its queue does not know which threads are
//! left.

use testing::twin;

#[test]
fn the_twin_agrees() {
    let Some(twin) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt");
    for (theirs, our) in [
        ("queue.Queue(4) ", "channel(4) "),
        ("queue.Queue() ", "mpsc::channel() "),
        ("received ", "received "),
        ("all different ", "all different "),
        ("each producer's in order ", "each producer's in order "),
    ] {
        assert_eq!(value(&twin, theirs), value(ours, our), "{our}");
    }
    let given_back = value(ours, "send(\"second\")");
    assert_eq!(given_back, "an error that gives \"second\" back");
    assert!(value(&twin, "put(\"second\")").starts_with("nothing reports it"));
    let pages = twin.lines().filter(|line| line.starts_with("page "));
    assert_eq!(pages.count(), 10, "the construct on the page runs, too");
}

/// What a line says after `fact`.
fn value<'a>(text: &'a str, fact: &str) -> &'a str {
    let line = text.lines().find_map(|line| line.trim().strip_prefix(fact));
    line.expect("both print every fact").trim()
}
