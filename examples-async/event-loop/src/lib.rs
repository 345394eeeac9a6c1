//! Runs many tasks on one thread, with std alone: what the event loops of JavaScript and asyncio do.
//!
//! Run it: `cargo run -p event-loop`
//!
//! *Notice:* a task runs until it awaits something that is not there yet; then the next has the
//! thread. When none can go on, the thread is parked until a timer is due or a waker is called,
//! which any thread may do.
//!
//! *Use instead:* tokio or smol in a real program: `async-fetch`, `async-fetch-smol`.
//!
//! The page: `docs/src/async/event-loop.md`
//!
//! # Use it
//! ```
//! use event_loop::{block_on, join_all};
//! use std::time::Duration;
//!
//! fn main() {
//!     block_on(async |event_loop| {
//!         let tasks = ["one", "two", "three"].map(|name| {
//!             let timer = event_loop.sleep(Duration::from_millis(20));
//!             event_loop.spawn(async move { // it may do without `Send`
//!                 timer.await; // all three wait at the same time
//!                 name.len()
//!             })
//!         });
//!         assert_eq!(join_all(tasks).await, [3, 3, 5]);
//!     });
//! }
//! ```

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

/// A handle to the loop, with which tasks start others and sleep. It stays on its thread.
///
/// It is passed on by hand. Rejected: a current loop in a thread-local, as in tokio and asyncio;
/// then the mistake to call `sleep` where no loop runs would show only when it happens.
#[derive(Clone)]
pub struct EventLoop(Rc<State>);

struct State {
    /// In the order in which they were spawned.
    tasks: RefCell<BTreeMap<u64, Task>>,
    /// By deadline, then in the order in which they were made. Unlike a `BinaryHeap`, a map can
    /// forget a timer that nobody waits for any more.
    timers: RefCell<BTreeMap<(Instant, u64), Waker>>,
    inbox: Arc<Inbox>,
    last_number: Cell<u64>,
}

struct Task {
    future: Pin<Box<dyn Future<Output = ()>>>,
    waker: Waker,
}

/// The task of [`block_on`] itself; those that are spawned get the numbers after it.
const MAIN: u64 = 0;

/// Runs the future that `main` makes on this thread, and beside it all that it spawns, until it is
/// done. Tasks that are not done by then are dropped, in the order in which they were spawned.
///
/// Within a task it blocks as any other call would: it makes a loop of its own, and the tasks of
/// the outer one stand still. If it waits for one of those, it waits for ever.
///
/// # Panics
/// If a task does, also one that nobody awaits: no panic disappears. All tasks are dropped.
/// Rejected: to catch it for whoever awaits the task, as tokio does; one thread, one panic.
pub fn block_on<T>(main: impl AsyncFnOnce(EventLoop) -> T) -> T {
    let event_loop = EventLoop(Rc::new(State {
        tasks: RefCell::default(),
        timers: RefCell::default(),
        inbox: Arc::default(),
        last_number: Cell::new(MAIN),
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
            None => {} // the next timer is due
        }
    }
}

impl EventLoop {
    /// Starts a task beside the one that calls this. It is polled for the first time when that one
    /// awaits, after those that were ready before. After the end of [`block_on`] nobody runs it.
    pub fn spawn<F: Future<Output: 'static> + 'static>(&self, future: F) -> JoinHandle<F::Output> {
        let outcome = Rc::new(Outcome {
            output: Cell::new(None),
            waiting: Cell::new(None),
        });
        let handle = JoinHandle(Rc::clone(&outcome));
        let future = Box::pin(async move {
            outcome.output.set(Some(future.await));
            if let Some(waker) = outcome.waiting.take() {
                waker.wake();
            }
        });
        let number = self.number();
        let waker = self.waker(number);
        waker.wake_by_ref();
        let mut tasks = self.0.tasks.borrow_mut();
        tasks.insert(number, Task { future, waker });
        handle
    }

    /// Is over this long from now, and never before the tasks that are ready had their turn: with
    /// a duration of zero it gives way once. Dropping it takes its timer off the loop.
    pub fn sleep(&self, duration: Duration) -> Sleep {
        const THIRTY_YEARS: Duration = Duration::from_secs(30 * 365 * 24 * 3600);
        let now = Instant::now();
        let deadline = now.checked_add(duration).unwrap_or(now + THIRTY_YEARS);
        Sleep {
            event_loop: self.clone(),
            timer: (deadline, self.number()),
            started: false,
        }
    }

    /// Wakes those whose time has come, and returns when the next one's will.
    fn fire_timers(&self) -> Option<Instant> {
        loop {
            let mut timers = self.0.timers.borrow_mut();
            let first = timers.first_entry()?;
            let (deadline, _) = *first.key();
            if Instant::now() < deadline {
                return Some(deadline);
            }
            let waker = first.remove();
            drop(timers); // a waker may be anybody's, and need the timers itself
            waker.wake();
        }
    }

    fn poll_task(&self, number: u64) {
        // Out of the map while it is polled, so that it may spawn.
        let Some(mut task) = self.0.tasks.borrow_mut().remove(&number) else {
            return; // it was woken once more, though it is done
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

    fn number(&self) -> u64 {
        self.0.last_number.update(|last| last + 1);
        self.0.last_number.get()
    }
}

/// Tasks hold handles to the loop that holds them: a circle, which would never be freed.
struct DropTasks<'a>(&'a EventLoop);

impl Drop for DropTasks<'_> {
    fn drop(&mut self) {
        loop {
            // The map is free again when the task is dropped, which may spawn yet another.
            let task = self.0.0.tasks.borrow_mut().pop_first();
            if task.is_none() {
                return;
            }
        }
    }
}

/// The tasks that were woken: all that other threads see of the loop.
#[derive(Default)]
struct Inbox {
    woken: Mutex<Woken>,
    arrived: Condvar,
}

#[derive(Default)]
struct Woken {
    order: VecDeque<u64>,
    /// The same tasks, so that one that is woken many times is there once.
    tasks: HashSet<u64>,
}

impl Inbox {
    /// The task that is next; parks the thread until there is one. `None` at the deadline.
    fn take(&self, deadline: Option<Instant>) -> Option<u64> {
        let mut woken = lock(&self.woken);
        loop {
            if let Some(task) = woken.next() {
                return Some(task);
            }
            // Waiting gives up the lock and parks in one step: no wake-up falls between.
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
    /// From here on the task can be woken again, before it is polled: what arrives while it is being
    /// polled may have come too late for that poll, and must lead to another.
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

/// What [`EventLoop::sleep`] returns.
#[must_use = "futures do nothing unless polled"]
pub struct Sleep {
    event_loop: EventLoop,
    timer: (Instant, u64),
    started: bool,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let started = std::mem::replace(&mut self.started, true);
        let timers = &self.event_loop.0.timers;
        // The loop takes out the timers that are due: it alone decides, so they are over in order.
        if started && !timers.borrow().contains_key(&self.timer) {
            return Poll::Ready(());
        }
        // The waker of the last poll is dropped when the timers are free again: see `fire_timers`.
        let _old = timers
            .borrow_mut()
            .insert(self.timer, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let _waker = self.event_loop.0.timers.borrow_mut().remove(&self.timer);
    }
}

/// Awaits a task that was spawned, and gives its output. Dropping it leaves the task running.
///
/// # Panics
/// If the task was dropped with its loop, or its output was taken before: it would never come.
pub struct JoinHandle<T>(Rc<Outcome<T>>);

struct Outcome<T> {
    output: Cell<Option<T>>,
    waiting: Cell<Option<Waker>>,
}

impl<T> Future for JoinHandle<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        if let Some(output) = self.0.output.take() {
            return Poll::Ready(output);
        }
        let exists = Rc::strong_count(&self.0) > 1;
        assert!(exists, "the task was dropped, or its output taken before");
        self.0.waiting.set(Some(context.waker().clone()));
        Poll::Pending
    }
}

/// Awaits all of them at the same time, and gives their outputs in the same order.
///
/// They share the task that calls this: whenever it is woken, all that are not done are polled.
/// For more than some dozens spawn them first.
pub async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut outputs: Vec<_> = futures.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, output) in futures.iter_mut().zip(&mut outputs) {
            if output.is_none()
                && let Poll::Ready(ready) = future.as_mut().poll(context)
            {
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

/// Awaits blocking work, or long work, that runs on a thread of its own, while the loop goes on.
/// Dropping the future does not stop the thread.
///
/// # Panics
/// If the work does, or if the system has no thread for it.
pub async fn in_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let ours = Arc::new(Mutex::new((None, None::<Waker>)));
    let theirs = Arc::clone(&ours);
    thread::spawn(move || {
        // Unwind safe: nobody sees what the work leaves, only its panic.
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
        // Under one lock, or the result could come between the look and the waker.
        let (result, waiting) = &mut *lock(&ours);
        *waiting = Some(context.waker().clone());
        result.take().map_or(Poll::Pending, Poll::Ready)
    });
    result.await.unwrap_or_else(|panic| resume_unwind(panic))
}

/// Nothing panics while one of these locks is held, so they are never poisoned.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
