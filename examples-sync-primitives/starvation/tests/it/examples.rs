//! The short version, with threads that arrive in a known order.

use std::sync::atomic::Ordering;
use std::thread;
use testing::watchdog;

#[path = "../../examples/construct.rs"]
mod construct;
#[path = "../../examples/idea.rs"]
mod idea;

#[test]
fn the_construct_runs() {
    let _limit = watchdog::limit();
    construct::main();
}

#[test]
fn the_short_version_serves_threads_in_the_order_of_arrival() {
    let _limit = watchdog::limit();
    idea::main();
    let lock = idea::TicketLock::<Vec<usize>>::default();
    thread::scope(|scope| {
        lock.with(|_| {
            for arrival in 1..=5 {
                let lock = &lock;
                scope.spawn(move || lock.with(|order| order.push(arrival)));
                while lock.tickets.load(Ordering::Relaxed) <= arrival {
                    thread::yield_now();
                }
            }
        });
    });
    assert_eq!(lock.with(|order| order.clone()), [1, 2, 3, 4, 5]);
}
