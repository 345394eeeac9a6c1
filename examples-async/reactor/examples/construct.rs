//! The construct of `twin.py` in Rust: a loop that waits for any of several sockets.

use polling::{Event, Events, Poller};
use std::io;

#[rustfmt::skip] // narrow, for the page
// ANCHOR: construct
fn turn(
    poller: &Poller,
    step: impl Fn(usize),
) -> io::Result<()> {
    let mut events = Events::new();
    // parks until a socket is ready
    poller.wait(&mut events, None)?;
    for Event { key, .. } in events.iter() {
        // each event comes once: `step` asks again
        step(key);
    }
    Ok(())
}
// ANCHOR_END: construct

fn main() -> io::Result<()> {
    let poller = Poller::new()?;
    poller.notify()?; // there is no socket here
    turn(&poller, |key| println!("socket {key} is ready"))
}
