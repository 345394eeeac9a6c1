//! A notify that comes too early, a wake-up that comes for nothing, and the event that minds both.

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

    writeln!(out, "Notified before it waits.")?;
    let noticed = condvar_notices(MOMENT);
    writeln!(out, "  a Condvar alone:  {}", goes_on(noticed))?;
    let noticed = event_notices(MOMENT);
    writeln!(out, "  an Event:         {}", goes_on(noticed))?;

    writeln!(out, "Woken for job 1, which another thread has taken.")?;
    writeln!(out, "  if no job:        {}", finds(looks_once))?;
    writeln!(out, "  while no job:     {}", finds(looks_again))?;

    writeln!(out, "Three threads and one Event.")?;
    let (before, after) = gone_on();
    writeln!(out, "  not set:          {before} have gone on")?;
    writeln!(out, "  set once:         {after} have gone on")
}

fn condvar_notices(timeout: Duration) -> bool {
    let (nothing, changed) = (Mutex::new(()), Condvar::new());
    changed.notify_all(); // nobody waits, and nothing keeps it for those who will
    let guard = nothing.lock().unwrap_or_else(PoisonError::into_inner);
    let waited = changed.wait_timeout(guard, timeout);
    let (_guard, result) = waited.unwrap_or_else(PoisonError::into_inner);
    !result.timed_out()
}

fn event_notices(timeout: Duration) -> bool {
    let event = Event::default();
    event.set();
    event.wait_timeout(timeout)
}

fn goes_on(noticed: bool) -> &'static str {
    if noticed {
        "goes on"
    } else {
        "still waits when its time is over"
    }
}

/// Where workers wait for a job. It counts them, so that what happens next does not hang on luck.
#[derive(Default)]
struct Office {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    job: Option<u32>,
    waiting: usize,
    woken: usize,
}

impl Office {
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

    /// Once `ready`, the lock. Who counts as waiting has given the lock up, and hears every notify.
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

fn looks_once(office: &Office) -> Option<u32> {
    let mut state = office.lock();
    if state.job.is_none() {
        state = office.wait(state);
    }
    state.job.take()
}

fn looks_again(office: &Office) -> Option<u32> {
    let mut state = office.lock();
    while state.job.is_none() {
        state = office.wait(state);
    }
    state.job.take()
}

/// What a worker finds that is woken for job 1 and gets the lock when job 1 is gone.
fn finds(worker: fn(&Office) -> Option<u32>) -> String {
    let office = Office::default();
    let found = thread::scope(|scope| {
        let worker = scope.spawn(|| worker(&office));
        let mut state = office.lock_when(|state| state.waiting == 1);
        state.job = Some(1);
        office.changed.notify_one();
        state.job = None; // as another worker does that passes by before the woken one has the lock
        drop(state);

        let mut state = office.lock_when(|state| state.woken >= 1);
        state.job = Some(2);
        office.changed.notify_one();
        drop(state);
        worker.join().expect("it does not panic")
    });
    found.map_or("goes on without a job".into(), |job| {
        format!("goes on with job {job}")
    })
}

/// How many of three threads have gone on before the event, and after. Nobody looks whether they
/// wait already when it is set: it makes no difference.
fn gone_on() -> (usize, usize) {
    let (event, gone_on) = (Event::default(), AtomicUsize::new(0));
    let all_are_there = Barrier::new(4);
    let before = thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                all_are_there.wait();
                event.wait();
                gone_on.fetch_add(1, Ordering::Relaxed);
            });
        }
        all_are_there.wait();
        thread::sleep(MOMENT); // time to go on too early
        let before = gone_on.load(Ordering::Relaxed);
        event.set();
        before
    });
    (before, gone_on.into_inner())
}
