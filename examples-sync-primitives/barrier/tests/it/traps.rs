//! The traps of the page, with std's Barrier.
#![expect(clippy::panic, reason = "what happens then is the trap")]

use std::sync::Barrier;
use std::thread;

// ANCHOR: panic
fn one_of_two_panics() {
    let all = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            println!("waits");
            all.wait(); // wrong: waits forever
            println!("continues");
        });
        scope.spawn(|| {
            panic!("before the barrier");
        });
    }); // waits for both, and so never reports the panic
}
// ANCHOR_END: panic

// ANCHOR: too-few
fn more_threads_than_the_barrier_is_for() {
    let all = Barrier::new(2);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| all.wait()); // wrong: two continue, the third waits forever
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
fn a_thread_too_many_waits_forever() {
    let body = more_threads_than_the_barrier_is_for;
    testing::watchdog::assert_hangs("traps::a_thread_too_many_waits_forever", "waits", body);
}

#[test]
fn a_barrier_that_breaks_ends_with_an_error() {
    testing::watchdog::assert_ends(|| {
        // ANCHOR: breaks
        let told = thread::scope(|scope| {
            let mut members = barrier::barrier(2);
            let (mut one, other) = (members.remove(0), members.remove(0));
            let waits = scope.spawn(move || one.wait());
            let panics = scope.spawn(move || {
                let _other = other; // right: dropped by the panic, which breaks the barrier
                panic!("before the barrier");
            });
            assert!(panics.join().is_err());
            waits.join().unwrap()
        });
        assert_eq!(told, Err(barrier::Broken));
        // ANCHOR_END: breaks
    });
}
