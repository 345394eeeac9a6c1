//! The programs under `examples/` run, and give what they say.

#[path = "../../examples/construct.rs"]
mod construct;
#[path = "../../examples/idea.rs"]
mod idea;

#[test]
fn the_short_version_keeps_the_order() {
    idea::main();
    for count in [0, 1, 2, 7, 100] {
        let items: Vec<u64> = (0..count).collect();
        let expected: Vec<u64> = items.iter().map(|n| n * n).collect();
        assert_eq!(idea::parallel_map(&items, |n| n * n), expected);
    }
}

#[test]
fn the_construct_beside_the_python_one_runs() {
    construct::main();
    assert_eq!(construct::all_steps(&[1, 6, 27]), [0, 8, 111]);
}
