//! The code under *Traps*, as tests.

use event_loop::{EventLoop, block_on, in_thread};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

#[test]
// ANCHOR: inert
fn a_future_does_nothing_until_it_is_awaited_or_spawned() {
    block_on(async |event_loop| {
        let ran = Rc::new(Cell::new(false));
        let note = Rc::clone(&ran);
        let future = async move { note.set(true) }; // nothing has run yet
        event_loop.sleep(Duration::from_millis(5)).await;
        assert!(!ran.get());

        future.await;
        assert!(ran.get());
    });
}
// ANCHOR_END: inert

// ANCHOR: busy
/// A long computation. Without the `await` no other task would run until it ends.
async fn sum(event_loop: EventLoop, numbers: std::ops::Range<u64>) -> u64 {
    let mut sum = 0;
    for number in numbers {
        sum += number;
        if number % 1_000 == 0 {
            event_loop.sleep(Duration::ZERO).await; // yields: other tasks run
        }
    }
    sum
}

#[test]
fn yielding_lets_other_tasks_run() {
    block_on(async |event_loop| {
        let ticks = Rc::new(Cell::new(0));
        let (count, timers) = (Rc::clone(&ticks), event_loop.clone());
        drop(event_loop.spawn(async move {
            loop {
                timers.sleep(Duration::ZERO).await;
                count.set(count.get() + 1);
            }
        }));
        assert_eq!(sum(event_loop, 0..100_000).await, 4_999_950_000);
        assert!(ticks.get() >= 98, "{} turns", ticks.get());
    });
}

#[test]
fn a_thread_computes_meanwhile() {
    let sum = block_on(async |_| in_thread(|| (0..100_000_u64).sum::<u64>()).await);
    assert_eq!(sum, 4_999_950_000);
}
// ANCHOR_END: busy
