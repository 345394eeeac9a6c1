//! The barrier built by hand with real threads, and the automaton beside one thread's results.

use barrier::{Broken, Member, Role, barrier, rule_90};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A member can be sent to a thread. Sharing it is useless, because waiting needs `&mut`.
const _: () = {
    const fn sendable<T: Send>() {}
    sendable::<Member>();
};

#[test]
fn no_thread_is_a_phase_ahead() {
    let _limit = testing::watchdog::limit();
    const THREADS: usize = 4;
    const PHASES: usize = 500;
    let (done, leaders) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for mut member in barrier(THREADS) {
            let (done, leaders) = (&done, &leaders);
            scope.spawn(move || {
                for phase in 1..=PHASES {
                    done.fetch_add(1, Ordering::Relaxed);
                    let role = member.wait().unwrap();
                    let now = done.load(Ordering::Relaxed);
                    assert!(now >= phase * THREADS, "{now} done in phase {phase}");
                    assert!(now < (phase + 1) * THREADS, "{now} done in phase {phase}");
                    leaders.fetch_add(usize::from(role == Role::Leader), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(leaders.into_inner(), PHASES);
}

#[test]
fn a_single_member_never_waits() {
    let _limit = testing::watchdog::limit();
    let mut alone = barrier(1).remove(0);
    assert_eq!(alone.wait(), Ok(Role::Leader));
    assert_eq!(alone.wait(), Ok(Role::Leader));
    assert!(barrier(0).is_empty());
}

#[test]
fn an_early_return_breaks_the_phase_that_it_misses() {
    let _limit = testing::watchdog::limit();
    let mut members = barrier(3);
    let (early, mut other) = (members.pop().unwrap(), members.pop().unwrap());
    let mut one = members.pop().unwrap();
    thread::scope(|scope| {
        let early = scope.spawn(move || {
            let mut early = early;
            early.wait()
        });
        let other = scope.spawn(move || (other.wait(), other.wait()));
        let (first, second) = (one.wait(), one.wait());
        assert!(first.is_ok());
        assert_eq!(second, Err(Broken));
        assert!(early.join().unwrap().is_ok());
        let (first, second) = other.join().unwrap();
        assert!(first.is_ok());
        assert_eq!(second, Err(Broken));
    });
}

#[test]
fn many_threads_compute_the_rows_of_one() {
    let _limit = testing::watchdog::limit();
    let first: Vec<bool> = (0..97_u32).map(|at| at % 7 == 3 || at % 5 == 1).collect();
    let rows = |threads| {
        let rows = Mutex::new(Vec::new());
        rule_90(&first, 60, threads, |row| {
            rows.lock().unwrap().push(row.to_vec());
        });
        rows.into_inner().unwrap()
    };
    let alone = rows(1);
    let mut row = first.clone();
    for computed in &alone {
        let cell = |at: usize| row.get(at).copied().unwrap_or_default();
        let next = |at: usize| (at > 0 && cell(at - 1)) != cell(at + 1);
        row = (0..row.len()).map(next).collect();
        assert_eq!(computed, &row);
    }
    for threads in [2, 3, 8] {
        assert_eq!(rows(threads), alone);
    }
}

#[test]
#[should_panic(expected = "rule_90 needs at least one thread")]
fn no_thread_is_refused() {
    let _limit = testing::watchdog::limit();
    rule_90(&[true], 1, 0, |_| ());
}

#[test]
fn the_error_says_what_happened() {
    let error: Box<dyn std::error::Error + Send + Sync> = Broken.into();
    assert_eq!(error.to_string(), "a member of the barrier was dropped");
}

#[test]
#[should_panic(expected = "the second row")]
fn a_panic_while_a_row_is_shown_reaches_the_caller() {
    let _limit = testing::watchdog::limit();
    let shown = Mutex::new(0);
    rule_90(&[true; 9], 5, 3, |_| {
        let mut shown = shown.lock().unwrap();
        *shown += 1;
        assert!(*shown != 2, "the second row");
    });
}

/// More threads are requested than the address space has stacks for. All rows are computed anyway.
#[test]
#[cfg(target_os = "linux")]
fn fewer_threads_than_requested_compute_all_rows() {
    const NAME: &str = "behaviour::fewer_threads_than_requested_compute_all_rows";
    if std::env::var_os("LITTLE_MEMORY").is_some() {
        let rows = |threads| {
            let rows = Mutex::new(Vec::new());
            let keep = |row: &[bool]| rows.lock().unwrap().push(row.to_vec());
            rule_90(&[true; 20_000], 3, threads, keep);
            rows.into_inner().unwrap()
        };
        let (alone, many) = (rows(1), rows(5_000));
        assert!(alone == many, "the rows differ");
        println!("{} rows", many.len());
        return;
    }
    let _limit = testing::watchdog::limit();
    let limited = "ulimit -v 1048576 && exec \"$0\" --exact \"$1\" --nocapture";
    let this_test = std::env::current_exe().unwrap();
    let mut child = std::process::Command::new("sh");
    child.args(["-c", limited]).arg(this_test).arg(NAME);
    let output = child.env("LITTLE_MEMORY", "1").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("3 rows"), "{text}\n{errors}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_waiting_member_uses_no_cpu() {
    let _limit = testing::watchdog::limit();
    let mut members = barrier(2);
    let (mut one, mut other) = (members.remove(0), members.remove(0));
    let wait = || assert_eq!(one.wait(), Ok(Role::Follower));
    testing::waits::assert_sleeps(wait, || assert_eq!(other.wait(), Ok(Role::Leader)));
}
