//! The programs under `examples/` run.

#[path = "../../examples/idea.rs"]
mod idea;

#[path = "../../examples/construct.rs"]
mod construct;

#[test]
fn the_short_version_runs() {
    idea::main();
}

#[path = "../../examples/timers.rs"]
mod timers;

#[test]
fn the_short_version_with_timers_runs() {
    timers::main();
}

#[test]
fn the_construct_beside_the_other_languages_runs() {
    construct::main();
}
