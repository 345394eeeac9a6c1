//! The traps of the page.

#![expect(clippy::unwrap_used, reason = "the page shows short functions")]

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{channel, sync_channel};
use std::thread;
use testing::watchdog;
use thread_worker::Worker;

// ANCHOR: bounded
/// Wrong: the caller waits for space in the first queue, the worker for space in the second one.
fn both_queues_are_bounded() -> usize {
    let (post, inbox) = sync_channel(4);
    let (outbox, messages) = sync_channel(4);
    thread::spawn(move || inbox.iter().try_for_each(|n: u32| outbox.send(n * 2)).ok());
    (0..100).for_each(|n| post.send(n).unwrap()); // only posts
    drop(post);
    messages.iter().count() // never reached
}

/// Right: the worker never waits for its caller, so the caller does not wait long.
fn answers_are_not_bounded() -> usize {
    let (post, inbox) = sync_channel(4);
    let (outbox, messages) = channel();
    thread::spawn(move || inbox.iter().try_for_each(|n: u32| outbox.send(n * 2)).ok());
    (0..100).for_each(|n| post.send(n).unwrap());
    drop(post);
    messages.iter().count()
}
// ANCHOR_END: bounded

#[test]
fn two_bounded_queues_deadlock_if_the_caller_only_posts() {
    let test = "traps::two_bounded_queues_deadlock_if_the_caller_only_posts";
    watchdog::assert_hangs(test, "the caller posts", || {
        println!("the caller posts");
        println!("{}", both_queues_are_bounded());
    });
}

#[test]
fn with_unbounded_answers_the_caller_may_post_all_first() {
    watchdog::assert_ends(|| assert_eq!(answers_are_not_bounded(), 100));
}

// ANCHOR: scope
/// Right as well, and both queues stay bounded: one thread posts while another one reads.
fn one_thread_posts_and_another_reads() -> usize {
    let (post, inbox) = sync_channel(4);
    let (outbox, messages) = sync_channel(4);
    thread::spawn(move || inbox.iter().try_for_each(|n: u32| outbox.send(n * 2)).ok());
    thread::spawn(move || (0..100).try_for_each(|n| post.send(n)).ok());
    messages.iter().count()
}
// ANCHOR_END: scope

#[test]
fn with_a_thread_that_reads_both_queues_may_be_bounded() {
    watchdog::assert_ends(|| assert_eq!(one_thread_posts_and_another_reads(), 100));
}

// ANCHOR: open
/// Wrong: the worker is alive and could post more, so the loop waits for it.
fn waits_for_more() -> Vec<u32> {
    let worker = Worker::spawn(|n: u32, outbox| outbox.post(n * n));
    (1..=3).for_each(|n| worker.post(n).unwrap());
    worker.messages().iter().collect()
}

/// Right: no message follows after `close`, so the loop ends.
fn closes_first() -> Vec<u32> {
    let mut worker = Worker::spawn(|n: u32, outbox| outbox.post(n * n));
    (1..=3).for_each(|n| worker.post(n).unwrap());
    worker.close().unwrap();
    worker.messages().iter().collect()
}

/// Right: as many as were posted. It ends early if the worker panics.
fn takes_as_many_as_it_posted() -> Vec<u32> {
    let worker = Worker::spawn(|n: u32, outbox| outbox.post(n * n));
    (1..=3).for_each(|n| worker.post(n).unwrap());
    worker.messages().iter().take(3).collect()
}
// ANCHOR_END: open

#[test]
fn a_loop_over_the_messages_of_an_open_worker_never_ends() {
    let test = "traps::a_loop_over_the_messages_of_an_open_worker_never_ends";
    watchdog::assert_hangs(test, "the loop begins", || {
        println!("the loop begins");
        println!("{:?}", waits_for_more());
    });
}

#[test]
fn a_closed_worker_or_a_count_ends_the_loop() {
    watchdog::assert_ends(|| {
        assert_eq!(closes_first(), [1, 4, 9]);
        assert_eq!(takes_as_many_as_it_posted(), [1, 4, 9]);
    });
}

// ANCHOR: any
/// What the worker said when it panicked, as text.
fn failure(worker: &mut Worker<&'static str, u32>) -> Option<String> {
    let panic = worker.close().err()?;
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or(panic.downcast_ref::<&str>().copied());
    Some(text.unwrap_or("a panic without a text").to_owned())
}
// ANCHOR_END: any

#[test]
fn the_text_of_a_panic_is_found() {
    watchdog::assert_ends(|| {
        let mut worker = Worker::spawn(|text: &str, outbox| outbox.post(text.parse().unwrap()));
        worker.post("seven").unwrap();
        let said = failure(&mut worker).unwrap();
        assert!(said.contains("InvalidDigit"), "{said}");
        let panic = thread::spawn(|| resume_unwind(Box::new("text"))).join();
        let unwrapped = thread::spawn(move || panic.unwrap()).join();
        let unwrapped = unwrapped.unwrap_err();
        let said = unwrapped.downcast_ref::<String>().unwrap();
        assert_eq!(
            said,
            "called `Result::unwrap()` on an `Err` value: Any { .. }"
        );
        assert_eq!(failure(&mut worker), None);
    });
}

// ANCHOR: kinds
enum Request {
    Add(Vec<u8>),
    Total,
}

fn totals() -> Vec<usize> {
    let mut total = 0;
    let mut worker = Worker::spawn(move |request, outbox| match request {
        Request::Add(bytes) => total += bytes.len(),
        Request::Total => outbox.post(total),
    });
    worker.post(Request::Add(vec![0; 10])).ok();
    worker.post(Request::Total).ok();
    worker.close().ok();
    worker.messages().iter().collect()
}
// ANCHOR_END: kinds

#[test]
fn an_enum_has_several_kinds_of_messages() {
    watchdog::assert_ends(|| assert_eq!(totals(), [10]));
}

// ANCHOR: stop
/// Ends the worker although its message has no end: the function looks at a flag.
fn stops_in_the_middle_of_a_message() -> u64 {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let mut worker = Worker::spawn(move |start: u64, outbox| {
        let mut n = start;
        while !flag.load(Ordering::Relaxed) {
            n += 1; // a step of the work
        }
        outbox.post(n);
    });
    worker.post(1).unwrap();
    stop.store(true, Ordering::Relaxed);
    worker.close().unwrap(); // without the flag it would wait forever
    worker.messages().recv().unwrap()
}
// ANCHOR_END: stop

#[test]
fn a_flag_ends_a_message_in_the_middle() {
    watchdog::assert_ends(|| assert!(stops_in_the_middle_of_a_message() >= 1));
}

// ANCHOR: keep
/// The caller keeps what the worker needs as well: a reference that both own.
fn both_read(pixels: Vec<u8>) -> (usize, usize) {
    let worker = Worker::spawn(|pixels: Arc<Vec<u8>>, outbox| outbox.post(pixels.len()));
    let pixels = Arc::new(pixels);
    worker.post(Arc::clone(&pixels)).unwrap(); // copies the reference, not the pixels
    (pixels.len(), worker.messages().recv().unwrap())
}
// ANCHOR_END: keep

#[test]
fn an_arc_lets_both_sides_read() {
    watchdog::assert_ends(|| assert_eq!(both_read(vec![0; 5]), (5, 5)));
}
