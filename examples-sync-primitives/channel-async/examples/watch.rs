// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The two traps of `watch`, each wrong and right. `src/main.rs` and the tests run them.

use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;
use std::{fs, thread};
use tokio::sync::watch;

// ANCHOR: lost
/// Wrong: without a receiver, `send` returns an error and does not store the value.
pub(crate) fn send() -> &'static str {
    let (sender, receiver) = watch::channel("old");
    drop(receiver);
    let _ = sender.send("new");
    *sender.subscribe().borrow()
}

/// Right: `send_replace` always stores it.
pub(crate) fn send_replace() -> &'static str {
    let (sender, receiver) = watch::channel("old");
    drop(receiver);
    sender.send_replace("new");
    *sender.subscribe().borrow()
}
// ANCHOR_END: lost

// ANCHOR: twice
/// Wrong: `before` holds a read lock. The sender waits for it, and the second `borrow` waits
/// behind the sender.
pub(crate) fn borrow_twice() -> (u32, u32) {
    let (sender, receiver) = watch::channel(1);
    let before = receiver.borrow();
    sending(move || sender.send(2).is_ok());
    let after = receiver.borrow(); // never returns
    (*before, *after)
}

/// Right: copy the value out, so that the lock is released in the same line.
pub(crate) fn copy_twice() -> (u32, u32) {
    let (sender, receiver) = watch::channel(1);
    let before = *receiver.borrow();
    let sent = sending(move || sender.send(2).is_ok()).join();
    assert!(sent.is_ok_and(|sent| sent));
    let after = *receiver.borrow();
    (before, after)
}
// ANCHOR_END: twice

// ANCHOR: yours
/// Stands for a thread of yours that sends at this moment: starts it, and returns when it has sent or waits for the lock.
fn sending(send: impl FnOnce() -> bool + Send + 'static) -> JoinHandle<bool> {
    let (starts, started) = mpsc::channel();
    let thread = thread::spawn(move || {
        // How Linux names this thread; other systems have no such file.
        let _ = starts.send(fs::read_link("/proc/thread-self").ok());
        send()
    });
    let Some(name) = started.recv().ok().flatten() else {
        thread::sleep(Duration::from_secs(1));
        return thread;
    };
    // `S` is the state of a thread that sleeps; the name before it is in brackets.
    let state = format!("/proc/{}/stat", name.display());
    while !thread.is_finished()
        && !fs::read_to_string(&state).is_ok_and(|stat| stat.contains(") S "))
    {
        thread::yield_now();
    }
    thread
}
// ANCHOR_END: yours
