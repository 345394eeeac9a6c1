//! What a test asks of a wait: who is woken, and what it costs.

use std::pin::Pin;
use std::sync::mpsc;
use std::task::Context;

use crate::waker::{Event, waker};

/// Polls it in the task "first", and then in "second", as a future that moves. Returns the names of
/// those that are woken, as they are.
///
/// # Panics
/// If it is ready.
pub fn moved<F: Future>(mut future: Pin<&mut F>) -> mpsc::Receiver<&'static str> {
    let (send, woken) = mpsc::channel();
    for name in ["first", "second"] {
        let send = send.clone();
        let waker = waker(move |event| {
            if event == Event::Wake {
                let _ = send.send(name); // the receiver may have been dropped
            }
        });
        let poll = future.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(poll.is_pending());
    }
    woken
}

/// The CPU time of this thread, in hundredths of a second: utime and stime of proc(5).
///
/// # Panics
/// If `/proc` is not there, or not as Linux has it.
#[cfg(target_os = "linux")]
pub fn cpu_ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("Linux has it");
    let (_, after_name) = stat.rsplit_once(") ").expect("a name in brackets");
    let fields = after_name.split(' ').skip(11).take(2);
    fields
        .map(|ticks| ticks.parse::<u64>().expect("a number"))
        .sum()
}
