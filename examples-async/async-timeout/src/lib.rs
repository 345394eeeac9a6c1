// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Sets one deadline for a whole operation, and passes it down to each of its steps.
//!
//! From the project "Many Things at Once", where `cargo run -p async-timeout` demonstrates it and
//! `docs/src/async/async-timeout.md` explains it.
//!
//! *Notice:* a time limit for each step does not limit the whole. A deadline is a point in time, so
//! all steps can share it. When it passes, the step is dropped; a task that it has spawned runs on.
//!
//! *Use instead:* `tokio::time::timeout` around the whole operation, if no step has to know how
//! much time is left.
//!
//! # Use it
//! ```ignore
//! use async_timeout::Deadline;
//! use std::time::Duration;
//! use tokio::time::{error::Elapsed, sleep};
//!
//! async fn load(deadline: Deadline) -> Result<&'static str, Elapsed> {
//!     deadline.run(sleep(Duration::from_millis(30))).await?; // connects
//!     deadline.run(sleep(Duration::from_secs(60))).await?; // waits for the answer
//!     Ok("the answer")
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() {
//!     println!("{:?}", load(Deadline::after(Duration::from_millis(100))).await);
//! }
//! ```

use std::future::{Future, pending};
use std::time::Duration;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};

/// What a limit counts as that is too large for the clock, such as `Duration::MAX`.
const THIRTY_YEARS: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// A point in time after which an operation has failed. It is `Copy`: pass it to every step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// The deadline that is `limit` from now.
    #[must_use]
    pub fn after(limit: Duration) -> Deadline {
        let now = Instant::now();
        // `now + limit` would panic on a limit that the clock cannot represent.
        let at = now.checked_add(limit);
        Deadline(at.unwrap_or_else(|| now + THIRTY_YEARS))
    }

    /// A deadline for one part: `limit` from now, but never later than this one.
    #[must_use]
    pub fn part(self, limit: Duration) -> Deadline {
        self.min(Deadline::after(limit))
    }

    /// The time that is left; zero when the deadline has passed.
    #[must_use]
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// The same point in time for `sleep_until`, `timeout_at` and `interval_at`.
    #[must_use]
    pub fn at(self) -> Instant {
        self.0
    }

    /// Runs `future` until the deadline. Dropping this drops the future.
    ///
    /// # Errors
    /// If the future was not ready in time. It has been dropped by then. If the deadline had passed
    /// before, the future was not even polled.
    pub async fn run<F: Future>(self, future: F) -> Result<F::Output, Elapsed> {
        if self.left().is_zero() {
            // `timeout_at` polls first and looks at the clock later, so it would start a late step.
            return timeout_at(self.0, pending()).await;
        }
        timeout_at(self.0, future).await
    }
}
