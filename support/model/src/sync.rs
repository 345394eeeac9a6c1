//! `std::sync` as loom has it, with what loom lacks. Whatever has no comment is as in std; only
//! `try_lock` returns an error.

#![expect(
    missing_docs,
    clippy::missing_errors_doc,
    reason = "std's documentation is meant"
)]

pub use loom::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
// Std's own: loom's `Arc` also finds leaks, but aborts when a model that holds one deadlocks.
pub use std::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult, Weak};

pub mod atomic;
pub mod mpsc {
    //! `std::sync::mpsc`: loom's unbounded channel, and the errors of all kinds of channels.

    pub use loom::sync::mpsc::{Receiver, Sender, channel};
    pub use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};
}

use std::collections::BTreeSet;
use std::fmt;
use std::mem;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex as StdMutex, OnceLock};
use std::time::Duration;

/// `std::sync::Mutex` over loom's. It is never poisoned: a panic ends the model.
///
/// Loom registers a lock when it is created, which a `const fn` cannot do. So ours registers when it
/// is first used: it only needs to have no user by then, which is so.
pub struct Mutex<T> {
    inner: OnceLock<Registered>,
    /// Free whenever loom's is: no thread ever waits for this one.
    value: StdMutex<T>,
}

struct Registered {
    lock: loom::sync::Mutex<()>,
    // Kept here, for a static's drop may lock it when the world is gone.
    switches_before_unlock: bool,
}

/// `std::sync::MutexGuard`.
pub struct MutexGuard<'a, T> {
    mutex: &'a Mutex<T>,
    // None only while a condition variable waits. The value's guard is dropped before the lock's.
    inner: Option<(std::sync::MutexGuard<'a, T>, loom::sync::MutexGuard<'a, ()>)>,
}

impl<T> Mutex<T> {
    pub const fn new(value: T) -> Self {
        Self {
            inner: OnceLock::new(),
            value: StdMutex::new(value),
        }
    }

    fn registered(&self) -> &Registered {
        self.inner.get_or_init(|| Registered {
            lock: loom::sync::Mutex::new(()),
            switches_before_unlock: *lock(&WORLD.switch_before_unlock),
        })
    }

    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let held = self.registered().lock.lock();
        let held = held.unwrap_or_else(PoisonError::into_inner);
        Ok(MutexGuard {
            mutex: self,
            inner: Some((lock(&self.value), held)),
        })
    }

    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        match self.registered().lock.try_lock() {
            Ok(held) => Ok(MutexGuard {
                mutex: self,
                inner: Some((lock(&self.value), held)),
            }),
            Err(_) => Err(TryLockError::WouldBlock),
        }
    }

    /// Always false.
    pub fn is_poisoned(&self) -> bool {
        false
    }

    /// Does nothing.
    pub fn clear_poison(&self) {}

    pub fn into_inner(self) -> LockResult<T> {
        let value = self.value.into_inner();
        Ok(value.unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mutex { .. }")
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        let (value, _) = self.inner.as_ref().expect("nobody sees a guard that waits");
        value
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        let (value, _) = self.inner.as_mut().expect("nobody sees a guard that waits");
        value
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        let unlocks = self.inner.is_some() && !loom::thread::panicking();
        let registered = self.mutex.registered();
        if unlocks && registered.switches_before_unlock {
            let _ = registered.lock.try_lock(); // it fails, and loom switches threads where it does
        }
    }
}

impl<T> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MutexGuard { .. }")
    }
}

/// `std::sync::Condvar` over loom's scheduler: first to wait, first to be woken.
#[derive(Debug)]
pub struct Condvar {
    waiters: StdMutex<Vec<Arc<Waiter>>>,
}

/// Says whether the wait ended because time passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

impl Default for Condvar {
    fn default() -> Self {
        Self::new()
    }
}

impl Condvar {
    pub const fn new() -> Self {
        Self {
            waiters: StdMutex::new(Vec::new()),
        }
    }

    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        let (guard, _) = self.wait_until(guard, None);
        Ok(guard)
    }

    /// Time passes while [`time::flow`](crate::time::flow) lets it.
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        Ok(self.wait_until(guard, Some(timeout)))
    }

    #[track_caller]
    pub fn wait_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<MutexGuard<'a, T>> {
        while condition(&mut guard) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// Computes one deadline, as std does.
    #[track_caller]
    pub fn wait_timeout_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        timeout: Duration,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        WORLD.branch();
        let start = WORLD.now();
        while condition(&mut guard) {
            let left = timeout.saturating_sub(WORLD.now().saturating_sub(start));
            if left.is_zero() {
                return Ok((guard, WaitTimeoutResult(true)));
            }
            guard = self.wait_timeout(guard, left)?.0;
        }
        Ok((guard, WaitTimeoutResult(false)))
    }

    #[track_caller]
    fn wait_until<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        timeout: Option<Duration>,
    ) -> (MutexGuard<'a, T>, WaitTimeoutResult) {
        let waiter = Waiter::begin(timeout);
        lock(&self.waiters).push(Arc::clone(&waiter));
        // Loom switches threads neither on release nor before it parks: no wake-up falls between.
        guard.inner = None;
        let mut took_a_token = false;
        loop {
            loom::thread::park();
            if *lock(&waiter.state) != WaitState::Waiting {
                break;
            }
            took_a_token = true;
        }
        if took_a_token {
            // It belongs to whoever else parks this thread. std's Condvar does not use it.
            loom::thread::current().unpark();
        }
        waiter.end();
        lock(&self.waiters).retain(|other| !Arc::ptr_eq(other, &waiter));
        let timed_out = *lock(&waiter.state) == WaitState::TimedOut;
        let guard = guard.mutex.lock().unwrap_or_else(PoisonError::into_inner);
        (guard, WaitTimeoutResult(timed_out))
    }

    #[track_caller]
    pub fn notify_one(&self) {
        WORLD.branch();
        let woken = lock(&self.waiters)
            .iter()
            .any(|waiter| waiter.wake(WaitState::Woken));
        if !woken {
            *lock(&WORLD.notified_nobody) += 1;
        }
    }

    #[track_caller]
    pub fn notify_all(&self) {
        WORLD.branch();
        for waiter in lock(&self.waiters).iter() {
            waiter.wake(WaitState::Woken);
        }
    }
}

/// As `std::thread::park_timeout`: ends by a token, by the clock, or by [`wake_spuriously`]. It takes
/// the token in each case, as std does.
#[track_caller]
pub fn park_timeout(timeout: Duration) {
    let waiter = Waiter::begin(Some(timeout));
    loom::thread::park();
    waiter.end();
}

/// Wakes every thread that waits for a condition variable or parks with a time-out, as std's may wake
/// without a reason.
/// A model gives this call a thread of its own, so that loom tries it everywhere.
#[track_caller]
pub fn wake_spuriously() {
    WORLD.branch();
    for waiter in lock(&WORLD.waiters).iter() {
        waiter.wake(WaitState::Woken);
    }
}

/// With each Mutex that is made from here on, loom may let other threads go first before it is
/// unlocked, too. Only a `try_lock` can tell the difference, so a model of one that tries asks for it;
/// it costs many orders.
pub fn switch_before_unlock() {
    *lock(&WORLD.switch_before_unlock) = true;
}

/// How many threads wait for a condition variable at this moment.
#[track_caller]
pub fn waiting() -> usize {
    WORLD.branch();
    let waiters = lock(&WORLD.waiters);
    waiters.iter().filter(|waiter| waiter.is_waiting()).count()
}

/// How many calls of `notify_one` in this execution have woken nobody: each of them would have cost
/// a system call.
#[track_caller]
pub fn notified_nobody() -> usize {
    WORLD.branch();
    *lock(&WORLD.notified_nobody)
}

struct Waiter {
    thread: loom::thread::Thread,
    /// By the model's clock; None waits forever.
    deadline: Option<Duration>,
    state: StdMutex<WaitState>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WaitState {
    Waiting,
    Woken,
    TimedOut,
}

impl Waiter {
    /// This thread, which is going to wait.
    #[track_caller]
    fn begin(timeout: Option<Duration>) -> Arc<Self> {
        WORLD.branch();
        let waiter = Arc::new(Self {
            thread: loom::thread::current(),
            deadline: timeout.and_then(|timeout| WORLD.now().checked_add(timeout)),
            state: StdMutex::new(WaitState::Waiting),
        });
        lock(&WORLD.waiters).push(Arc::clone(&waiter));
        if timeout.is_some() {
            WORLD.wake_clock();
        }
        waiter
    }

    fn end(self: &Arc<Self>) {
        lock(&WORLD.waiters).retain(|other| !Arc::ptr_eq(other, self));
    }

    fn is_waiting(&self) -> bool {
        *lock(&self.state) == WaitState::Waiting
    }

    /// Whether it was still waiting.
    fn wake(&self, state: WaitState) -> bool {
        let mut now = lock(&self.state);
        let waits = *now == WaitState::Waiting;
        if waits {
            *now = state;
            self.thread.unpark();
        }
        waits
    }
}

impl fmt::Debug for Waiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Waiter({:?})", lock(&self.state))
    }
}

/// The clock and all who wait, in one execution. The locks in here are std's: loom does not see
/// them and never switches threads while one is held.
pub(crate) struct World {
    /// Orders the clock, the waits and the wake-ups among each other: loom explores only orders of
    /// operations on the same object. Nobody ever waits for it.
    order: loom::sync::Condvar,
    clock: StdMutex<Clock>,
    waiters: StdMutex<Vec<Arc<Waiter>>>,
    notified_nobody: StdMutex<usize>,
    switch_before_unlock: StdMutex<bool>,
    weak: StdMutex<WeakExchanges>,
}

/// A thread, as loom prints its number, and how many weak exchanges it had begun before this one.
/// Not counted over all threads: that would hang on an order that loom does not know to matter.
pub(crate) type WeakExchange = (String, usize);

#[derive(Default)]
struct WeakExchanges {
    begun: BTreeSet<WeakExchange>,
    fails: Option<WeakExchange>,
}

#[derive(Default)]
struct Clock {
    now: Duration,
    stopped: bool,
    /// The thread that moves the clock, while it waits for somebody to wait.
    idle: Option<loom::thread::Thread>,
}

loom::lazy_static! {
    pub(crate) static ref WORLD: World = World {
        order: loom::sync::Condvar::new(),
        clock: StdMutex::new(Clock::default()),
        waiters: StdMutex::new(Vec::new()),
        notified_nobody: StdMutex::new(0),
        switch_before_unlock: StdMutex::new(false),
        weak: StdMutex::new(WeakExchanges::default()),
    };
}

impl World {
    /// Here loom may let another thread go first.
    #[track_caller]
    pub(crate) fn branch(&self) {
        self.order.notify_all();
    }

    pub(crate) fn now(&self) -> Duration {
        lock(&self.clock).now
    }

    /// Moves the clock from one deadline to the next, until it is stopped and nobody waits for one.
    pub(crate) fn run_clock(&self) {
        loop {
            self.branch();
            let waiters = lock(&self.waiters).clone();
            let waiting = waiters.iter().filter(|waiter| waiter.is_waiting());
            let mut clock = lock(&self.clock);
            if let Some(next) = waiting.clone().filter_map(|waiter| waiter.deadline).min() {
                clock.now = clock.now.max(next);
                for waiter in waiting.filter(|waiter| waiter.deadline.is_some_and(|at| at <= next))
                {
                    waiter.wake(WaitState::TimedOut);
                }
            } else if clock.stopped {
                return;
            } else {
                clock.idle = Some(loom::thread::current());
                drop(clock);
                loom::thread::park();
            }
        }
    }

    /// Whether the weak exchange that this thread begins is the one that fails spuriously.
    pub(crate) fn fails_spuriously(&self) -> bool {
        let thread = format!("{:?}", loom::thread::current().id());
        let mut weak = lock(&self.weak);
        let begun = weak
            .begun
            .iter()
            .filter(|(other, _)| *other == thread)
            .count();
        let exchange = (thread, begun);
        let fails = weak.fails.as_ref() == Some(&exchange);
        weak.begun.insert(exchange);
        fails
    }

    #[track_caller]
    pub(crate) fn pass(&self, duration: Duration) {
        self.branch();
        let mut clock = lock(&self.clock);
        clock.now += duration;
        for waiter in lock(&self.waiters).iter() {
            if waiter.deadline.is_some_and(|at| at <= clock.now) {
                waiter.wake(WaitState::TimedOut);
            }
        }
    }

    #[track_caller]
    pub(crate) fn stop_clock(&self) {
        self.branch();
        lock(&self.clock).stopped = true;
        self.wake_clock();
    }

    fn wake_clock(&self) {
        if let Some(thread) = lock(&self.clock).idle.take() {
            thread.unpark();
        }
    }
}

/// Makes the world before any other thread exists, so that no order depends on who was first.
pub(crate) fn begin(fails: Option<WeakExchange>, supply: &atomic::Supply) {
    lock(&WORLD.weak).fails = fails;
    supply.prepare();
}

/// The weak exchanges of this execution.
pub(crate) fn end() -> BTreeSet<WeakExchange> {
    mem::take(&mut lock(&WORLD.weak).begun)
}

fn lock<T>(mutex: &StdMutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
