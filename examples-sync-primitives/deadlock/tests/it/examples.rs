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
        accounts: [Mutex::new(5), Mutex::new(7)],
    };
    thread::scope(|scope| {
        for thread in 0..4 {
            let bank = &bank;
            scope.spawn(move || (0..5_000).for_each(|_| bank.transfer(thread % 2 == 0, 3)));
        }
    });
    assert_eq!(bank.accounts.map(|it| it.into_inner().unwrap()), [5, 7]);
}

#[test]
fn the_construct_runs() {
    let _limit = watchdog::limit();
    construct::main();
}
