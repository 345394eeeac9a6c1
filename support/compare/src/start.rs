//! Where threads and tasks wait for each other, so that all begin at the same time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope, ScopedJoinHandle};

use anyhow::Context as _;

/// A barrier that is called off if a thread cannot be started.
///
/// Tasks wait here too, and each keeps its thread meanwhile: so when all have come, each has one of
/// its own. tokio's Barrier would put all that waited into the queue of one thread, the last one's,
/// and what never yields would keep them there.
pub(crate) struct Start {
    all: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    spawned: u64,
    came: u64,
    called_off: bool,
}

impl Start {
    /// A start for this number of threads or tasks.
    pub(crate) fn of(all: u64) -> Self {
        Self {
            all,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Waits until all have come: false if it is called off before.
    pub(crate) fn wait(&self) -> bool {
        let mut state = self.lock();
        state.came += 1;
        if state.came == self.all {
            self.changed.notify_all();
        }
        let waits = |state: &mut State| state.came < self.all && !state.called_off;
        let waited = self.changed.wait_while(state, waits);
        waited.unwrap_or_else(PoisonError::into_inner).came == self.all
    }

    /// A thread that runs this once all have come. It gives `None` if not all do.
    /// If the system refuses the thread, those that wait for it are let go: the scope joins them.
    pub(crate) fn spawn<'scope, T: Send + 'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        run: impl FnOnce() -> T + Send + 'scope,
    ) -> anyhow::Result<ScopedJoinHandle<'scope, Option<T>>> {
        let wait_and_run = || self.wait().then(run);
        let spawned = thread::Builder::new().spawn_scoped(scope, wait_and_run);
        let mut state = self.lock();
        match spawned {
            Ok(_) => state.spawned += 1,
            Err(_) => {
                state.called_off = true;
                self.changed.notify_all();
            }
        }
        spawned.with_context(|| format!("no more than {} threads were granted", state.spawned))
    }

    /// Nothing panics while this lock is held, so it is never poisoned.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
