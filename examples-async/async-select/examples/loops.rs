// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Four loops over `select!`, two wrong and two right. `src/main.rs` runs them.

use std::pin::pin;
use std::time::Duration;
use tokio::select;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep};

// ANCHOR: tick
const TICK: Duration = Duration::from_millis(100);
// ANCHOR_END: tick
// ANCHOR: other
const OTHER: Duration = Duration::from_millis(110);
// ANCHOR_END: other

// ANCHOR: new_timer
/// Wrong: each command starts the loop again, and the timer with it.
pub(crate) async fn new_timer_each_turn(mut commands: Receiver<u32>) -> u32 {
    let mut ticks = 0;
    loop {
        select! {
            () = sleep(TICK) => ticks += 1,
            command = commands.recv() => if command.is_none() { return ticks },
        }
    }
}
// ANCHOR_END: new_timer

// ANCHOR: one_timer
/// Right: one timer for all turns. It is set again only when it has fired.
pub(crate) async fn one_timer(mut commands: Receiver<u32>) -> u32 {
    let mut ticks = 0;
    let mut tick = pin!(sleep(TICK));
    loop {
        select! {
            biased;
            () = &mut tick => {
                ticks += 1;
                tick.as_mut().reset(Instant::now() + TICK);
            }
            command = commands.recv() => if command.is_none() { return ticks },
        }
    }
}
// ANCHOR_END: one_timer

// ANCHOR: two
/// Not cancel-safe, although `recv` is: the first number is lost if this is dropped in between.
async fn pair(numbers: &mut Receiver<u32>) -> Option<(u32, u32)> {
    let first = numbers.recv().await?;
    let second = numbers.recv().await?;
    Some((first, second))
}
// ANCHOR_END: two

// ANCHOR: pair
/// Wrong: a tick drops the future of `pair`, and the number that it has received.
pub(crate) async fn new_pair_each_turn(mut numbers: Receiver<u32>) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    let mut tick = pin!(sleep(OTHER));
    loop {
        select! {
            () = &mut tick => tick.as_mut().reset(Instant::now() + OTHER),
            next = pair(&mut numbers) => match next {
                Some(next) => pairs.push(next),
                None => return pairs,
            },
        }
    }
}
// ANCHOR_END: pair

// ANCHOR: one_pair
/// Right: the same future is polled in each turn, until it is ready.
pub(crate) async fn one_pair_until_ready(mut numbers: Receiver<u32>) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    let mut tick = pin!(sleep(OTHER));
    loop {
        let mut next = pin!(pair(&mut numbers));
        let next = loop {
            select! {
                () = &mut tick => tick.as_mut().reset(Instant::now() + OTHER),
                next = &mut next => break next,
            }
        };
        match next {
            Some(next) => pairs.push(next),
            None => return pairs,
        }
    }
}
// ANCHOR_END: one_pair
