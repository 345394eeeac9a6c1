//! The worker's resolver is that of `thread-fetch`, whose `tests/lookup.rs` says what it does.

#[test]
fn it_is_the_same_file() {
    let ours = include_str!("../src/resolver.rs");
    let theirs = include_str!("../../../examples-threads/thread-fetch/src/resolver.rs");
    assert_eq!(ours, theirs, "after a change in one, copy it to the other");
}
