//! The short version, and the program that the page shows beside Python's.

use testing::watchdog;

#[path = "../../examples/construct.rs"]
mod construct;
#[path = "../../examples/idea.rs"]
mod idea;

#[test]
fn the_short_version_uses_the_value_that_main_has_set() {
    let _limit = watchdog::limit();
    idea::main();
    let expected = match std::env::var("SCHEME").as_deref() {
        Ok("https") => Some(443),
        Ok("http") | Err(_) => Some(80),
        Ok(_) => None,
    };
    assert_eq!(idea::port(), expected);
}

#[test]
fn the_construct_runs() {
    let _limit = watchdog::limit();
    construct::main();
}
