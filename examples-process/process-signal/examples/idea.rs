// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up systems other than Unix, and names for the signals.

#[cfg(unix)]
fn main() -> std::io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::{iterator::Signals, low_level};
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::{thread, time::Duration};

    let mut signals = Signals::new([SIGINT, SIGTERM])?; // before any thread starts
    let stop = AtomicBool::new(false);
    let signal = thread::scope(|scope| {
        scope.spawn(|| {
            // Relaxed: the flag says nothing about other memory.
            while !stop.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(100)); // a piece of work
            }
        });
        println!("kill {}", std::process::id());
        let signal = signals.forever().next();
        stop.store(true, Ordering::Relaxed);
        signal
    }); // the thread has finished its piece
    println!("finished");
    low_level::emulate_default_handler(signal.unwrap_or(SIGTERM)) // ends by the signal
}

#[cfg(not(unix))]
fn main() {}
