//! The short version, and the program that the page shows beside Python's.

use std::sync::Arc;

#[path = "../../examples/construct.rs"]
mod construct;
#[path = "../../examples/idea.rs"]
mod idea;

#[test]
fn the_short_version_frees_the_whole_tree() {
    let _limit = testing::watchdog::limit();
    idea::main();
    let root = idea::node("root", None);
    let leaf = idea::node("leaf", Some(&root));
    assert_eq!((leaf.name, Arc::strong_count(&leaf)), ("leaf", 2));
    let (seen_root, seen_leaf) = (Arc::downgrade(&root), Arc::downgrade(&leaf));
    drop((root, leaf));
    assert_eq!(seen_root.strong_count() + seen_leaf.strong_count(), 0);
}

#[test]
fn the_construct_runs() {
    let _limit = testing::watchdog::limit();
    construct::main();
}
