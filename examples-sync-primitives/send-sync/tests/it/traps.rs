//! The traps of the page that compile.

#![expect(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "the page shows public types, and short functions"
)]

use send_sync::{is_send, is_sync};
use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::mpsc::Receiver;
use std::sync::{Mutex, mpsc};
use std::thread;

// ANCHOR: assert
/// A public type that users send to threads.
pub struct Report {
    lines: Vec<String>,
    selected: Cell<usize>,
}

const _: () = is_send::<Report>(); // an error here names the field that is in the way
// const _: () = is_sync::<Report>(); // refused: `Cell<usize>` cannot be shared between threads
// ANCHOR_END: assert

#[test]
fn a_report_moves_to_a_thread() {
    let _limit = testing::watchdog::limit();
    let report = Report {
        lines: vec!["one".into()],
        selected: Cell::new(0),
    };
    let thread = thread::spawn(move || report.lines[report.selected.get()].len());
    assert_eq!(thread.join().unwrap(), 3);
}

// ANCHOR: marker
/// Handles of this kind must be closed on the thread that opened them.
pub struct Window {
    id: u32,
    _not_send: PhantomData<*mut ()>, // a raw pointer is neither Send nor Sync, and takes no space
}
// ANCHOR_END: marker

#[test]
fn the_marker_takes_no_space() {
    let window = Window {
        id: 7,
        _not_send: PhantomData,
    };
    assert_eq!(size_of_val(&window), size_of::<u32>());
    assert_eq!(window.id, 7);
}

// ANCHOR: receiver
/// A Receiver is Send and not Sync. In a Mutex, threads can share it.
fn shared(jobs: &Mutex<Receiver<u32>>) -> u32 {
    let next = || jobs.lock().unwrap().recv().unwrap_or(0);
    thread::scope(|scope| {
        let (one, two) = (scope.spawn(next), scope.spawn(next));
        one.join().unwrap() + two.join().unwrap()
    })
}
// ANCHOR_END: receiver

#[test]
fn a_mutex_makes_a_receiver_sync() {
    const _: () = is_sync::<Mutex<Receiver<u32>>>();
    testing::watchdog::assert_ends(|| {
        let (sender, jobs) = mpsc::channel();
        sender.send(3).unwrap();
        sender.send(4).unwrap();
        assert_eq!(shared(&Mutex::new(jobs)), 7);
    });
}
