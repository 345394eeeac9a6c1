// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Waits for SIGTERM, cleans up, and ends by it.

use process_signal::{Signal, Signals};

fn main() -> std::io::Result<()> {
    // ANCHOR: construct
    let term = [Signal::Terminate];
    let mut signals = Signals::new(&term)?;
    println!("ready");
    let signal = signals.next(); // waits
    println!("cleaned up");
    if let Some(signal) = signal {
        signal.end_process();
    }
    // ANCHOR_END: construct
    Ok(())
}
