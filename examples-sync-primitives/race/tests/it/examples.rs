//! The short version, and the program that the page shows beside Python's.

#[path = "../../examples/construct.rs"]
mod construct;
#[path = "../../examples/idea.rs"]
mod idea;

#[test]
fn the_short_version_lets_one_thread_start() {
    let _limit = testing::watchdog::limit();
    assert!(idea::is_first());
    idea::main();
    assert!(!idea::is_first());
}

#[test]
fn the_construct_spends_once() {
    let _limit = testing::watchdog::limit();
    assert!(construct::spend(80));
    construct::main();
    assert!(!construct::spend(80));
    assert!(construct::spend(20));
}
