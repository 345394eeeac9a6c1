//! The programs under `examples/` run.

use testing::watchdog::assert_ends;

#[path = "../../examples/construct.rs"]
mod construct;
#[path = "../../examples/idea.rs"]
mod idea;

#[test]
fn the_short_version_runs() {
    assert_ends(idea::main);
}

#[test]
fn the_construct_beside_the_python_one_runs() {
    assert_ends(construct::main);
}
