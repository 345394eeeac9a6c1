//! Order, balance, edge cases and panics, with std threads and with rayon.

use std::collections::HashSet;
use std::panic::catch_unwind;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use thread_parallel_map::{parallel_map, parallel_map_on, with_rayon};

#[test]
fn the_results_are_those_of_a_plain_map() {
    for count in [0, 1, 2, 15, 16, 17, 64, 65, 1_000] {
        let items: Vec<usize> = (0..count).collect();
        let expected: Vec<String> = items.iter().map(usize::to_string).collect();
        assert_eq!(parallel_map(&items, usize::to_string), expected);
        assert_eq!(with_rayon::parallel_map(&items, usize::to_string), expected);
        for threads in [0, 1, 2, 3, 8] {
            let results = parallel_map_on(threads, &items, usize::to_string);
            assert_eq!(results, expected, "{count} items on {threads} threads");
        }
    }
}

#[test]
fn every_item_is_taken_once() {
    let items: Vec<AtomicUsize> = (0..10_000).map(AtomicUsize::new).collect();
    let before = parallel_map_on(8, &items, |item| item.fetch_add(1, Ordering::Relaxed));
    assert!(before.into_iter().eq(0..10_000), "taken twice");
    assert!(items.into_iter().map(AtomicUsize::into_inner).eq(1..10_001));
}

#[test]
fn it_uses_as_many_threads_as_asked_and_the_calling_one_is_among_them() {
    let _limit = testing::watchdog::limit();
    let all_are_here = Barrier::new(4);
    let ids = parallel_map_on(4, &[(); 4], |()| {
        all_are_here.wait(); // so each thread has one of the four
        thread::current().id()
    });
    let ids: HashSet<_> = ids.into_iter().collect();
    assert_eq!(ids.len(), 4);
    assert!(ids.contains(&thread::current().id()));
}

#[test]
fn never_more_threads_than_items_or_than_asked_for() {
    let ids = |threads, items| {
        let ids = parallel_map_on(threads, &vec![(); items], |()| thread::current().id());
        ids.into_iter().collect::<HashSet<_>>()
    };
    let caller = HashSet::from([thread::current().id()]);
    assert_eq!(ids(8, 1), caller);
    assert_eq!(ids(1, 1_000), caller);
    assert!(ids(3, 1_000).len() <= 3);
}

/// With one chunk per thread the second half of the items would never be done, and this would hang.
#[test]
fn while_one_item_is_slow_the_other_threads_do_the_rest() {
    let _limit = testing::watchdog::limit();
    let (report, reports) = mpsc::channel();
    let slow = std::sync::Mutex::new(Some(reports));
    let items: Vec<usize> = (0..32).collect(); // two threads, 32 chunks of one
    parallel_map_on(2, &items, |&item| {
        let reports = (item == 0).then(|| slow.lock().unwrap().take()).flatten();
        match reports {
            Some(reports) => assert_eq!(reports.into_iter().take(31).count(), 31),
            None => report.send(item).unwrap(),
        }
    });
}

#[test]
fn a_panic_reaches_the_caller_with_its_message() {
    let done = AtomicUsize::new(0);
    for bad in 0..64 {
        let message = catch_unwind(|| {
            parallel_map_on(2, &(0..64).collect::<Vec<_>>(), |&item| {
                assert!(item != bad, "item {item} is bad");
                done.fetch_add(1, Ordering::Relaxed);
            })
        });
        let message = message.unwrap_err().downcast::<String>().unwrap();
        assert_eq!(*message, format!("item {bad} is bad"));
        // All but the bad one and the one that follows it in its chunk of two.
        assert!(done.swap(0, Ordering::Relaxed) >= 62);
    }
}

#[test]
fn a_panic_on_another_thread_reaches_the_caller_with_its_message() {
    let _limit = testing::watchdog::limit();
    let caller = thread::current().id();
    let both_are_here = Barrier::new(2);
    let message = catch_unwind(|| {
        parallel_map_on(2, &[(); 2], |()| {
            both_are_here.wait(); // so each thread has one of the two
            assert!(thread::current().id() == caller, "not the caller");
        })
    });
    let message = message.unwrap_err().downcast::<&str>().unwrap();
    assert_eq!(*message, "not the caller");
}

#[test]
fn no_more_threads_than_asked_for_work_at_the_same_time() {
    let _limit = testing::watchdog::limit();
    let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    parallel_map_on(3, &[(); 60], |()| {
        let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
        most.fetch_max(now, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(2)); // gives one too many the opportunity to come
        inside.fetch_sub(1, Ordering::SeqCst);
    });
    assert!(most.into_inner() <= 3);
}
