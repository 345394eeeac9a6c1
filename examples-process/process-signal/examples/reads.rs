// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Counts its input while signals arrive: a read that a signal interrupts is tried again.

use process_signal::{Signal, Signals};
use std::io::{self, Read};
use std::thread;

fn main() -> io::Result<()> {
    let signals = Signals::new(&[Signal::HangUp])?;
    let closer = signals.closer();
    let counts = thread::spawn(move || signals.count());
    println!("ready");
    let mut input = Vec::new();
    io::stdin().read_to_end(&mut input)?;
    closer.close();
    let signals = counts.join().expect("counting does not panic");
    println!(
        "{} bytes, at least one signal: {}",
        input.len(),
        signals > 0
    );
    Ok(())
}
