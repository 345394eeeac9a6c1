// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Repeats failed requests with back-off, jitter, a budget and a deadline.
//!
//! From the project "Many Things at Once", where `cargo run -p async-retry` demonstrates it and
//! `docs/src/async/async-retry.md` explains it.
//!
//! *Notice:* the operation itself says whether it may be repeated. A `POST` that failed may have
//! been carried out, so [`http_failure`] never repeats one.
//!
//! *Use instead:* the crate backon for back-off and jitter alone; no retries at all if the caller
//! already retries, because two layers multiply.
//!
//! # Use it
//! ```ignore
//! use async_retry::{Budget, Failure, Policy, retry};
//!
//! static BUDGET: Budget = Budget::new(10, 100); // shared by all requests to one server
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() {
//!     let mut calls = 0;
//!     let load = || {
//!         calls += 1;
//!         let result = if calls < 3 { Err(Failure::Backoff("busy")) } else { Ok("a page") };
//!         async move { result } // the request
//!     };
//!     println!("{:?}", retry(&Policy::default(), &BUDGET, load).await);
//!     println!("calls: {calls}");
//! }
//! ```

mod breaker;
mod http;

pub use self::breaker::Breaker;
pub use self::http::{http_failure, parse_retry_after};

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

/// What a total counts as that is too large for the clock, such as `Duration::MAX`.
const THIRTY_YEARS: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// How often to call, and how long to wait in between.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// How many calls there are at most, the first included. 0 counts as 1.
    pub attempts: u32,
    /// The longest delay before the second call. It doubles with each further call.
    pub base: Duration,
    /// What the longest delay never exceeds.
    pub cap: Duration,
    /// How long all of it may take, calls and delays together.
    pub total: Duration,
}

impl Default for Policy {
    /// 5 calls, delays of up to 100, 200, 400 and 800 ms, and 30 seconds for all.
    fn default() -> Self {
        Self {
            attempts: 5,
            base: Duration::from_millis(100),
            cap: Duration::from_secs(10),
            total: Duration::from_secs(30),
        }
    }
}

impl Policy {
    /// A random delay before the next call, from zero to the longest one. So clients that failed
    /// at the same moment do not return at the same moment.
    pub fn delay(&self, calls_so_far: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(calls_so_far.saturating_sub(1));
        let longest = self.base.saturating_mul(doubled).min(self.cap);
        longest.mul_f64(fastrand::f64())
    }
}

/// Why a call failed, and whether another one makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure<E> {
    /// Do not repeat it.
    Never(E),
    /// Repeat it after a delay of the policy.
    Backoff(E),
    /// Repeat it, but not before this time has passed: the server said so.
    After(Duration, E),
}

/// Calls `op` until it succeeds, must not be repeated, or one of the limits is reached.
///
/// # Errors
/// The last error, with the reason why there is no further call.
pub async fn retry<T, E, F>(
    policy: &Policy,
    budget: &Budget,
    mut op: impl FnMut() -> F,
) -> Result<T, GaveUp<E>>
where
    F: Future<Output = Result<T, Failure<E>>>,
{
    budget.deposit();
    let now = Instant::now();
    // `now + total` would panic on a total that the clock cannot represent.
    let deadline = now.checked_add(policy.total);
    let deadline = deadline.unwrap_or_else(|| now + THIRTY_YEARS);
    let (mut calls, mut last) = (0, None);
    loop {
        calls += 1;
        let gave_up = |why, error| GaveUp { why, calls, error };
        let failure = match timeout_at(deadline, op()).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(failure)) => failure,
            Err(_) => return Err(gave_up(Why::Deadline, last)), // `op` was dropped
        };
        let (least, error) = match failure {
            Failure::Never(error) => return Err(gave_up(Why::NotRepeatable, Some(error))),
            Failure::Backoff(error) => (Duration::ZERO, error),
            Failure::After(least, error) => (least, error),
        };
        // The random part also here: else all clients of the server return at that moment.
        let delay = least.saturating_add(policy.delay(calls));
        let next = Instant::now().checked_add(delay);
        if calls >= policy.attempts {
            return Err(gave_up(Why::Attempts, Some(error)));
        }
        if next.is_none_or(|next| next >= deadline) {
            return Err(gave_up(Why::Deadline, Some(error))); // now, rather than after the delay
        }
        if !budget.withdraw() {
            return Err(gave_up(Why::Budget, Some(error)));
        }
        last = Some(error);
        sleep(delay).await;
        if Instant::now() >= deadline {
            return Err(gave_up(Why::Deadline, last)); // the timer was late
        }
    }
}

/// Limits the retries of all requests together, so that they cannot overload a server that fails.
#[derive(Debug)]
pub struct Budget {
    percent: u32,
    most: u32,
    hundredths: Mutex<u32>, // of a retry
}

impl Budget {
    /// Allows `percent` retries for 100 requests, and `saved` more: it starts with `saved`, and
    /// never has more than that.
    pub const fn new(percent: u32, saved: u32) -> Self {
        let most = saved.saturating_mul(100);
        Self {
            percent,
            most,
            hundredths: Mutex::new(most),
        }
    }

    fn deposit(&self) {
        let mut left = self.lock();
        *left = left.saturating_add(self.percent).min(self.most);
    }

    fn withdraw(&self) -> bool {
        let mut left = self.lock();
        let rest = left.checked_sub(100);
        *left = rest.unwrap_or(*left);
        rest.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, u32> {
        // A number cannot be left half changed.
        self.hundredths
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// [`retry`] has ended without success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GaveUp<E> {
    /// Why there is no further call.
    pub why: Why,
    /// How many calls there were.
    pub calls: u32,
    /// The last error. `None` if the first call was still running at the deadline.
    pub error: Option<E>,
}

/// Why there is no further call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The operation said [`Failure::Never`].
    NotRepeatable,
    /// All attempts of the policy are used up.
    Attempts,
    /// The deadline has passed, or would pass during the delay.
    Deadline,
    /// The budget is used up: too many other requests fail too.
    Budget,
}

impl<E: fmt::Display> fmt::Display for GaveUp<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.why {
            Why::NotRepeatable => "it must not be repeated",
            Why::Attempts => "no attempts are left",
            Why::Deadline => "the deadline is reached",
            Why::Budget => "the retry budget is used up",
        };
        write!(formatter, "gave up at call {}: {why}", self.calls)?;
        match &self.error {
            Some(error) => write!(formatter, ": {error}"),
            None => Ok(()),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> Error for GaveUp<E> {}
