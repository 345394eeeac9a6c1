//! The traps of the page. What hangs runs in a child process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, mpsc};
use std::thread;
use std::time::Duration;
use testing::watchdog::{assert_ends, assert_hangs};

#[test]
fn a_thread_that_waits_after_the_notification_hangs() {
    let test = "traps::a_thread_that_waits_after_the_notification_hangs";
    assert_hangs(test, "waits", || {
        // ANCHOR: missed
        let (nothing, changed) = (Mutex::new(()), Condvar::new());
        changed.notify_all(); // no thread is waiting, and a Condvar remembers nothing
        let mut guard = nothing.lock().unwrap();
        println!("waits");
        loop {
            guard = changed.wait(guard).unwrap(); // wrong: waits forever
        }
        // ANCHOR_END: missed
    });
}

#[test]
#[cfg(target_os = "linux")] // elsewhere park may return spuriously
fn a_channel_consumes_the_token_that_park_waits_for() {
    let test = "traps::a_channel_consumes_the_token_that_park_waits_for";
    assert_hangs(test, "parks", || {
        // ANCHOR: park-wrong
        let (_sender, receiver) = mpsc::channel::<u8>();
        thread::current().unpark(); // remembered, until something in this thread parks
        let nothing = receiver.recv_timeout(Duration::from_millis(50)); // parks inside
        assert!(nothing.is_err());
        println!("parks");
        thread::park(); // wrong: the channel has used the token, so this never returns
        // ANCHOR_END: park-wrong
    });
}

#[test]
fn a_flag_beside_park_survives_other_users_of_the_token() {
    assert_ends(|| {
        // ANCHOR: park-right
        let (_sender, receiver) = mpsc::channel::<u8>();
        let ready = AtomicBool::new(false);
        let waiting = thread::current();
        thread::scope(|scope| {
            scope.spawn(|| {
                ready.store(true, Ordering::Release); // the flag first
                waiting.unpark();
            });
            let nothing = receiver.recv_timeout(Duration::from_millis(50));
            while !ready.load(Ordering::Acquire) {
                thread::park(); // right: the flag decides, not the token
            }
            assert!(nothing.is_err());
        });
        // ANCHOR_END: park-right
    });
}
