// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A barrier from a Mutex and a Condvar, which breaks when one of its members is dropped.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A thread's place in a barrier. Dropping it, by a return or by a panic, breaks the barrier, so no
/// thread waits for it forever.
#[derive(Debug)]
#[must_use = "dropping a member breaks the barrier"]
pub struct Member {
    shared: Arc<Shared>,
}

/// The role of a member in one phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The last one to arrive: one in each phase, and not always the same.
    Leader,
    /// Every other member.
    Follower,
}

/// A member was dropped, so not all can arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

#[derive(Debug)]
struct Shared {
    members: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    arrived: usize,
    /// Counts the phases, so that a thread that wakes up late knows that its own phase is over.
    phase: u64,
    broken: bool,
}

/// The members of a new barrier, one for each thread.
pub fn barrier(members: usize) -> Vec<Member> {
    let shared = Arc::new(Shared {
        members,
        state: Mutex::default(),
        changed: Condvar::new(),
    });
    let member = |_| Member {
        shared: Arc::clone(&shared),
    };
    (0..members).map(member).collect()
}

impl Member {
    /// Waits until all members have arrived. Then each sees what all others did before.
    /// It takes `&mut self`, because a member that two threads share would arrive twice.
    ///
    /// # Errors
    /// [`Broken`], if a member was dropped before it arrived in this phase.
    pub fn wait(&mut self) -> Result<Role, Broken> {
        let mut state = self.shared.lock();
        if state.broken {
            return Err(Broken);
        }
        state.arrived += 1;
        if state.arrived == self.shared.members {
            state.arrived = 0;
            state.phase += 1;
            self.shared.changed.notify_all();
            return Ok(Role::Leader);
        }
        let phase = state.phase;
        while state.phase == phase && !state.broken {
            let woken = self.shared.changed.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
        // If all have arrived, the phase is over, even if one was dropped since.
        let over = state.phase != phase;
        over.then_some(Role::Follower).ok_or(Broken)
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.shared.lock().broken = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    /// Nothing panics while this lock is held, so it is never poisoned.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a member of the barrier was dropped")
    }
}

impl Error for Broken {}
