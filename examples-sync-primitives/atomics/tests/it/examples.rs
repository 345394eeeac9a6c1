//! The short version, and the program that the page shows beside Python's.

use std::thread;
use testing::watchdog;

#[path = "../../examples/construct.rs"]
mod construct;
#[path = "../../examples/idea.rs"]
mod idea;

#[test]
fn the_short_version_hands_out_each_number_once() {
    let _limit = watchdog::limit();
    idea::main();
    assert!(idea::hit() >= 4_000);
    let numbers = || (0..1_000).map(|_| idea::hit()).collect::<Vec<_>>();
    let mut all = thread::scope(|scope| {
        let other = scope.spawn(numbers);
        let mut ours = numbers();
        ours.extend(other.join().unwrap());
        ours
    });
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 2_000);
}

#[test]
fn the_construct_stops() {
    let _limit = watchdog::limit();
    construct::main();
}
