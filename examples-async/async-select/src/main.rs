//! Events in order, a timer that never fires, and values that disappear.

use async_select::{Event, serve};
use std::io::{self, Write};
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, channel};
use virtual_time::{run, sleep};

#[path = "../examples/loops.rs"]
mod loops;
use loops::{new_pair_each_turn, new_timer_each_turn, one_pair_until_ready, one_timer};

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    writeln!(
        out,
        "A command every 40 ms, a tick every 100 ms, shutdown after 250 ms:"
    )?;
    let (tick, stop) = (Duration::from_millis(100), Duration::from_millis(250));
    let (log, time) = run(async { serve(every_40_ms(10), tick, sleep(stop)).await })?;
    for event in log {
        match event {
            Event::Command(number) => writeln!(out, "  command {number}")?,
            Event::Tick => writeln!(out, "  tick")?,
            Event::Shutdown => writeln!(out, "  shutdown")?,
            Event::Closed => writeln!(out, "  closed")?,
        }
    }
    writeln!(out, "  it took {} ms", time.as_millis())?;

    writeln!(out, "20 commands, one every 40 ms, and a timer of 100 ms:")?;
    let (ticks, _) = run(async { new_timer_each_turn(every_40_ms(20)).await })?;
    writeln!(out, "  a new timer in each turn fired {ticks} times")?;
    let (ticks, _) = run(async { one_timer(every_40_ms(20)).await })?;
    writeln!(
        out,
        "  one timer, pinned before the loop, fired {ticks} times"
    )?;

    writeln!(
        out,
        "The numbers 0 to 9, read in pairs, and a timer of 110 ms:"
    )?;
    let (pairs, _) = run(async { new_pair_each_turn(every_40_ms(10)).await })?;
    writeln!(out, "  a new future in each turn: {pairs:?}")?;
    let (pairs, _) = run(async { one_pair_until_ready(every_40_ms(10)).await })?;
    writeln!(out, "  one future until it is ready: {pairs:?}")
}

/// Receives the numbers from 0, one every 40 ms. Then the channel is closed.
fn every_40_ms(count: u32) -> Receiver<u32> {
    let (send, receive) = channel(1);
    tokio::spawn(async move {
        for number in 0..count {
            sleep(Duration::from_millis(40)).await;
            if send.send(number).await.is_err() {
                return; // the shutdown has closed the channel
            }
        }
    });
    receive
}
