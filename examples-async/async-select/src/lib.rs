// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Waits in a loop for a command, a tick or the shutdown, whichever is first, and loses none.
//!
//! From the project "Many Things at Once", where `cargo run -p async-select` demonstrates it and
//! `docs/src/async/async-select.md` explains it.
//!
//! *Notice:* the branches that lose are dropped in each turn. So the timer and the shutdown are
//! pinned before the loop, and `recv` is a call that loses nothing when it is dropped.
//!
//! *Use instead:* `tokio::join!` to wait for all, `tokio::time::timeout` for a single time limit.
//!
//! # Use it
//! ```ignore
//! use async_select::{serve, Event};
//! use std::time::Duration;
//! use tokio::{sync::mpsc, time::sleep};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() {
//!     let (send, commands) = mpsc::channel(8);
//!     let shutdown = sleep(Duration::from_millis(350)); // or tokio::signal::ctrl_c()
//!     tokio::spawn(async move { send.send("save").await });
//!     for event in serve(commands, Duration::from_millis(100), shutdown).await {
//!         if let Event::Command(name) = event { println!("command {name}"); }
//!     }
//! }
//! ```

use std::future::Future;
use std::pin::pin;
use std::time::Duration;
use tokio::select;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep};

/// What [`serve`] has handled, in order.
pub type Log<C> = Vec<Event<C>>;

/// One event of [`serve`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<C> {
    /// A command was received.
    Command(C),
    /// The period has passed since the last tick, or since the start.
    Tick,
    /// The shutdown future is ready. Commands that were queued by then follow.
    Shutdown,
    /// All senders are gone, and every command has been received.
    Closed,
}

/// Handles commands and ticks until `shutdown` is ready or all senders are gone.
///
/// If several are ready at the same time, the shutdown comes first, then the tick, then the
/// command. After the shutdown no command is accepted any more, and those that were accepted
/// before are handled. This waits for senders that have reserved a place in the queue.
///
/// # Panics
/// If `ticks` is zero: a tick that is always ready would leave no turn for commands.
pub async fn serve<C>(
    mut commands: Receiver<C>,
    ticks: Duration,
    shutdown: impl Future<Output = ()>,
) -> Log<C> {
    assert!(
        !ticks.is_zero(),
        "the time between two ticks must not be zero"
    );
    let mut log = Vec::new();
    // Made once, before the loop. In the loop they would begin again in each turn.
    let mut shutdown = pin!(shutdown);
    let mut tick = pin!(sleep(ticks));
    loop {
        select! {
            biased; // polls in this order; the branch that is always ready belongs at the end
            () = &mut shutdown => {
                log.push(Event::Shutdown);
                break;
            }
            () = &mut tick => {
                tick.as_mut().reset(Instant::now() + ticks);
                log.push(Event::Tick);
            }
            command = commands.recv() => match command {
                Some(command) => log.push(Event::Command(command)),
                None => {
                    log.push(Event::Closed); // without an end here, the loop would spin
                    return log;
                }
            },
        }
    }
    commands.close();
    while let Some(command) = commands.recv().await {
        log.push(Event::Command(command));
    }
    log
}
