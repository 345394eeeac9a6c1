//! What a test asks of a wait: who is woken, and what it costs.

use std::pin::Pin;
use std::sync::mpsc;
use std::task::Context;
#[cfg(target_os = "linux")]
use std::{thread, time::Duration};

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

/// Asserts that `wait` sleeps until `end` is called: it uses next to no CPU time, and goes to sleep a
/// few times at most. It runs on a thread of its own, and `end` runs in this one, 200 ms later.
///
/// # Panics
/// If `wait` returns before, if it looks again and again, or if it panics.
#[cfg(target_os = "linux")]
pub fn assert_sleeps(wait: impl FnOnce() + Send, end: impl FnOnce()) {
    const TIME: Duration = Duration::from_millis(200);
    let (used, sleeps) = thread::scope(|scope| {
        let waits = scope.spawn(|| {
            let before = (cpu_time(), sleeps());
            wait();
            (cpu_time() - before.0, sleeps() - before.1)
        });
        thread::sleep(TIME);
        let returned = waits.is_finished();
        end(); // in any case, or the scope would not end
        assert!(!returned, "it did not wait");
        waits.join().expect("it does not panic")
    });
    assert!(sleeps <= 50, "it went to sleep {sleeps} times in one wait");
    // A wait that spins gets 20 ms even if nine other threads share its core.
    assert!(used < TIME / 20, "{used:?} of CPU time for {TIME:?}");
}

/// The CPU time of this thread, to the nanosecond: the first field of its schedstat.
#[cfg(target_os = "linux")]
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux has it");
    let time = stat.split(' ').next().and_then(|time| time.parse().ok());
    Duration::from_nanos(time.expect("a number"))
}

/// How often this thread has gone to sleep: the voluntary context switches of proc(5).
#[cfg(target_os = "linux")]
fn sleeps() -> u64 {
    let status = std::fs::read_to_string("/proc/thread-self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| {
        let count = line.strip_prefix("voluntary_ctxt_switches:")?;
        count.trim().parse().ok()
    });
    line.expect("Linux counts them")
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn a_wait_that_sleeps_passes() {
        let end = Barrier::new(2);
        assert_sleeps(|| _ = end.wait(), || _ = end.wait());
    }

    #[test]
    #[should_panic(expected = "times in one wait")]
    fn a_wait_that_looks_again_and_again_fails() {
        let end = AtomicBool::new(false);
        let wait = || {
            while !end.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_nanos(1));
            }
        };
        assert_sleeps(wait, || end.store(true, Ordering::Relaxed));
    }

    #[test]
    #[should_panic(expected = "of CPU time for 200ms")]
    fn a_wait_that_spins_fails() {
        let end = AtomicBool::new(false);
        let wait = || {
            while !end.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
        };
        assert_sleeps(wait, || end.store(true, Ordering::Relaxed));
    }

    #[test]
    #[should_panic(expected = "it did not wait")]
    fn a_wait_that_does_not_wait_fails() {
        assert_sleeps(|| (), || ());
    }
}
