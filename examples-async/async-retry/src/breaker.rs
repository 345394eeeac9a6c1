// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A circuit breaker.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Stops calling a server that has failed several times in a row, and tries it again later.
#[derive(Debug)]
pub struct Breaker {
    failures: u32,
    pause: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failed: u32,
    open_until: Option<Instant>, // no calls before this moment, and then one trial
    trial: bool,
}

impl Breaker {
    /// After so many failures in a row, refuses all calls during the pause. Then it lets one call
    /// through as a trial: if it succeeds, all may call again, otherwise there is another pause.
    pub fn new(failures: u32, pause: Duration) -> Self {
        const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
        Self {
            failures,
            pause: pause.min(YEAR), // so that adding it never overflows
            state: Mutex::default(),
        }
    }

    /// Calls `op`, or returns `None` without calling it. Every error counts as a failure of the
    /// server. So return one that is not its fault, such as 404, as `Ok`.
    pub async fn call<T, E, F>(&self, op: impl FnOnce() -> F) -> Option<Result<T, E>>
    where
        F: Future<Output = Result<T, E>>,
    {
        let permission = self.permission()?;
        let result = op().await; // if it is dropped here, the permission ends the trial
        permission.end(result.is_ok());
        Some(result)
    }

    fn permission(&self) -> Option<Permission<'_>> {
        let mut state = self.lock();
        let trial = match state.open_until {
            Some(until) if state.trial || Instant::now() < until => return None,
            until => until.is_some(),
        };
        state.trial = trial;
        drop(state);
        Some(Permission {
            breaker: self,
            trial,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic cannot leave the state half changed: nothing under the lock panics.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Permission<'a> {
    breaker: &'a Breaker,
    trial: bool,
}

impl Permission<'_> {
    fn end(mut self, succeeded: bool) {
        let mut state = self.breaker.lock();
        if state.open_until.is_some() && !self.trial {
            return; // a call from before the pause, which says nothing about now
        }
        if succeeded {
            *state = State::default();
        } else {
            state.failed = state.failed.saturating_add(1);
            if self.trial || state.failed >= self.breaker.failures {
                state.open_until = Some(Instant::now() + self.breaker.pause);
            }
            state.trial = false;
        }
        drop(state);
        self.trial = false; // ended under the lock, so that `drop` does not end another one
    }
}

impl Drop for Permission<'_> {
    fn drop(&mut self) {
        if self.trial {
            self.breaker.lock().trial = false; // it was cancelled or panicked: the next may try
        }
    }
}
