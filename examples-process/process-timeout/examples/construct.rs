// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A command that takes too long.

use process_timeout::run_within;
use std::{process::Command, time::Duration};

fn main() -> std::io::Result<()> {
    // ANCHOR: construct
    let mut command = Command::new("sh");
    let script = "echo started; sleep 60 & wait";
    command.args(["-c", script]);
    let limit = Duration::from_secs(1);
    let ended = run_within(command, limit, 1 << 20)?;
    if ended.timed_out {
        println!("timed out");
    }
    let text = String::from_utf8_lossy(&ended.stdout);
    print!("{text}"); // what it printed before
    // ANCHOR_END: construct
    Ok(())
}
