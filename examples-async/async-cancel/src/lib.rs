// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Sends a value or gives it back when the wait is cancelled, so that cancelling loses nothing.
//!
//! From the project "Many Things at Once", where `cargo run -p async-cancel` demonstrates it and
//! `docs/src/async/async-cancel.md` explains it.
//!
//! *Notice:* a future is cancelled by dropping it, at an `.await`. Everything that it owns is
//! dropped with it. So the value stays outside until the only step that is left cannot wait.
//!
//! *Use instead:* `Sender::send` where losing the value is fine; `Sender::try_send` if it must not
//! wait at all.
//!
//! # Use it
//! ```ignore
//! use async_cancel::send_or_keep;
//! use tokio::sync::mpsc::channel;
//! use tokio_util::sync::CancellationToken;
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() {
//!     let (sender, mut receiver) = channel(1);
//!     let token = CancellationToken::new();
//!     println!("{:?}", send_or_keep(&sender, "first", &token).await);
//!     let second = send_or_keep(&sender, "second", &token); // the channel is full
//!     let (second, ()) = tokio::join!(second, async { token.cancel() });
//!     println!("{second:?}"); // the value came back
//!     println!("{:?}", receiver.recv().await);
//! }
//! ```

use std::collections::VecDeque;
use tokio::select;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::SendError;
use tokio_util::sync::CancellationToken;

/// Sends the value, after waiting for capacity if the channel is full.
///
/// A token that is cancelled before this is polled wins, also if there is capacity. Cancel with the
/// token: if this future is dropped instead, the value is dropped with it. For that case there is
/// [`send_all`].
///
/// # Errors
/// The value, if the token was cancelled (`token.is_cancelled()`) or the receiver is gone
/// (`sender.is_closed()`).
pub async fn send_or_keep<T>(
    sender: &Sender<T>,
    value: T,
    token: &CancellationToken,
) -> Result<(), T> {
    // The value is in neither of the two futures, so the one that loses can be dropped.
    let permit = select! {
        biased; // the token first: after `cancel` no value is sent any more
        () = token.cancelled() => return Err(value),
        permit = sender.reserve() => permit,
    };
    match permit {
        Ok(permit) => {
            permit.send(value); // does not wait, so nothing can cancel it
            Ok(())
        }
        Err(_) => Err(value),
    }
}

/// Sends all values of the queue, in order. It may be dropped at any time, for example by `select!`
/// or `timeout`: each value is then either sent or still in the queue, and a later call goes on.
///
/// Dropping it loses its place among the tasks that wait for capacity.
///
/// # Errors
/// If the receiver is gone. What was not sent is in the queue.
pub async fn send_all<T>(sender: &Sender<T>, queue: &mut VecDeque<T>) -> Result<(), SendError<()>> {
    while !queue.is_empty() {
        let permit = sender.reserve().await?; // the only place where it can be cancelled
        if let Some(value) = queue.pop_front() {
            permit.send(value);
        }
    }
    Ok(())
}
