//! What the barrier guarantees, one sentence each, as models that loom runs in every order.

use super::by_hand::{Broken, Member, Role, barrier};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// No thread begins a phase before all have finished the previous one, and each sees what all did.
pub(crate) fn no_thread_is_a_phase_ahead() {
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
        // Relaxed: the barrier orders it.
        own.store(phase, Ordering::Relaxed);
        assert!(member.wait().is_ok(), "no member was dropped");
        assert!(other.load(Ordering::Relaxed) >= phase, "a phase ahead");
    }
}

/// No spurious wake-up lets a thread continue.
pub(crate) fn a_spurious_wake_up_lets_nobody_continue() {
    model::check(|| {
        let [mut one, mut other] = members();
        let done = Arc::new([const { 0 }; 2].map(AtomicUsize::new));
        let (phases, seen) = (1, Arc::clone(&done));
        let thread = thread::spawn(move || work(&mut other, &seen[1], &seen[0], phases));
        let disturber = thread::spawn(model::wake_spuriously);
        work(&mut one, &done[0], &done[1], phases);
        join(disturber);
        join(thread);
    });
}

/// Three threads continue together, and one of them is the leader.
pub(crate) fn three_meet() {
    model::check(|| {
        let [mut one, mut two, mut three] = members();
        // The members are returned with their roles, because dropping one would wake the others.
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

/// When a member is dropped, the others get an error, whether they wait already or arrive later.
pub(crate) fn nobody_waits_for_a_dropped_member() {
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

/// When a member is dropped, every thread that waits is woken.
pub(crate) fn a_dropped_member_wakes_every_waiting_thread() {
    model::check(|| {
        let [mut one, mut two, three] = members();
        // The members are returned, because dropping one would wake the other.
        let one = thread::spawn(move || (one.wait(), one));
        let two = thread::spawn(move || (two.wait(), two));
        drop(three);
        let ((first, _one), (second, _two)) = (join(one), join(two));
        assert_eq!([first, second], [Err(Broken); 2], "passed alone");
    });
}

/// A phase in which all have arrived is over, also for a thread that wakes up after a drop.
pub(crate) fn a_phase_that_is_over_does_not_break() {
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
    members.expect("there are as many as requested")
}

fn join<T>(thread: thread::JoinHandle<T>) -> T {
    thread.join().expect("a panic would have ended the model")
}
