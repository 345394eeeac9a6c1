//! The traps of the page, as facts about std's Barrier.
#![expect(clippy::panic, reason = "what happens then is the trap")]

use std::sync::Barrier;
use std::thread;

// ANCHOR: panic
fn one_of_two_panics() {
    let all = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            println!("waits");
            all.wait(); // for ever
            println!("goes on");
        });
        scope.spawn(|| {
            panic!("before it comes to the barrier");
        });
    }); // waits for both
}
// ANCHOR_END: panic

// ANCHOR: too-few
fn more_threads_than_the_barrier_is_for() {
    let all = Barrier::new(2);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| all.wait()); // two go on, and the third waits for a fourth
        }
        println!("waits");
    });
}
// ANCHOR_END: too-few

#[test]
fn a_panic_leaves_the_others_waiting() {
    testing::watchdog::assert_hangs(
        "traps::a_panic_leaves_the_others_waiting",
        "waits",
        one_of_two_panics,
    );
}

#[test]
fn a_thread_too_many_waits_for_ever() {
    let body = more_threads_than_the_barrier_is_for;
    testing::watchdog::assert_hangs("traps::a_thread_too_many_waits_for_ever", "waits", body);
}
