//! The traps of the page that the demonstration does not show.

use std::pin::pin;
use testing::watchdog;
use tokio::select;
use tokio::sync::{Mutex, mpsc};
use virtual_time::run;

// ANCHOR: starved
/// How many commands are handled before the stop.
async fn starves(mut commands: mpsc::Receiver<u32>, stop: impl Future<Output = ()>) -> u32 {
    let mut stop = pin!(stop);
    let mut handled = 0;
    loop {
        select! {
            biased; // wrong order: while commands are ready, nothing below is polled
            Some(_) = commands.recv() => handled += 1,
            () = &mut stop => return handled,
        }
    }
}
// ANCHOR_END: starved

/// How many of 100 commands are handled before the stop, when everything is ready from the start.
fn handled_before_the_stop(biased: bool) -> u32 {
    let handled = run(async {
        let (send, mut commands) = mpsc::channel(100);
        for number in 0..100 {
            send.try_send(number).expect("there is capacity");
        }
        if biased {
            return starves(commands, async {}).await;
        }
        let mut stop = pin!(async {});
        let mut handled = 0;
        loop {
            select! {
                Some(_) = commands.recv() => handled += 1,
                () = &mut stop => return handled,
            }
        }
    });
    handled.expect("a runtime").0
}

#[test]
fn a_busy_first_branch_starves_the_others_under_biased() {
    let _limit = watchdog::limit();
    assert_eq!(handled_before_the_stop(true), 100);
}

/// A random branch is polled first in each turn. That all 100 are commands has the probability
/// of 1 in 2 to the power of 100.
#[test]
fn without_biased_the_stop_has_its_turn() {
    let _limit = watchdog::limit();
    assert!(handled_before_the_stop(false) < 100);
}

#[test]
fn a_closed_channel_that_does_not_end_the_loop_makes_it_spin() {
    let _limit = watchdog::limit();
    let turns = run(async {
        let (send, mut commands) = mpsc::channel::<u32>(1);
        drop(send);
        let mut turns = 0;
        while turns < 1_000 {
            turns += 1;
            select! {
                command = commands.recv() => assert_eq!(command, None),
                () = std::future::pending() => {}
            }
        }
        turns
    });
    let (turns, time) = turns.expect("a runtime");
    assert_eq!((turns, time.as_millis()), (1_000, 0));
}

// ANCHOR: deadlock
/// Wrong: `update` is not polled while the branch runs, and it may be the next owner of the lock.
async fn waits_for_a_future_that_is_not_polled() {
    let total = Mutex::new(0);
    let held = total.lock().await;
    let mut update = pin!(async { *total.lock().await += 1 });
    select! {
        biased;
        () = &mut update => {} // waits in the queue of the lock
        () = async {} => {
            drop(held); // gives the lock to `update`, which nobody polls
            *total.lock().await += 1; // so this waits forever
        }
    }
}
// ANCHOR_END: deadlock

#[test]
fn a_branch_that_wants_the_lock_of_a_pinned_future_hangs() {
    let test = "traps::a_branch_that_wants_the_lock_of_a_pinned_future_hangs";
    watchdog::assert_hangs(test, "starts", || {
        println!("starts");
        run(waits_for_a_future_that_is_not_polled()).expect("a runtime");
    });
}

// ANCHOR: no_deadlock
/// Right: the branch only says what happened. The lock is taken after the future has ended.
async fn ends_the_future_first() -> u32 {
    let total = Mutex::new(0);
    let held = total.lock().await;
    let mut update = pin!(async { *total.lock().await += 1 });
    let updated = select! {
        biased;
        () = &mut update => true,
        () = async {} => false,
    };
    drop(held);
    if !updated {
        update.await;
    }
    let mut total = total.lock().await;
    *total += 1;
    *total
}
// ANCHOR_END: no_deadlock

#[test]
fn a_future_that_is_awaited_releases_the_lock() {
    watchdog::assert_ends(|| {
        let total = run(ends_the_future_first()).expect("a runtime").0;
        assert_eq!(total, 2);
    });
}
