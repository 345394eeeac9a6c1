//! What waiting costs, as the operating system accounts for it. This test can read that on Linux only.
#![cfg(target_os = "linux")]

use spinlock::SpinLock;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, mpsc};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};
use testing::watchdog;

#[test]
fn threads_that_wait_for_a_spinlock_use_cpu_time_and_for_a_mutex_none() {
    let _limit = watchdog::limit();
    // ANCHOR: holder
    let (spin, mutex) = (SpinLock::new(()), Mutex::new(()));
    let held = (spin.lock(), mutex.lock().unwrap());
    thread::scope(|scope| {
        let spins = start(scope, || drop(spin.lock()));
        let sleeps = start(scope, || drop(mutex.lock()));
        // The holder now waits: for a file, a response, its turn on a core.
        until(|| cpu_hundredths(&spins) >= 50); // half a second of CPU time so far
        assert!(cpu_hundredths(&sleeps) < 5);
        drop(held);
    });
    // ANCHOR_END: holder
}

// ANCHOR: yours
/// Waits as long as a busy machine needs; after a minute, the fact will never be true.
fn until(fact: impl Fn() -> bool) {
    let start = Instant::now();
    while !fact() {
        assert!(start.elapsed() < Duration::from_secs(60), "not in a minute");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Starts a thread, and returns the file in which Linux accounts for it.
fn start<'scope>(scope: &'scope Scope<'scope, '_>, wait: impl FnOnce() + Send + 'scope) -> PathBuf {
    let (tell, told) = mpsc::channel();
    scope.spawn(move || {
        let thread = fs::read_link("/proc/thread-self").expect("Linux has it");
        tell.send(thread).expect("it is awaited");
        wait();
    });
    let thread = told.recv().expect("it tells before it waits");
    Path::new("/proc").join(thread).join("stat")
}

/// The CPU time of a thread, in hundredths of a second: utime and stime of proc(5).
fn cpu_hundredths(stat: &Path) -> u64 {
    let stat = fs::read_to_string(stat).expect("the thread still waits");
    let (_, after_name) = stat.rsplit_once(") ").expect("a name in brackets");
    let fields = after_name.split(' ').skip(11).take(2);
    fields
        .map(|ticks| ticks.parse::<u64>().expect("a number"))
        .sum()
}
// ANCHOR_END: yours
