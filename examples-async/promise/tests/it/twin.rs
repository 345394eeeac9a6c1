//! The program in JavaScript prints the same lines, except where JavaScript behaves differently.

use testing::twin;

/// The label of the line, and what Rust and JavaScript print.
const DIFFERENT: [[&str; 3]; 10] = [
    [
        "async fn",
        "call returns, step 1, step 2, step 3, value 123",
        "step 1, call returns, step 2, step 3, value 123",
    ],
    [
        "async fn",
        "call returns, step 1, step 2, error: step 2 failed",
        "step 1, call returns, step 2, error: step 2 failed",
    ],
    ["callbacks", "the thread of a step", "the only thread"],
    ["promises", "the thread of a step", "the only thread"],
    ["async fn", "the main thread", "the only thread"],
    [
        "registered first",
        "registered, callback runs, settle returns",
        "registered, settle returns, callback runs",
    ],
    [
        "settled first",
        "settle returns, callback runs, registered",
        "settle returns, registered, callback runs",
    ],
    [
        "2 fails",
        "3 succeeds, 2 fails, 1 succeeds, error: number 2",
        "3 succeeds, 2 fails, error: number 2, 1 succeeds",
    ],
    [
        "the future",
        "step 1, dropped",
        "step 1, dropped, step 2, step 3",
    ],
    [
        "the resolver",
        "error: broken promise: its resolver was dropped without settling it",
        "pending forever",
    ],
];

#[test]
fn node_differs_only_in_the_ten_lines_of_the_page() {
    let Some(theirs) = twin::node(env!("CARGO_MANIFEST_DIR"), "twin.mjs", &[]) else {
        return;
    };
    let ours = include_str!("../../output.txt");
    assert_eq!(ours.lines().count(), theirs.lines().count());
    let lines = ours.lines().zip(theirs.lines());
    let different: Vec<_> = lines
        .filter(|(ours, theirs)| ours != theirs)
        .map(|(ours, theirs)| {
            let (row, ours) = ours
                .split_once(':')
                .expect("the headings are the same, so this is a row");
            let theirs = theirs.trim_start().strip_prefix(row.trim_start());
            let theirs = theirs.and_then(|theirs| theirs.strip_prefix(':'));
            [row, ours, theirs.expect("the same row")].map(str::trim)
        })
        .collect();
    assert_eq!(different, DIFFERENT);
}
