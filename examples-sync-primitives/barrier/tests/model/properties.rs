//! What the barrier promises, each in a sentence, as models that loom runs in every order.

use super::by_hand::{Broken, Member, Role, barrier};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Nobody begins a phase before all have ended the one before, and each sees what all have done.
pub(crate) fn nobody_is_a_phase_ahead() {
    model::check(|| {
        let [mut one, mut other] = members();
        let done = Arc::new([const { 0 }; 2].map(AtomicUsize::new));
        let (phases, seen) = (2, Arc::clone(&done));
        let thread = thread::spawn(move || work(&mut other, &seen[1], &seen[0], phases));
        work(&mut one, &done[0], &done[1], phases);
        join(thread);
    });
}

fn work(member: &mut Member, own: &AtomicUsize, other: &AtomicUsize, phases: usize) {
    for phase in 1..=phases {
        // Relaxed: it is the barrier that orders it.
        own.store(phase, Ordering::Relaxed);
        assert!(member.wait().is_ok(), "nobody is gone");
        assert!(other.load(Ordering::Relaxed) >= phase, "a phase ahead");
    }
}

/// Neither does one who is woken for nothing.
pub(crate) fn not_by_a_spurious_wake_up() {
    model::check(|| {
        let [mut one, mut other] = members();
        let done = Arc::new([const { 0 }; 2].map(AtomicUsize::new));
        let (phases, seen) = (1, Arc::clone(&done));
        let thread = thread::spawn(move || work(&mut other, &seen[1], &seen[0], phases));
        let disturber = thread::spawn(model::wake_for_nothing);
        work(&mut one, &done[0], &done[1], phases);
        join(disturber);
        join(thread);
    });
}

/// Three go on together, and one of them leads.
pub(crate) fn three_meet() {
    model::check(|| {
        let [mut one, mut two, mut three] = members();
        // The members come back with their roles: to drop one would wake the others.
        let two = thread::spawn(move || (two.wait(), two));
        let three = thread::spawn(move || (three.wait(), three));
        let first = one.wait();
        let ((second, _two), (third, _three)) = (join(two), join(three));
        let leads = |role: &&_| **role == Ok(Role::Leader);
        assert_eq!(
            [first, second, third].iter().filter(leads).count(),
            1,
            "leaders"
        );
    });
}

/// When a member is gone the others are told, whether they wait already or come later.
pub(crate) fn nobody_waits_for_one_who_is_gone() {
    model::check(|| {
        let [mut one, mut two, three] = members();
        let thread = thread::spawn(move || {
            assert_eq!(two.wait(), Err(Broken), "passed alone");
            assert_eq!(two.wait(), Err(Broken), "passed alone");
        });
        drop(three);
        assert_eq!(one.wait(), Err(Broken), "passed alone");
        join(thread);
    });
}

/// A phase to which all have come is over, also for one who wakes up when another is gone.
pub(crate) fn what_is_over_does_not_break() {
    model::check(|| {
        let [mut one, mut other] = members();
        let thread = thread::spawn(move || {
            assert!(other.wait().is_ok(), "it was over");
        });
        assert!(one.wait().is_ok(), "it was over");
        drop(one);
        join(thread);
    });
}

fn members<const N: usize>() -> [Member; N] {
    let members = barrier(N).try_into();
    members.expect("it has as many as asked for")
}

fn join<T>(thread: thread::JoinHandle<T>) -> T {
    thread.join().expect("a panic would have ended the model")
}
