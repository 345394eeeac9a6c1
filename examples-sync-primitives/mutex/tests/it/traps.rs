//! The traps of the page. Each test asks the lock itself whether it is held.
#![expect(
    clippy::unwrap_used,
    clippy::never_loop,
    clippy::match_single_binding,
    clippy::redundant_pattern_matching,
    reason = "the traps as people write them"
)]

use std::sync::{Arc, Barrier, Mutex, PoisonError, TryLockError, mpsc};
use std::thread;

// ANCHOR: held-by-any
/// Whether any thread holds the lock, including the calling one.
fn held<T>(mutex: &Mutex<T>) -> bool {
    matches!(mutex.try_lock(), Err(TryLockError::WouldBlock))
}
// ANCHOR_END: held-by-any

// ANCHOR: one-at-a-time
type Job = Box<dyn FnOnce() + Send>;

/// Wrong: the guard is a temporary of the `while let`, so it lives until the end of the body.
fn work_one_at_a_time(jobs: &Mutex<mpsc::Receiver<Job>>) {
    while let Ok(job) = jobs.lock().unwrap().recv() {
        job(); // still locked: no other worker gets a job
    }
}

/// Right: a `let` drops its temporaries at the semicolon, so the job runs without the lock.
fn work_in_parallel(jobs: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap().recv();
        let Ok(job) = job else { return };
        job();
    }
}
// ANCHOR_END: one-at-a-time

#[test]
fn while_let_keeps_the_lock_while_the_job_runs() {
    let _limit = testing::watchdog::limit();
    let (sender, receiver) = mpsc::channel::<Job>();
    let jobs = Arc::new(Mutex::new(receiver));
    for _ in 0..3 {
        let seen = Arc::clone(&jobs);
        let job = move || assert!(held(&seen), "the lock is free while a job runs");
        sender.send(Box::new(job)).unwrap();
    }
    drop(sender);
    work_one_at_a_time(&jobs);
}

#[test]
fn let_frees_the_lock_before_the_job_runs() {
    testing::watchdog::assert_ends(jobs_in_parallel);
}

fn jobs_in_parallel() {
    let (sender, receiver) = mpsc::channel::<Job>();
    let jobs = Mutex::new(receiver);
    let meeting = Arc::new(Barrier::new(2));
    for _ in 0..2 {
        let meeting = Arc::clone(&meeting);
        // Each job waits for the other, so this ends only if both run at the same time.
        let job = move || {
            meeting.wait();
        };
        sender.send(Box::new(job)).unwrap();
    }
    drop(sender);
    thread::scope(|scope| {
        scope.spawn(|| work_in_parallel(&jobs));
        scope.spawn(|| work_in_parallel(&jobs));
    });
}

// ANCHOR: held
#[test]
fn how_long_a_guard_without_a_name_is_held() {
    let m = Mutex::new(vec![1, 2, 3, 4, 5]);

    // Until the end of the block:
    while let Some(_) = m.lock().unwrap().pop() {
        assert!(held(&m));
        break;
    }
    for _ in m.lock().unwrap().iter() {
        assert!(held(&m));
    }
    match m.lock().unwrap().len() {
        _ => assert!(held(&m)), // even if nothing is borrowed
    }
    if let Some(_) = m.lock().unwrap().pop() {
        assert!(held(&m));
    }

    // Not in the `else` of an `if let` in edition 2024. In edition 2021 it is held there, too.
    if let Some(6) = m.lock().unwrap().pop() {
    } else {
        assert!(!held(&m));
    }

    // Until the end of the condition:
    if m.lock().unwrap().len() == 2 {
        assert!(!held(&m));
    }
    while !m.lock().unwrap().is_empty() {
        assert!(!held(&m));
        m.lock().unwrap().clear();
    }

    // Until the semicolon:
    let popped = m.lock().unwrap().pop();
    assert!(!held(&m));
    let Some(_) = popped else {
        return assert!(!held(&m));
    };
}
// ANCHOR_END: held

#[test]
// ANCHOR: underscore
#[expect(let_underscore_lock, reason = "an error by default, and this is why")]
fn an_underscore_locks_nothing() {
    let m = Mutex::new(0);

    let _ = m.lock().unwrap(); // wrong: dropped immediately, nothing is locked
    assert!(!held(&m));

    let _guard = m.lock().unwrap(); // right: dropped at the end of the block
    assert!(held(&m));
}
// ANCHOR_END: underscore

#[test]
// ANCHOR: twice
fn a_second_lock_in_the_same_thread_waits_for_the_first() {
    let m = Mutex::new(0);
    let _guard = m.lock().unwrap();
    // m.lock() would wait for this very thread, and never return. try_lock shows it:
    assert!(matches!(m.try_lock(), Err(TryLockError::WouldBlock)));
}
// ANCHOR_END: twice

#[test]
#[cfg(target_os = "linux")] // elsewhere it may panic instead: std promises neither
fn a_second_lock_in_the_same_thread_hangs() {
    let test = "traps::a_second_lock_in_the_same_thread_hangs";
    testing::watchdog::assert_hangs(test, "locks again", || {
        let m = Mutex::new(0);
        let _guard = m.lock().unwrap();
        println!("locks again");
        let _again = m.lock().unwrap();
        println!("goes on");
    });
}

#[test]
// ANCHOR: poison
fn unwrap_spreads_a_panic_and_into_inner_does_not() {
    let m = Arc::new(Mutex::new(vec![1]));
    let poisoner = Arc::clone(&m);
    let panicked = thread::spawn(move || {
        let mut numbers = poisoner.lock().unwrap();
        numbers.push(2);
        panic!("between two steps that belong together");
    });
    assert!(panicked.join().is_err());

    assert!(m.is_poisoned());
    // m.lock().unwrap() would panic: called `Result::unwrap()` on an `Err` value: PoisonError
    let numbers = m.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(*numbers, [1, 2]); // the lock works; whether the data is right, you must know
    drop(numbers);

    m.clear_poison(); // from now on lock() is Ok again
    assert!(m.lock().is_ok());
}
// ANCHOR_END: poison
