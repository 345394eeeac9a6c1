//! The barrier built by hand with real threads, and the automaton against one that is computed alone.

use barrier::{Broken, Member, Role, barrier, rule_90};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A member may be given to a thread. To share it is of no use, since to wait is exclusive.
const _: () = {
    const fn sendable<T: Send>() {}
    sendable::<Member>();
};

#[test]
fn nobody_is_a_phase_ahead() {
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
fn one_member_waits_for_nobody() {
    let mut alone = barrier(1).remove(0);
    assert_eq!(alone.wait(), Ok(Role::Leader));
    assert_eq!(alone.wait(), Ok(Role::Leader));
    assert!(barrier(0).is_empty());
}

#[test]
fn an_early_return_is_told_in_the_phase_that_it_misses() {
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
fn the_rows_are_those_of_one_thread() {
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
