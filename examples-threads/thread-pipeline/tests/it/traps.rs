//! The traps of the page.

#![expect(clippy::unwrap_used, reason = "the page shows short functions")]

use std::sync::mpsc::{RecvTimeoutError, SendError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;
use testing::watchdog;
use thread_pipeline::pipeline;

// ANCHOR: forgotten
/// Wrong: the workers have clones, and the original lives until the end of the function.
fn never_ends() -> i32 {
    let (sender, results) = sync_channel(4);
    for n in 0..3 {
        let sender = sender.clone();
        thread::spawn(move || sender.send(n * n).unwrap());
    }
    results.iter().sum() // waits for what `sender` could still send
}

/// Right: the last Sender is dropped, so the loop ends with the last worker.
fn ends() -> i32 {
    let (sender, results) = sync_channel(4);
    for n in 0..3 {
        let sender = sender.clone();
        thread::spawn(move || sender.send(n * n).unwrap());
    }
    drop(sender);
    results.iter().sum()
}
// ANCHOR_END: forgotten

#[test]
fn the_original_sender_keeps_the_loop_waiting() {
    let test = "traps::the_original_sender_keeps_the_loop_waiting";
    watchdog::assert_hangs(test, "the loop begins", || {
        println!("the loop begins");
        never_ends();
    });
}

#[test]
fn without_the_original_the_loop_ends() {
    watchdog::assert_ends(|| assert_eq!(ends(), 5));
}

// ANCHOR: closed
/// Ends quietly when the next stage has ended, which is no error of this stage.
fn produce(numbers: &SyncSender<u32>) -> u32 {
    let mut sent = 0;
    for number in 0.. {
        if numbers.send(number).is_err() {
            break; // with `unwrap` this would panic: sending on a closed channel
        }
        sent += 1;
    }
    sent
}
// ANCHOR_END: closed

#[test]
fn a_closed_channel_ends_the_producer() {
    watchdog::assert_ends(|| {
        let (sender, numbers) = sync_channel(2);
        let producer = thread::spawn(move || produce(&sender));
        assert_eq!(numbers.iter().take(3).sum::<u32>(), 3);
        drop(numbers);
        let sent = producer.join().unwrap();
        assert!(
            (3..=5).contains(&sent),
            "3 received and at most 2 queued: {sent}"
        );
        assert_eq!(SendError(1).to_string(), "sending on a closed channel");
    });
}

// ANCHOR: timeout
#[test]
fn a_time_out_is_not_the_end() {
    let (sender, receiver) = sync_channel(1);
    let slow = receiver.recv_timeout(Duration::from_millis(1));
    assert_eq!(slow, Err(RecvTimeoutError::Timeout)); // the sender lives: try again
    assert_eq!(
        slow.unwrap_err().to_string(),
        "timed out waiting on channel"
    );
    sender.send(7).unwrap();
    assert_eq!(receiver.recv_timeout(Duration::from_millis(1)), Ok(7));
    drop(sender);
    let end = receiver.recv_timeout(Duration::from_secs(60)); // returns immediately
    assert_eq!(end, Err(RecvTimeoutError::Disconnected)); // no sender: stop
}
// ANCHOR_END: timeout

// ANCHOR: error
/// `collect` stops at the first error and drops the pipeline, which ends all threads.
fn sum_of(lines: Vec<String>) -> Result<u64, String> {
    let numbers = pipeline(lines, 2, 8, |line| {
        line.parse::<u64>()
            .map_err(|error| format!("{line:?}: {error}"))
    });
    // A later stage passes errors on: `?`, `map` or `and_then`.
    pipeline(numbers, 2, 8, |number| Ok(number? * 2)).sum()
}
// ANCHOR_END: error

#[test]
fn the_first_error_in_the_order_of_the_input_is_returned() {
    watchdog::assert_ends(|| {
        let lines = |text: &str| text.split(' ').map(String::from).collect();
        assert_eq!(sum_of(lines("1 2 3")), Ok(12));
        let error = sum_of(lines("1 two 3 four"));
        let expected = "\"two\": invalid digit found in string";
        assert_eq!(error, Err(expected.into()));
    });
}

// ANCHOR: crossbeam
/// In any order: several consumers of one channel, with the crate `crossbeam-channel`.
fn squares(numbers: std::ops::Range<u64>) -> Vec<u64> {
    let (jobs, queue) = crossbeam_channel::bounded(8);
    let (sender, results) = crossbeam_channel::bounded(8);
    thread::scope(|scope| {
        for _ in 0..3 {
            let (queue, sender) = (queue.clone(), sender.clone());
            scope.spawn(move || {
                // Ends with the jobs, or if nobody receives.
                queue.iter().try_for_each(|n: u64| sender.send(n * n)).ok()
            });
        }
        drop((queue, sender)); // the workers have clones
        scope.spawn(move || numbers.into_iter().try_for_each(|n| jobs.send(n)).ok());
        results.iter().collect()
    })
}
// ANCHOR_END: crossbeam

#[test]
fn crossbeam_returns_all_in_any_order() {
    watchdog::assert_ends(|| {
        let mut found = squares(0..1_000);
        found.sort_unstable();
        assert!(found.into_iter().eq((0..1_000).map(|n| n * n)));
    });
}
