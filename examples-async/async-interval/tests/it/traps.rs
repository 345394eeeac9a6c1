//! The traps of the page: the wrong version and the right one, in virtual time.

use std::time::Duration;
use tokio::select;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::MissedTickBehavior::{Delay, Skip};
use tokio::time::{Instant, interval, interval_at, sleep};

// ANCHOR: period
const PERIOD: Duration = Duration::from_millis(100);
// ANCHOR_END: period

// ANCHOR: burst
#[tokio::test(start_paused = true)]
async fn after_five_missed_ticks_five_follow_without_a_pause() {
    let mut ticks = interval(PERIOD); // wrong for most jobs: the default is `Burst`
    ticks.tick().await;
    sleep(PERIOD * 5).await; // five ticks are due
    let late = Instant::now();
    for _ in 0..5 {
        ticks.tick().await;
    }
    assert_eq!(late.elapsed(), Duration::ZERO);

    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(Delay); // right: or `Skip`
    ticks.tick().await;
    sleep(PERIOD * 5).await;
    let late = Instant::now();
    for _ in 0..5 {
        ticks.tick().await;
    }
    assert_eq!(late.elapsed(), PERIOD * 4); // the first is late, the others are not
}
// ANCHOR_END: burst

// ANCHOR: first
#[tokio::test(start_paused = true)]
async fn the_first_tick_is_immediate() {
    let start = Instant::now();
    interval(PERIOD).tick().await;
    assert_eq!(start.elapsed(), Duration::ZERO);

    let mut ticks = interval_at(start + PERIOD, PERIOD); // the first one after a period
    ticks.tick().await;
    assert_eq!(start.elapsed(), PERIOD);
}
// ANCHOR_END: first

// ANCHOR: new_interval
/// Wrong: a new interval in each turn ticks immediately, each time. It counts 1,000 in no time.
async fn new_interval_each_turn(mut commands: Receiver<u32>) -> u32 {
    let mut ticks = 0;
    while ticks < 1_000 {
        let mut interval = interval(PERIOD);
        select! {
            _ = interval.tick() => ticks += 1,
            command = commands.recv() => if command.is_none() { break },
        }
    }
    ticks
}

/// Right: one interval, made before the loop. `tick` loses nothing when it is dropped.
async fn one_interval(mut commands: Receiver<u32>) -> u32 {
    let (mut ticks, mut interval) = (0, interval(PERIOD));
    interval.set_missed_tick_behavior(Delay);
    while ticks < 1_000 {
        select! {
            _ = interval.tick() => ticks += 1,
            command = commands.recv() => if command.is_none() { break },
        }
    }
    ticks
}
// ANCHOR_END: new_interval

/// A command every 40 ms, for 390 ms.
fn commands() -> Receiver<u32> {
    let (send, commands) = channel(1);
    tokio::spawn(async move {
        for number in 0..9 {
            sleep(Duration::from_millis(40)).await;
            if send.send(number).await.is_err() {
                return;
            }
        }
        sleep(Duration::from_millis(30)).await;
    });
    commands
}

#[tokio::test(start_paused = true)]
async fn an_interval_made_in_each_turn_spins() {
    let _limit = testing::watchdog::limit();
    let start = Instant::now();
    assert_eq!(new_interval_each_turn(commands()).await, 1_000);
    assert!(start.elapsed() < PERIOD);
    assert_eq!(one_interval(commands()).await, 4); // at 0, 100, 200 and 300 ms
}

// ANCHOR: five_ms
#[tokio::test(start_paused = true)]
async fn a_tick_that_is_late_by_5_ms_was_not_missed() {
    let mut ticks = interval(Duration::from_millis(1));
    ticks.set_missed_tick_behavior(Skip);
    ticks.tick().await;
    sleep(Duration::from_millis(6)).await;
    let late = Instant::now();
    for _ in 0..6 {
        ticks.tick().await; // due 1 ms after the first, so late by 5 ms, 4 ms, …
    }
    assert_eq!(late.elapsed(), Duration::ZERO); // nothing was skipped
}
// ANCHOR_END: five_ms

// ANCHOR: reset
#[tokio::test(start_paused = true)]
async fn reset_moves_the_next_tick() {
    let mut ticks = interval(PERIOD);
    ticks.tick().await;
    sleep(PERIOD / 2).await;
    ticks.reset(); // for example after each message, for a keep-alive
    let start = Instant::now();
    ticks.tick().await;
    assert_eq!(start.elapsed(), PERIOD);
}
// ANCHOR_END: reset
