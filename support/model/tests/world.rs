//! The model itself: it finds what can happen, and nothing that cannot.
#![expect(clippy::unwrap_used, reason = "no lock is poisoned in a model")]

use model::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use model::sync::{Arc, Condvar, Mutex};
use model::thread;
use model::time::{self, Duration, Instant};
use std::collections::BTreeSet;
use std::sync::mpsc;

const SECOND: Duration = Duration::from_secs(1);

type Pair = Arc<(Mutex<bool>, Condvar)>;

/// A value with its condition variable, for two threads.
fn pair() -> (Pair, Pair) {
    let pair = Arc::new((Mutex::new(false), Condvar::new()));
    (Arc::clone(&pair), pair)
}

/// What `execution` returns in all the orders that loom tries.
fn outcomes<T: Ord + Send + 'static>(
    check: impl FnOnce(Box<dyn Fn() + Send + Sync>),
    execution: impl Fn() -> T + Send + Sync + 'static,
) -> BTreeSet<T> {
    let (found, outcomes) = mpsc::channel();
    check(Box::new(move || {
        let _ = found.send(execution()); // the receiver is dropped only when the model has failed
    }));
    outcomes.try_iter().collect()
}

/// Waits once, with a time-out, for another thread to notify; says whether the time was over.
fn times_out_against_a_notify() -> bool {
    let (pair, other) = pair();
    let clock = time::flow();
    let notifier = thread::spawn(move || {
        *other.0.lock().unwrap() = true;
        other.1.notify_one();
    });
    let start = Instant::now();
    let mut guard = pair.0.lock().unwrap();
    let mut timed_out = false;
    while !*guard && !timed_out {
        let (again, result) = pair.1.wait_timeout(guard, SECOND).unwrap();
        guard = again;
        timed_out = result.timed_out();
    }
    assert!(!timed_out || start.elapsed() >= SECOND);
    drop(guard);
    notifier.join().unwrap();
    clock.stop();
    timed_out
}

#[test]
fn a_time_out_comes_before_and_after_the_notify() {
    let seen = outcomes(model::check, times_out_against_a_notify);
    assert_eq!(seen, BTreeSet::from([false, true]));
}

#[test]
fn time_that_passes_ends_a_wait_once_it_is_over() {
    model::check(|| {
        let (_, other) = pair();
        let waiter = thread::spawn(move || {
            let waited = other.1.wait_timeout(other.0.lock().unwrap(), SECOND);
            waited.unwrap().1.timed_out()
        });
        while model::waiting() == 0 {
            thread::yield_now();
        }
        time::pass(SECOND / 2);
        assert_eq!(model::waiting(), 1);
        time::pass(SECOND / 2);
        assert!(waiter.join().unwrap());
    });
}

#[test]
fn time_stands_still_unless_it_may_flow() {
    let test = "world::time_stands_still_unless_it_may_flow";
    testing::child::assert_caught(test, "deadlock; threads =", || {
        model::check(|| {
            let (pair, other) = pair();
            let waiter = thread::spawn(move || {
                drop(other.1.wait_timeout(other.0.lock().unwrap(), SECOND));
            });
            drop(pair.0.lock());
            waiter.join().unwrap();
        });
    });
}

#[test]
fn a_notify_that_nobody_waits_for_is_lost() {
    let test = "world::a_notify_that_nobody_waits_for_is_lost";
    testing::child::assert_caught(test, "deadlock; threads =", || {
        model::check(|| {
            let (pair, other) = pair();
            let waiter = thread::spawn(move || drop(other.1.wait(other.0.lock().unwrap())));
            pair.1.notify_one(); // nobody may be waiting yet, and a Condvar remembers nothing
            waiter.join().unwrap();
        });
    });
}

#[test]
fn spurious_wake_ups_happen() {
    let test = "world::spurious_wake_ups_happen";
    testing::child::assert_caught(test, "spurious wake-up", || {
        model::check(|| {
            let (pair, other) = pair();
            let waiter = thread::spawn(move || {
                let ready = other.0.lock().unwrap();
                if !*ready {
                    assert!(*other.1.wait(ready).unwrap(), "spurious wake-up");
                }
            });
            let disturber = thread::spawn(model::wake_spuriously);
            *pair.0.lock().unwrap() = true;
            pair.1.notify_one();
            disturber.join().unwrap();
            waiter.join().unwrap();
        });
    });
}

#[test]
fn notify_one_wakes_one_and_notify_all_the_rest() {
    model::check(|| {
        let (pair, _) = pair();
        let waiters = [(); 2].map(|()| {
            let pair = Arc::clone(&pair);
            thread::spawn(move || {
                let mut ready = pair.0.lock().unwrap();
                while !*ready {
                    ready = pair.1.wait(ready).unwrap();
                }
            })
        });
        let mut ready = pair.0.lock().unwrap();
        let waited = model::waiting();
        pair.1.notify_one();
        assert_eq!(model::waiting(), waited.saturating_sub(1));
        *ready = true;
        drop(ready);
        pair.1.notify_all();
        for waiter in waiters {
            waiter.join().unwrap();
        }
    });
}

#[test]
#[should_panic(expected = "the property passed")]
fn a_mutant_that_survives_fails_the_test() {
    let passes = "world::a_model_of_one_order_proves_nothing";
    testing::child::assert_caught(passes, "deadlock; threads =", || ());
}

#[test]
#[should_panic(expected = "two orders")]
fn a_model_of_one_order_proves_nothing() {
    model::check(|| ());
}

/// To see a value change back, this thread is interrupted between its writes, and the other one
/// between its reads.
#[test]
fn a_bound_leaves_out_the_orders_with_more_preemptions() {
    let changes_back = |preemptions| {
        let check = |model| model::check_within(preemptions, model);
        let seen = outcomes(check, || {
            let value = Arc::new(Mutex::new(0));
            let theirs = Arc::clone(&value);
            let read = move || *theirs.lock().unwrap();
            let reader = thread::spawn(move || [read(), read()] == [1, 0]);
            *value.lock().unwrap() = 1;
            *value.lock().unwrap() = 0;
            reader.join().unwrap()
        });
        seen.contains(&true)
    };
    assert!(!changes_back(1));
    assert!(changes_back(2));
}

#[test]
fn waiting_while_something_holds_ends_at_one_deadline() {
    model::check(|| {
        let (_, other) = pair();
        let waiter = thread::spawn(move || {
            let start = Instant::now();
            let guard = other.0.lock().unwrap();
            let waited = other.1.wait_timeout_while(guard, SECOND, |ready| !*ready);
            assert!(waited.unwrap().1.timed_out());
            assert_eq!(start.elapsed(), SECOND);
        });
        let clock = time::flow();
        model::wake_spuriously();
        waiter.join().unwrap();
        clock.stop();
    });
}

#[test]
fn waiting_while_something_holds_ends_when_it_no_longer_does() {
    model::check(|| {
        let (pair, other) = pair();
        let waiter = thread::spawn(move || {
            let guard = other.0.lock().unwrap();
            assert!(*other.1.wait_while(guard, |ready| !*ready).unwrap());
            let guard = other.0.lock().unwrap();
            let waited = other.1.wait_timeout_while(guard, SECOND, |ready| !*ready);
            assert!(!waited.unwrap().1.timed_out());
        });
        *pair.0.lock().unwrap() = true;
        pair.1.notify_one();
        model::wake_spuriously();
        waiter.join().unwrap();
    });
}

#[test]
fn each_weak_exchange_fails_spuriously_in_its_turn() {
    let failures = outcomes(model::check, || {
        let number = Arc::new(AtomicU32::new(0));
        let theirs = Arc::clone(&number);
        let looks = thread::spawn(move || theirs.load(Relaxed));
        let fails = || {
            let exchanged = number.compare_exchange_weak(0, 0, Relaxed, Relaxed);
            assert_eq!(exchanged.unwrap_or_else(|found| found), 0);
            exchanged.is_err()
        };
        let failed = [fails(), fails(), fails()];
        looks.join().unwrap();
        failed
    });
    let [no, yes] = [false, true];
    let expected = [[yes, no, no], [no, yes, no], [no, no, yes], [no, no, no]];
    assert_eq!(failures, BTreeSet::from(expected));
}

#[test]
fn a_loop_around_a_weak_exchange_ends() {
    let failures = outcomes(model::check, || {
        let number = Arc::new(AtomicU32::new(0));
        let add = |number: &AtomicU32| {
            let (mut seen, mut failed) = (number.load(Relaxed), 0);
            while let Err(now) = number.compare_exchange_weak(seen, seen + 1, Relaxed, Relaxed) {
                seen = now;
                failed += 1;
            }
            failed
        };
        let theirs = Arc::clone(&number);
        let other = thread::spawn(move || add(&theirs));
        let failed = (add(&number), other.join().unwrap());
        assert_eq!(number.load(Relaxed), 2);
        failed
    });
    // Failed at most once for the other and once spuriously, and that in one of the two threads.
    let expected = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 0)];
    assert_eq!(failures, BTreeSet::from(expected));
}

#[test]
fn a_lock_can_be_found_held_when_all_under_it_is_done() {
    let found_held = outcomes(model::check, || {
        model::switch_before_unlock();
        let done = Arc::new(Mutex::new(false));
        let other = Arc::clone(&done);
        // Both first do something else, in either order: loom blocks a try_lock that would come next
        // at the moment when the lock is taken.
        let holder = thread::spawn(move || {
            model::waiting();
            *other.lock().unwrap() = true;
        });
        model::waiting();
        let found_held = done.try_lock().is_err();
        holder.join().unwrap();
        found_held
    });
    assert!(found_held.contains(&true));
}

/// As snippets have it, whose `new` is a `const fn`.
struct State {
    number: AtomicU32,
    flag: AtomicBool,
    lock: Mutex<u32>,
    turn: Condvar,
}

impl State {
    const fn new() -> Self {
        Self {
            number: AtomicU32::new(7),
            flag: AtomicBool::new(true),
            lock: Mutex::new(7),
            turn: Condvar::new(),
        }
    }
}

#[test]
fn an_atomic_of_a_const_fn_may_be_first_used_by_two_threads_at_the_same_time() {
    let seen_cleared = outcomes(model::check, || {
        let ours = Arc::new(State::new());
        let theirs = Arc::clone(&ours);
        let other = thread::spawn(move || {
            *theirs.lock.lock().unwrap() += 1;
            theirs.turn.notify_one();
            (
                theirs.number.fetch_add(1, Relaxed),
                theirs.flag.swap(true, Relaxed),
            )
        });
        *ours.lock.lock().unwrap() += 1;
        let (our_number, our_flag) = (
            ours.number.fetch_add(1, Relaxed),
            ours.flag.swap(false, Relaxed),
        );
        let (their_number, their_flag) = other.join().unwrap();
        assert_eq!(our_number + their_number, 7 + 8);
        assert!(our_flag, "nobody clears it before");
        assert_eq!(ours.number.compare_exchange(9, 5, Relaxed, Relaxed), Ok(9));
        assert_eq!(ours.number.load(Relaxed), 5);
        assert_eq!(ours.number.swap(u32::MAX, Relaxed), 5);
        assert_eq!(ours.number.fetch_sub(1, Relaxed), u32::MAX);
        assert_eq!(*ours.lock.lock().unwrap(), 9);
        !their_flag
    });
    assert!(seen_cleared.contains(&true));
}

#[test]
fn a_relaxed_load_may_still_return_the_initial_value() {
    let seen = outcomes(model::check, || {
        let ours = Arc::new(State::new());
        let theirs = Arc::clone(&ours);
        let other = thread::spawn(move || {
            theirs.number.store(1, Relaxed);
            theirs.flag.store(false, Relaxed);
        });
        let flag = ours.flag.load(Relaxed);
        let number = ours.number.load(Relaxed);
        other.join().unwrap();
        (flag, number)
    });
    let all = BTreeSet::from([(true, 7), (true, 1), (false, 7), (false, 1)]);
    assert_eq!(seen, all);
}

#[test]
fn more_atomics_than_an_execution_begins_with() {
    model::check(|| {
        let many: [AtomicU32; 100] = std::array::from_fn(|_| AtomicU32::new(1));
        for one in &many {
            one.fetch_add(1, Relaxed);
        }
        let many = Arc::new(many);
        let theirs = Arc::clone(&many);
        let other = thread::spawn(move || theirs[99].fetch_add(1, Relaxed));
        many[99].fetch_add(1, Relaxed);
        other.join().unwrap();
        assert!(many.iter().map(|one| one.load(Relaxed)).sum::<u32>() == 202);
    });
}

#[test]
fn park_timeout_ends_by_a_token_by_the_clock_or_spuriously() {
    let seen = outcomes(model::check, || {
        let parks = thread::spawn(|| {
            let start = Instant::now();
            thread::park_timeout(SECOND);
            start.elapsed()
        });
        let clock = time::flow();
        time::pass(Duration::ZERO); // here loom may let the others go first
        parks.thread().unpark();
        let parked = parks.join().unwrap();
        clock.stop();
        parked
    });
    let ends = BTreeSet::from([Duration::ZERO, SECOND]);
    assert_eq!(seen, ends);

    model::check(|| {
        // Without a clock or a token, only the spurious wake-ups can end it.
        let parks = thread::spawn(|| thread::park_timeout(SECOND));
        let disturber = thread::spawn(model::wake_spuriously);
        disturber.join().unwrap();
        parks.thread().unpark();
        parks.join().unwrap();
    });
}
