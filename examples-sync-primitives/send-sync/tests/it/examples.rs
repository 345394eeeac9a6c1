//! The short version runs and adds up.

#[path = "../../examples/idea.rs"]
mod idea;

use testing::child::example;

#[test]
fn the_short_version_runs() {
    testing::watchdog::assert_ends(idea::main);
}

#[test]
fn the_short_version_loses_no_number() {
    let _limit = testing::watchdog::limit();
    let output = example("send-sync-idea").output();
    let output = output.expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "10\n");
}
