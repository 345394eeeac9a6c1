// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Input in, both outputs out.

use process_pipe::communicate;
use std::process::Command;

fn main() -> std::io::Result<()> {
    // ANCHOR: construct
    let limit = 1 << 20; // bytes of each output
    let input = b"pear\napple\nfig\n";
    let child = Command::new("sort");
    let output = communicate(child, input, limit)?;
    let text = String::from_utf8_lossy(&output.stdout);
    for line in text.lines() {
        println!("{line}");
    }
    println!("exit code {:?}", output.status.code());
    // ANCHOR_END: construct
    Ok(())
}
