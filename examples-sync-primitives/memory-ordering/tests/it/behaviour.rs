//! Real threads: this machine never shows what the language forbids.

use memory_ordering::litmus::{COHERENCE, MESSAGE_PASSING, STORE_BUFFERING, Strength};
use memory_ordering::run;

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
