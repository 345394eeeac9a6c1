//! The short version, and the program that the page shows beside Python's.

use std::sync::Mutex;
use std::thread;
use testing::watchdog;

#[path = "../../examples/construct.rs"]
mod construct;
#[path = "../../examples/idea.rs"]
mod idea;

#[test]
fn the_short_version_does_not_deadlock() {
    let _limit = watchdog::limit();
    idea::main();
    let bank = idea::Bank {
        ann: Mutex::new(5),
        bob: Mutex::new(7),
    };
    thread::scope(|scope| {
        for amount in [3, -3, 4, -4] {
            let bank = &bank;
            scope.spawn(move || (0..5_000).for_each(|_| bank.transfer(amount)));
        }
    });
    assert_eq!(bank.ann.into_inner().unwrap(), 5);
    assert_eq!(bank.bob.into_inner().unwrap(), 7);
}

#[test]
fn the_construct_runs() {
    let _limit = watchdog::limit();
    construct::main();
}
