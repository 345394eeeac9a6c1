//! The traps of the page.

#![expect(clippy::unwrap_used, reason = "the page shows short functions")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, TrySendError, channel, sync_channel};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use testing::watchdog;
use thread_pool::Pool;

// ANCHOR: one-at-a-time
type Job = Box<dyn FnOnce() + Send>;

/// Wrong: the guard lives until the end of the body, so the job runs under the lock.
fn one_at_a_time(jobs: &Mutex<Receiver<Job>>) {
    while let Ok(job) = jobs.lock().unwrap().recv() {
        job();
    }
}

/// Right: the guard is dropped at the end of the statement.
fn side_by_side(jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap().recv();
        let Ok(job) = job else { break };
        job();
    }
}
// ANCHOR_END: one-at-a-time

/// Runs the jobs on 4 threads.
fn on_four_threads(work: fn(&Mutex<Receiver<Job>>), jobs: Vec<Job>) {
    let (sender, queue) = channel();
    jobs.into_iter().for_each(|job| sender.send(job).unwrap());
    drop(sender);
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| work(&queue));
        }
    });
}

/// The most jobs that ran at the same time, of 200 that each yield in the middle.
fn overlap(work: fn(&Mutex<Receiver<Job>>)) -> usize {
    let (inside, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let job = || {
        let (inside, most) = (Arc::clone(&inside), Arc::clone(&most));
        let job = move || {
            let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
            most.fetch_max(now, Ordering::SeqCst);
            thread::yield_now();
            inside.fetch_sub(1, Ordering::SeqCst);
        };
        Box::new(job) as Job
    };
    on_four_threads(work, (0..200).map(|_| job()).collect());
    most.load(Ordering::SeqCst)
}

/// Jobs that end only when four of them run at the same time.
fn four_that_meet() -> Vec<Job> {
    let all_are_here = Arc::new(Barrier::new(4));
    let job = |()| {
        let all_are_here = Arc::clone(&all_are_here);
        Box::new(move || {
            all_are_here.wait();
        }) as Job
    };
    [(); 4].map(job).into()
}

#[test]
fn a_guard_in_while_let_runs_one_job_at_a_time() {
    watchdog::assert_ends(|| assert_eq!(overlap(one_at_a_time), 1));
}

#[test]
fn under_that_guard_four_jobs_never_meet() {
    let test = "traps::under_that_guard_four_jobs_never_meet";
    watchdog::assert_hangs(test, "4 threads, 4 jobs", || {
        println!("4 threads, 4 jobs");
        on_four_threads(one_at_a_time, four_that_meet());
    });
}

#[test]
fn with_a_statement_of_its_own_four_jobs_meet() {
    watchdog::assert_ends(|| on_four_threads(side_by_side, four_that_meet()));
}

// ANCHOR: nested
/// Wrong: the only worker waits for a job that only this worker could run.
fn waits_within(pool: &Arc<Pool>) -> u32 {
    let same = Arc::clone(pool);
    let outer = pool.submit(move || same.submit(|| 7).wait().unwrap());
    outer.wait().unwrap()
}

/// Right: the job returns the ticket, and a thread outside of the pool waits.
fn waits_outside(pool: &Arc<Pool>) -> u32 {
    let same = Arc::clone(pool);
    let outer = pool.submit(move || same.submit(|| 7));
    outer.wait().unwrap().wait().unwrap()
}
// ANCHOR_END: nested

#[test]
fn a_job_that_waits_for_a_job_hangs() {
    let test = "traps::a_job_that_waits_for_a_job_hangs";
    watchdog::assert_hangs(test, "one worker", || {
        println!("one worker");
        waits_within(&Arc::new(Pool::new(1, 4)));
    });
}

#[test]
fn a_job_may_return_a_ticket() {
    watchdog::assert_ends(|| assert_eq!(waits_outside(&Arc::new(Pool::new(1, 4))), 7));
}

// ANCHOR: full
#[test]
fn a_full_queue_gives_the_job_back() {
    let (sender, _receiver) = sync_channel(1); // std's bounded channel
    sender.send(1).unwrap();
    let error = sender.try_send(2).unwrap_err();
    assert_eq!(error.to_string(), "sending on a full channel");
    assert_eq!(error, TrySendError::Full(2));
}
// ANCHOR_END: full

// ANCHOR: refused
/// Runs the job on the calling thread if the queue is full: the caller slows down, nothing waits.
fn here_if_full(pool: &Pool, job: impl FnOnce() + Send + 'static) {
    match pool.try_submit(job) {
        Ok(ticket) => drop(ticket),
        Err(job) => job(),
    }
}
// ANCHOR_END: refused

#[test]
fn a_refused_job_runs_here() {
    watchdog::assert_ends(|| {
        let pool = Pool::new(1, 1);
        let gate = Arc::new(Barrier::new(2));
        let held = Arc::clone(&gate);
        let first = pool.submit(move || held.wait().is_leader());
        let second = pool.submit(|| ()); // returns when it is queued, so the worker is held
        let (sender, threads) = channel();
        while threads.try_recv() != Ok(thread::current().id()) {
            let sender = sender.clone();
            here_if_full(&pool, move || sender.send(thread::current().id()).unwrap());
        }
        gate.wait();
        assert!(first.wait().is_ok() && second.wait().is_ok());
    });
}

// ANCHOR: scope
/// Jobs of a scope may borrow. Four threads take the items in turn.
fn total_length(words: &[&str]) -> usize {
    let queue = Mutex::new(words.iter());
    thread::scope(|scope| {
        let work = || {
            let mut total = 0;
            loop {
                let word = queue.lock().unwrap().next(); // unlocked before the work
                let Some(word) = word else { break total };
                total += word.len();
            }
        };
        let threads = [(); 4].map(|()| scope.spawn(work));
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    })
}
// ANCHOR_END: scope

#[test]
fn a_scope_is_a_pool_for_borrowed_items() {
    assert_eq!(total_length(&["a", "bc", "def"]), 6);
}
