// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Runs many tasks on one thread, as the event loops of JavaScript and asyncio do, with std alone.
//!
//! From the project "Many Things at Once", where `cargo run -p event-loop` demonstrates it and
//! `docs/src/async/event-loop.md` explains it.
//!
//! *Notice:* a task runs until it awaits something that is not ready. Then the next task runs. When
//! none can run, the thread sleeps until a timer is due or a waker is called, by any thread.
//!
//! *Use instead:* tokio or smol in a real program, as in `async-fetch` and `async-fetch-smol`: they
//! add sockets, several threads, and ways for tasks to wait for each other, such as tokio's
//! `Notify`, `watch` and `SetOnce`.
//!
//! # Use it
//! ```ignore
//! use event_loop::{block_on, join_all};
//! use std::time::Duration;
//!
//! fn main() {
//!     block_on(async |event_loop| {
//!         let tasks = ["one", "two", "three"].map(|name| {
//!             let timer = event_loop.sleep(Duration::from_millis(20));
//!             event_loop.spawn(async move { // needs no `Send`: there is one thread
//!                 timer.await; // all three wait at the same time
//!                 name.len()
//!             })
//!         });
//!         println!("{:?}", join_all(tasks).await); // [3, 3, 5], after 20 ms
//!     });
//! }
//! ```

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::fmt;
use std::future::{Future, poll_fn};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

/// A handle to the event loop, for starting tasks and for sleeping. It cannot leave its thread.
///
/// Tasks pass it on explicitly. Rejected: a current loop in a thread-local, as in tokio and
/// asyncio. There, calling `sleep` outside of a loop compiles and fails at run time.
#[derive(Clone)]
pub struct EventLoop(Rc<State>);

/// Wakers and futures are code of others, and may use the event loop when they are cloned, called
/// or dropped. So none of that happens while one of these cells is borrowed.
struct State {
    /// In the order in which they were spawned.
    tasks: RefCell<BTreeMap<u64, Task>>,
    /// By deadline, then in the order in which they were made. Unlike a `BinaryHeap`, a map can
    /// remove a timer whose `Sleep` was dropped.
    timers: RefCell<BTreeMap<(Instant, u64), Waker>>,
    inbox: Arc<Inbox>,
    last_number: Cell<u64>,
    /// Whether [`block_on`] has ended.
    over: Cell<bool>,
}

struct Task {
    future: Pin<Box<dyn Future<Output = ()>>>,
    waker: Waker,
}

/// The number of the main task. Spawned tasks get the numbers after it.
const MAIN: u64 = 0;

/// Runs the main task that `main` makes, and all tasks that are spawned meanwhile, on this thread.
/// Returns when the main task is done. Then drops all other tasks, in the order of their spawning.
///
/// Inside a task it blocks, as any other blocking call: it runs a new event loop, and the tasks of
/// the outer loop do not run meanwhile. If it waits for one of those, it never returns.
///
/// # Panics
/// If any task does, or the destructor of one. No panic is lost, and all tasks are dropped.
/// Rejected: to catch a panic for the code that awaits the task, as tokio does; without a handle
/// the panic would be lost.
pub fn block_on<T>(main: impl AsyncFnOnce(EventLoop) -> T) -> T {
    let event_loop = EventLoop(Rc::new(State {
        tasks: RefCell::default(),
        timers: RefCell::default(),
        inbox: Arc::default(),
        last_number: Cell::new(MAIN),
        over: Cell::new(false),
    }));
    let _at_the_end = DropTasks(&event_loop);
    let mut main = pin!(main(event_loop.clone()));
    let waker = event_loop.waker(MAIN);
    waker.wake_by_ref();
    loop {
        let next_timer = event_loop.fire_timers();
        match event_loop.0.inbox.take(next_timer) {
            Some(MAIN) => {
                if let Poll::Ready(output) = main.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return output;
                }
            }
            Some(number) => event_loop.poll_task(number),
            None => {} // a timer is due
        }
    }
}

impl EventLoop {
    /// Starts a task. It is polled for the first time when the current task awaits, after the tasks
    /// that are ready already.
    ///
    /// After the end of [`block_on`] the future is dropped immediately.
    pub fn spawn<F: Future<Output: 'static> + 'static>(&self, future: F) -> JoinHandle<F::Output> {
        let outcome = Rc::new(Cell::new(Outcome::Running(None)));
        let handle = JoinHandle(Rc::clone(&outcome));
        if self.0.over.get() {
            outcome.set(Outcome::Gone);
            return handle;
        }
        let outcome = Finish(outcome);
        let future = Box::pin(async move {
            let output = future.await;
            outcome.set(Outcome::Ready(output));
        });
        let number = self.next_number();
        let waker = self.waker(number);
        waker.wake_by_ref();
        let mut tasks = self.0.tasks.borrow_mut();
        tasks.insert(number, Task { future, waker });
        handle
    }

    /// Waits at least this long, starting now. The tasks that are ready run first, so a duration of
    /// zero yields once. Dropping the future removes its timer.
    pub fn sleep(&self, duration: Duration) -> Sleep {
        const THIRTY_YEARS: Duration = Duration::from_secs(30 * 365 * 24 * 3600);
        let now = Instant::now();
        let deadline = now.checked_add(duration).unwrap_or(now + THIRTY_YEARS);
        Sleep {
            event_loop: self.clone(),
            timer: (deadline, self.next_number()),
            started: false,
        }
    }

    /// Wakes the tasks whose timers are due. Returns the deadline of the next timer.
    fn fire_timers(&self) -> Option<Instant> {
        loop {
            let mut timers = self.0.timers.borrow_mut();
            let first = timers.first_entry()?;
            let (deadline, _) = *first.key();
            if Instant::now() < deadline {
                return Some(deadline);
            }
            let waker = first.remove();
            drop(timers);
            waker.wake();
        }
    }

    fn poll_task(&self, number: u64) {
        // It leaves the map while it is polled, because it may spawn.
        let Some(mut task) = self.0.tasks.borrow_mut().remove(&number) else {
            return; // it is done, and was woken again
        };
        let mut context = Context::from_waker(&task.waker);
        if task.future.as_mut().poll(&mut context).is_pending() {
            self.0.tasks.borrow_mut().insert(number, task);
        }
    }

    fn waker(&self, task: u64) -> Waker {
        let inbox = Arc::clone(&self.0.inbox);
        Waker::from(Arc::new(TaskWaker { task, inbox }))
    }

    fn next_number(&self) -> u64 {
        self.0.last_number.update(|last| last + 1);
        self.0.last_number.get()
    }
}

/// Tasks own handles to the event loop that owns them. Without this, that cycle would be a leak.
struct DropTasks<'a>(&'a EventLoop);

impl Drop for DropTasks<'_> {
    fn drop(&mut self) {
        let state = &self.0.0;
        state.over.set(true);
        let mut first_panic = None;
        loop {
            let first = state.tasks.borrow_mut().pop_first();
            let Some((_, task)) = first else { break };
            // Whatever one destructor does, the other tasks are dropped, too.
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(task))) {
                first_panic.get_or_insert(panic);
            }
        }
        // Other executors may still wait for these. Their next poll panics; see `Sleep`.
        let timers = mem::take(&mut *state.timers.borrow_mut());
        timers.into_values().for_each(Waker::wake);
        // A second panic during unwinding would abort the process.
        if let Some(panic) = first_panic.filter(|_| !thread::panicking()) {
            resume_unwind(panic);
        }
    }
}

/// The tasks that were woken. It is all that other threads see of the event loop.
#[derive(Default)]
struct Inbox {
    woken: Mutex<Woken>,
    arrived: Condvar,
}

#[derive(Default)]
struct Woken {
    order: VecDeque<u64>,
    /// The same tasks. A task that is woken several times is queued once.
    tasks: HashSet<u64>,
}

impl Inbox {
    /// The next task. The thread sleeps until there is one, or until the deadline: then `None`.
    fn take(&self, deadline: Option<Instant>) -> Option<u64> {
        let mut woken = lock(&self.woken);
        loop {
            if let Some(task) = woken.next() {
                return Some(task);
            }
            // Waiting unlocks and sleeps in one step, so no wake-up is lost in between.
            woken = match deadline.map(|at| at.saturating_duration_since(Instant::now())) {
                None => {
                    let woken = self.arrived.wait(woken);
                    woken.unwrap_or_else(PoisonError::into_inner)
                }
                Some(Duration::ZERO) => return None,
                Some(left) => {
                    let woken = self.arrived.wait_timeout(woken, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

impl Woken {
    /// The task leaves the set before its poll. A wake-up during the poll must lead to another
    /// poll, because the first one may have missed what the wake-up is about.
    fn next(&mut self) -> Option<u64> {
        let task = self.order.pop_front()?;
        self.tasks.remove(&task);
        Some(task)
    }
}

struct TaskWaker {
    task: u64,
    inbox: Arc<Inbox>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        let mut woken = lock(&self.inbox.woken);
        if woken.tasks.insert(self.task) {
            woken.order.push_back(self.task);
            self.inbox.arrived.notify_one();
        }
    }
}

/// The future that [`EventLoop::sleep`] returns.
///
/// # Panics
/// If it is polled after the end of its event loop, because its timer would never fire.
#[must_use = "futures do nothing unless polled"]
pub struct Sleep {
    event_loop: EventLoop,
    timer: (Instant, u64),
    started: bool,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let started = mem::replace(&mut self.started, true);
        let state = &self.event_loop.0;
        // The loop removes the timers that are due. It alone decides, so they fire in order.
        if started && !state.over.get() && !state.timers.borrow().contains_key(&self.timer) {
            return Poll::Ready(());
        }
        assert!(!state.over.get(), "the event loop of this sleep has ended");
        let waker = context.waker().clone();
        let _replaced = state.timers.borrow_mut().insert(self.timer, waker);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let _waker = self.event_loop.0.timers.borrow_mut().remove(&self.timer);
    }
}

/// Awaits the output of a spawned task. Dropping it lets the task run on.
///
/// # Panics
/// If the task was dropped with its event loop, or its output was taken before.
pub struct JoinHandle<T>(Rc<Cell<Outcome<T>>>);

enum Outcome<T> {
    /// With the waker of the code that awaits the task.
    Running(Option<Waker>),
    Ready(T),
    /// The task was dropped, or its output was taken.
    Gone,
}

impl<T> Future for JoinHandle<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let waker = context.waker().clone();
        let outcome = self.0.replace(Outcome::Gone);
        let Outcome::Ready(output) = outcome else {
            let running = matches!(outcome, Outcome::Running(_));
            assert!(
                running,
                "the task was dropped, or its output was taken before"
            );
            self.0.set(Outcome::Running(Some(waker))); // then `outcome` drops the old one
            return Poll::Pending;
        };
        Poll::Ready(output)
    }
}

/// The task's end of a [`JoinHandle`].
struct Finish<T>(Rc<Cell<Outcome<T>>>);

impl<T> Finish<T> {
    fn set(&self, outcome: Outcome<T>) {
        if let Outcome::Running(Some(waiting)) = self.0.replace(outcome) {
            waiting.wake();
        }
    }
}

impl<T> Drop for Finish<T> {
    fn drop(&mut self) {
        match self.0.replace(Outcome::Gone) {
            Outcome::Running(Some(waiting)) => waiting.wake(), // the task was dropped
            Outcome::Running(None) | Outcome::Gone => {}
            ready => self.0.set(ready),
        }
    }
}

/// Shows how many tasks and timers there are, without the task that is running.
impl fmt::Debug for EventLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tasks, timers) = (self.0.tasks.borrow().len(), self.0.timers.borrow().len());
        f.debug_struct("EventLoop")
            .field("tasks", &tasks)
            .field("timers", &timers)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep")
            .field("deadline", &self.timer.0)
            .finish_non_exhaustive()
    }
}

/// As std's, without the output. So `T` need not be `Debug`.
impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}

/// Awaits all futures concurrently. Returns their outputs, in the order of the futures.
///
/// All of them belong to the task that awaits this. Whenever it is woken, all unfinished ones are
/// polled. For more than a few dozen, spawn them first.
pub async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut outputs: Vec<_> = futures.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, output) in futures.iter_mut().zip(&mut outputs) {
            if output.is_some() {
                continue;
            }
            if let Poll::Ready(ready) = future.as_mut().poll(context) {
                *output = Some(ready);
            }
        }
        if outputs.iter().all(Option::is_some) {
            Poll::Ready(outputs.drain(..).flatten().collect())
        } else {
            Poll::Pending
        }
    })
    .await
}

/// Runs blocking or long work on a new thread, and awaits its result. The thread starts at the
/// first poll. Dropping the future does not stop it.
///
/// # Panics
/// If the work does, or if the system cannot start a thread.
pub async fn in_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let ours = Arc::new(Mutex::new((None, None::<Waker>)));
    let theirs = Arc::clone(&ours);
    thread::spawn(move || {
        // Unwind safe: after a panic nobody sees anything of `work` but that panic.
        let result = catch_unwind(AssertUnwindSafe(work));
        let waiting = {
            let mut shared = lock(&theirs);
            shared.0 = Some(result);
            shared.1.take()
        };
        if let Some(waker) = waiting {
            waker.wake();
        }
    });
    let result = poll_fn(|context| {
        // Cloned before the lock, and the one before dropped after it: a waker is code of others.
        let mut waker = Some(context.waker().clone());
        let mut shared = lock(&ours);
        mem::swap(&mut shared.1, &mut waker);
        // Under the same lock. Otherwise the result could arrive between the two.
        let result = shared.0.take();
        drop(shared);
        result.map_or(Poll::Pending, Poll::Ready)
    });
    result.await.unwrap_or_else(|panic| resume_unwind(panic))
}

/// Nothing panics while it is locked, so it is never poisoned.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
