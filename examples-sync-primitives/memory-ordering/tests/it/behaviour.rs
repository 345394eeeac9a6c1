//! Real threads: this machine never shows what the language forbids.

use memory_ordering::litmus::{COHERENCE, MESSAGE_PASSING, STORE_BUFFERING, Strength};
use memory_ordering::{meet, run};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

const ROUNDS: usize = 10_000;

#[test]
fn what_is_forbidden_is_never_seen() {
    let _limit = testing::watchdog::limit();
    for test in [MESSAGE_PASSING, STORE_BUFFERING, COHERENCE] {
        for how in Strength::ALL {
            let seen = run(&test, how, ROUNDS);
            assert_eq!(seen.values().sum::<usize>(), ROUNDS);
            for outcome in seen.keys() {
                assert!(outcome.iter().all(|read| *read <= 1) && outcome.len() == 2);
                assert!(!test.forbids(outcome, how), "{how:?}: {outcome:?}");
            }
        }
    }
}

#[test]
fn only_the_odd_outcome_is_ever_forbidden() {
    let _limit = testing::watchdog::limit();
    for test in [MESSAGE_PASSING, STORE_BUFFERING] {
        assert!(!test.forbids(&test.odd, Strength::Relaxed));
        assert!(test.forbids(&test.odd, Strength::SeqCst));
        assert!(!test.forbids(&[1, 1], Strength::SeqCst));
    }
    assert!(!STORE_BUFFERING.forbids(&[0, 0], Strength::ReleaseAcquire));
    assert!(COHERENCE.forbids(&[1, 0], Strength::Relaxed));
}

#[test]
fn a_thread_waits_for_the_other_one_but_not_long() {
    let _limit = testing::watchdog::limit();
    let (mine, other) = (AtomicUsize::new(0), AtomicUsize::new(7));
    assert!(meet(&mine, &other, 7), "the other one is there already");
    assert_eq!(mine.load(Ordering::Relaxed), 7);
    assert!(!meet(&mine, &other, 8), "nobody comes");
    // One that is there after a moment: a thread that never waits would never meet it.
    let end = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !end.load(Ordering::Relaxed) {
                other.fetch_add(1, Ordering::Relaxed);
            }
        });
        while !meet(&mine, &other, other.load(Ordering::Relaxed) + 1) {}
        end.store(true, Ordering::Relaxed);
    });
}
