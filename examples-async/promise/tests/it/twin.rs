//! The twin in JavaScript prints the same lines, but for those in which JavaScript differs.

use testing::twin;

/// The name of the row, and what it says in Rust and in JavaScript.
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
    ["callbacks", "a step's", "the only one"],
    ["promises", "a step's", "the only one"],
    ["async fn", "main", "the only one"],
    [
        "before it settles",
        "registered, callback runs, settle returns",
        "registered, settle returns, callback runs",
    ],
    [
        "after it settled",
        "settle returns, callback runs, registered",
        "settle returns, registered, callback runs",
    ],
    [
        "the second fails",
        "3 arrives, 2 fails, 1 arrives, error: it was 2",
        "3 arrives, 2 fails, error: it was 2, 1 arrives",
    ],
    [
        "the future",
        "step 1, dropped",
        "step 1, dropped, step 2, step 3",
    ],
    [
        "the resolver",
        "error: the promise was broken: its resolver is gone",
        "pending for ever",
    ],
];

#[test]
fn node_agrees_and_differs_where_the_page_says_so() {
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
                .expect("a row, for titles are the same");
            let theirs = theirs.trim_start().strip_prefix(row.trim_start());
            let theirs = theirs.and_then(|theirs| theirs.strip_prefix(':'));
            [row, ours, theirs.expect("the same row")].map(str::trim)
        })
        .collect();
    assert_eq!(different, DIFFERENT);
}
