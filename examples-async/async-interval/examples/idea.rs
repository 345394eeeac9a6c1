// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up the end from outside: it stops by itself after three jobs.
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() {
    let mut ticks = interval(Duration::from_millis(20)); // before the loop
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay); // not the default, `Burst`
    for job in 1..=3 {
        ticks.tick().await; // the first one is immediate
        println!("job {job}");
    }
}
