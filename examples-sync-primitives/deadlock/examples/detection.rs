//! Three philosophers with parking_lot's locks. This program finds its own deadlock, and ends.

use parking_lot::{Mutex, deadlock};
use std::io::{self, Write};
use std::process;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

const PHILOSOPHERS: usize = 3;

pub(crate) fn main() -> io::Result<()> {
    thread::spawn(dine);
    // For ten seconds. Your program would check every few seconds, as long as it runs.
    let mut looks = (0..100).map(|_| {
        thread::sleep(Duration::from_millis(100));
        deadlock::check_deadlock()
    });
    let Some(deadlocks) = looks.find(|found| !found.is_empty()) else {
        return Err(io::Error::other("no deadlock found"));
    };
    let mut out = io::stdout().lock();
    for threads in deadlocks {
        writeln!(out, "{} threads wait for each other", threads.len())?;
        for thread in threads {
            writeln!(out, "{:?}", thread.thread_id())?;
            writeln!(out, "{:?}", thread.backtrace())?;
        }
    }
    process::exit(1)
}

fn dine() {
    let forks = [(); PHILOSOPHERS].map(|()| Mutex::new(()));
    let all_have_one = Barrier::new(PHILOSOPHERS);
    thread::scope(|scope| {
        for seat in 0..PHILOSOPHERS {
            let (forks, all_have_one) = (&forks, &all_have_one);
            scope.spawn(move || {
                let _left = forks[seat].lock();
                all_have_one.wait();
                let _right = forks[(seat + 1) % PHILOSOPHERS].lock();
            });
        }
    });
}
