//! Results in order, no panic lost, all threads joined, and what is shared with them.

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use testing::{child, watchdog};
use thread_scope::map_chunks;

#[test]
fn every_item_is_in_one_chunk_in_order_and_lengths_differ_by_at_most_one() {
    for length in 0..20 {
        for threads in [1, 2, 3, 7, 19, 20, usize::MAX] {
            let items: Vec<usize> = (0..length).collect();
            let chunks = map_chunks(&items, threads, <[usize]>::to_vec);
            let chunks: Vec<_> = chunks.into_iter().map(|chunk| chunk.unwrap()).collect();
            assert_eq!(chunks.concat(), items);
            assert_eq!(chunks.len(), threads.min(length));
            let lengths = chunks.iter().map(Vec::len);
            let most = lengths.clone().max().unwrap_or(0);
            assert!(lengths.min().unwrap_or(0) + 1 >= most);
        }
    }
}

#[test]
fn all_threads_run_at_the_same_time() {
    watchdog::assert_ends(|| {
        let all_are_here = Barrier::new(3);
        let leaders = map_chunks(&[(); 3], 3, |_| all_are_here.wait().is_leader());
        let leaders = leaders.into_iter().filter_map(Result::ok);
        assert_eq!(leaders.filter(|leader| *leader).count(), 1);
    });
}

#[test]
fn each_thread_is_another_one_and_has_the_name_of_its_chunk() {
    let names = map_chunks(&[(); 3], 3, |_| {
        (
            thread::current().id(),
            thread::current().name().map(String::from),
        )
    });
    for (number, result) in names.into_iter().enumerate() {
        let (id, name) = result.unwrap();
        assert_ne!(id, thread::current().id());
        assert_eq!(name, Some(format!("chunk {number}")));
    }
}

#[test]
fn the_payload_of_every_panic_is_returned() {
    let results = map_chunks(&[0, 1, 2, 3], 4, |chunk| {
        assert!(chunk[0] == 2, "{}", chunk[0]);
        chunk[0]
    });
    let said = results.into_iter().map(|result| match result {
        Ok(number) => format!("ok {number}"),
        Err(panic) => *panic.downcast::<String>().expect("it was formatted"),
    });
    assert_eq!(said.collect::<Vec<_>>(), ["0", "1", "ok 2", "3"]);
}

#[test]
fn all_threads_have_ended_when_it_returns_although_the_first_panics() {
    watchdog::assert_ends(|| {
        let (ended, all_are_here) = (AtomicUsize::new(0), Barrier::new(4));
        let results = map_chunks(&[0, 1, 2, 3], 4, |chunk| {
            all_are_here.wait();
            assert!(chunk[0] != 0, "the first one");
            thread::yield_now();
            ended.fetch_add(1, Ordering::Relaxed);
        });
        assert_eq!(ended.into_inner(), 3);
        assert!(results[0].is_err());
    });
}

#[test]
fn no_threads_is_refused() {
    let panic = catch_unwind(|| map_chunks(&[1], 0, |_| ())).unwrap_err();
    let said = panic.downcast_ref::<&str>();
    assert_eq!(said, Some(&"map_chunks needs at least one thread"));
}

/// The system refuses a stack of 64 TiB, which is the default in the child.
#[test]
#[cfg(target_os = "linux")]
fn a_chunk_without_a_thread_is_processed_by_the_calling_thread() {
    let test = "behaviour::a_chunk_without_a_thread_is_processed_by_the_calling_thread";
    if let Some(mut command) = child::again(test) {
        let output = command.env("RUST_MIN_STACK", (1_u64 << 46).to_string());
        let output = output.output().expect("a test binary can start itself");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("no thread started"),
            "{output:?}"
        );
        return;
    }
    let here = thread::current().id();
    let results = map_chunks(&[1, 2, 3], 3, |chunk| {
        assert!(chunk[0] != 2, "two");
        thread::current().id() == here
    });
    assert!(matches!(results[0], Ok(true)));
    let panic = results[1].as_ref().unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"two"));
    assert!(matches!(results[2], Ok(true)));
    println!("no thread started");
}

/// Items are only shared, so they need `Sync` and not `Send`; results are only sent.
#[test]
fn items_may_be_sync_alone_and_results_send_alone() {
    let mutex = Mutex::new(7);
    let items = [mutex.lock().unwrap()]; // a guard is `Sync` and not `Send`
    let results = map_chunks(&items, 1, |chunk| std::cell::Cell::new(*chunk[0]));
    let values = results.into_iter().flatten().map(|cell| cell.get());
    assert_eq!(values.collect::<Vec<_>>(), [7]);
}

#[test]
fn what_the_closure_owns_is_dropped_when_it_returns() {
    let shared = Arc::new(());
    let owned = Arc::clone(&shared);
    drop(map_chunks(&[1, 2], 2, move |_| Arc::strong_count(&owned)));
    assert_eq!(Arc::strong_count(&shared), 1);
}
