//! The programs in `examples` print what the page says.

use testing::{child::example, twin};

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_counts_down() {
    let _limit = testing::watchdog::limit();
    assert_eq!(printed("async-future-idea"), "2\n1\ngo\n");
}

#[test]
fn the_state_machine_does_what_the_async_function_does() {
    let _limit = testing::watchdog::limit();
    assert_eq!(printed("state_machine"), "Ready(3)\nReady(3)\n");
}

#[test]
fn the_coroutine_takes_the_same_steps() {
    let _limit = testing::watchdog::limit();
    let ours = printed("async-future-construct");
    assert_eq!(ours, "called\nfirst line\npending\nready: 3\n");
    if let Some(theirs) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) {
        assert_eq!(theirs, ours);
    }
}
