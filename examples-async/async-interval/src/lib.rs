// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Runs a job every period, decides what a late tick means, and stops when it is told.
//!
//! From the project "Many Things at Once", where `cargo run -p async-interval` demonstrates it and
//! `docs/src/async/async-interval.md` explains it.
//!
//! *Notice:* tokio's default, `Burst`, makes up for missed ticks. After a job of five periods,
//! five jobs follow without a pause. So the caller has to choose.
//!
//! *Use instead:* `sleep` in a loop if the pause between two jobs matters, and not their rate.
//!
//! # Use it
//! ```ignore
//! use async_interval::every;
//! use std::time::Duration;
//! use tokio::time::{MissedTickBehavior::Skip, sleep};
//! use tokio_util::sync::CancellationToken;
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() {
//!     let token = CancellationToken::new();
//!     let job = |_due| async { println!("saved") };
//!     let saves = tokio::spawn(every(Duration::from_millis(100), Skip, token.clone(), job));
//!     sleep(Duration::from_millis(350)).await;
//!     token.cancel(); // a job that has begun is finished
//!     saves.await.expect("the job does not panic");
//! }
//! ```

use std::future::Future;
use std::time::Duration;
use tokio::select;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Runs `job` now and then every `period`, until the token is cancelled. Jobs never overlap: one
/// that takes longer than the period makes the next one late.
///
/// `missed` says when the jobs after a late one are due:
/// - `Burst`: as if nothing had happened. Those that are overdue run immediately, one by one.
/// - `Delay`: one period after the late one has begun.
/// - `Skip`: at the next multiple of the period. Those that are overdue are left out.
///
/// The job gets the moment at which it was due. `due.elapsed()` is how late it is.
///
/// Cancelling the token lets a job that has begun finish, and no other begins. Dropping this future
/// drops the job that is running.
///
/// # Panics
/// If `period` is zero, and if the job panics: then no further job runs.
pub async fn every<F, Job>(
    period: Duration,
    missed: MissedTickBehavior,
    token: CancellationToken,
    mut job: F,
) where
    F: FnMut(Instant) -> Job,
    Job: Future<Output = ()>,
{
    let mut ticks = interval(period); // made once: a new interval ticks immediately
    ticks.set_missed_tick_behavior(missed);
    loop {
        let due = select! {
            biased; // the token first: after `cancel` no job begins, also if one is due
            () = token.cancelled() => return,
            due = ticks.tick() => due, // loses no tick if it is dropped
        };
        job(due).await; // not in the `select!`, which would drop it half done
    }
}
