// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Sends SIGTERM to itself. `handler` as its argument installs a handler before.

#[cfg(unix)]
// ANCHOR: pid1
fn main() -> std::io::Result<()> {
    use process_signal::{Signal, Signals};
    use signal_hook::{consts::SIGTERM, low_level::raise};

    if std::env::args().nth(1).as_deref() == Some("handler") {
        let mut signals = Signals::new(&[Signal::Terminate])?;
        raise(SIGTERM)?;
        if let Some(signal) = signals.next() {
            signal.end_process();
        }
    }
    raise(SIGTERM)?; // without a handler this is the end, except for process 1
    println!("process {} ignores SIGTERM", std::process::id());
    Ok(())
}
// ANCHOR_END: pid1

#[cfg(not(unix))]
fn main() {
    eprintln!("this example needs the signals of Unix");
}
