// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up the output, and what the command itself starts: only the command is killed.

use std::io;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

pub(crate) fn main() -> io::Result<()> {
    let mut child = Command::new("sleep").arg("60").spawn()?;
    let deadline = Instant::now() + Duration::from_millis(500);
    loop {
        if let Some(status) = child.try_wait()? {
            println!("it ended: {status}");
            return Ok(());
        }
        if Instant::now() >= deadline {
            child.kill()?;
            child.wait()?; // or it stays in the process table, as a zombie
            println!("it was killed after the limit");
            return Ok(());
        }
        thread::sleep(Duration::from_millis(10)); // std has no wait with a limit
    }
}
