//! A notification that comes too early, a wake-up without a job, and an event that survives both.

use condvar::Event;
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

const MOMENT: Duration = Duration::from_millis(50);

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    writeln!(out, "notify_all() is called before the thread waits.")?;
    let noticed = condvar_notices(MOMENT);
    writeln!(out, "  with a Condvar alone   {}", continues(noticed))?;
    let noticed = event_notices(MOMENT);
    writeln!(out, "  with an Event          {}", continues(noticed))?;

    writeln!(
        out,
        "\nA worker is woken for job 1, but another worker has taken it."
    )?;
    writeln!(out, "  if no job, wait        {}", finds(checks_once))?;
    writeln!(out, "  while no job, wait     {}", finds(checks_again))?;

    writeln!(out, "\n3 threads wait for one Event.")?;
    let (before, after) = continued();
    writeln!(out, "  before set()           {before} have continued")?;
    writeln!(out, "  after set()            {after} have continued")
}

fn condvar_notices(timeout: Duration) -> bool {
    let (nothing, changed) = (Mutex::new(()), Condvar::new());
    changed.notify_all(); // no thread is waiting, and a Condvar remembers nothing
    let guard = nothing.lock().unwrap_or_else(PoisonError::into_inner);
    let waited = changed.wait_timeout(guard, timeout);
    let (_guard, result) = waited.unwrap_or_else(PoisonError::into_inner);
    !result.timed_out()
}

fn event_notices(timeout: Duration) -> bool {
    let event = Event::new();
    event.set();
    event.wait_timeout(timeout)
}

fn continues(noticed: bool) -> &'static str {
    if noticed {
        "continues immediately"
    } else {
        "waits until its time-out: the notification is lost"
    }
}

/// Where workers wait for a job. It counts them, so that every run happens in the same order.
#[derive(Default)]
struct JobBoard {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    job: Option<u32>,
    waiting: usize,
    woken: usize,
}

impl JobBoard {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        state.waiting += 1;
        let waited = self.changed.wait(state);
        state = waited.unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state.woken += 1;
        state
    }

    /// The lock, as soon as `ready`. A thread that counts as waiting hears every notification.
    fn lock_when(&self, ready: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        loop {
            let state = self.lock();
            if ready(&state) {
                return state;
            }
            drop(state);
            thread::yield_now();
        }
    }
}

fn checks_once(board: &JobBoard) -> Option<u32> {
    let mut state = board.lock();
    if state.job.is_none() {
        state = board.wait(state);
    }
    state.job.take()
}

fn checks_again(board: &JobBoard) -> Option<u32> {
    let mut state = board.lock();
    while state.job.is_none() {
        state = board.wait(state);
    }
    state.job.take()
}

/// What a worker does that is woken for job 1 and gets the lock when job 1 is gone.
fn finds(worker: fn(&JobBoard) -> Option<u32>) -> String {
    let board = JobBoard::default();
    let found = thread::scope(|scope| {
        let worker = scope.spawn(|| worker(&board));
        let mut state = board.lock_when(|state| state.waiting == 1);
        state.job = Some(1);
        board.changed.notify_one();
        state.job = None; // as another worker does before the woken one has the lock
        drop(state);

        let mut state = board.lock_when(|state| state.woken >= 1);
        state.job = Some(2);
        board.changed.notify_one();
        drop(state);
        worker.join().expect("it does not panic")
    });
    found.map_or("continues without a job".into(), |job| {
        format!("waits again, and gets job {job}")
    })
}

/// How many of three threads have continued before the event, and after. Some may not be waiting
/// yet when it is set: that makes no difference.
fn continued() -> (usize, usize) {
    let (event, continued) = (Event::new(), AtomicUsize::new(0));
    let all_are_there = Barrier::new(4);
    let before = thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                all_are_there.wait();
                event.wait();
                continued.fetch_add(1, Ordering::Relaxed);
            });
        }
        all_are_there.wait();
        thread::sleep(MOMENT); // time to continue too early
        let before = continued.load(Ordering::Relaxed);
        event.set();
        before
    });
    (before, continued.into_inner())
}
