//! `std::time` by a clock that moves only when the model says so. Whatever has no comment is as in std.

#![expect(missing_docs, reason = "std's documentation is meant")]

pub use std::time::Duration;

use crate::sync::WORLD;
use std::ops::{Add, Sub};

/// `std::time::Instant` by the model's clock, which begins at zero in each execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Duration);

/// Time that flows, in a thread of its own.
#[derive(Debug)]
#[must_use = "a clock that is not stopped never ends"]
pub struct Clock(loom::thread::JoinHandle<()>);

/// Lets time flow. Whenever threads wait with a time-out, the clock goes on to the next of their
/// deadlines, at any moment: loom tries all.
#[track_caller]
pub fn flow() -> Clock {
    Clock(loom::thread::spawn(|| WORLD.run_clock()))
}

/// Lets this much time pass at once. It ends the waits of those whose time that was, and costs far
/// fewer orders than a clock that flows; but a wait that begins afterwards does not end by it.
#[track_caller]
pub fn pass(duration: Duration) {
    WORLD.pass(duration);
}

impl Clock {
    /// Stops the clock, once nobody waits with a time-out any more.
    #[track_caller]
    pub fn stop(self) {
        WORLD.stop_clock();
        // A panic in the clock's thread would have ended the model.
        let _ = self.0.join();
    }
}

impl Instant {
    #[track_caller]
    pub fn now() -> Self {
        WORLD.branch();
        Self(WORLD.now())
    }

    pub fn elapsed(&self) -> Duration {
        Self::now().saturating_duration_since(*self)
    }

    pub fn checked_add(&self, duration: Duration) -> Option<Self> {
        self.0.checked_add(duration).map(Self)
    }

    pub fn checked_duration_since(&self, earlier: Self) -> Option<Duration> {
        self.0.checked_sub(earlier.0)
    }

    pub fn saturating_duration_since(&self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0 + duration)
    }
}

impl Sub<Self> for Instant {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.saturating_duration_since(earlier)
    }
}
