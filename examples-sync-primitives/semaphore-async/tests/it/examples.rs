//! The programs under `examples/` run.

#[path = "../../examples/idea.rs"]
mod idea;

#[path = "../../examples/construct.rs"]
mod construct;

#[test]
fn the_short_version_runs() {
    let _limit = testing::watchdog::limit();
    idea::main();
}

#[test]
fn the_construct_beside_the_other_languages_runs() {
    let _limit = testing::watchdog::limit();
    construct::main();
}
