// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up time-outs: a thread waits for the event as long as it takes.
use std::sync::{Condvar, Mutex};
use std::thread;

#[derive(Default)]
struct Event(Mutex<bool>, Condvar);
impl Event {
    fn set(&self) {
        *self.0.lock().expect("nothing panics under this lock") = true;
        self.1.notify_all(); // after the flag, so a woken thread finds it set
    }

    fn wait(&self) {
        let set = self.0.lock().expect("nothing panics under this lock");
        // Checks before it waits and after each wake-up. While it waits, the lock is free.
        let waited = self.1.wait_while(set, |set| !*set);
        drop(waited.expect("nothing panics under this lock"));
    }
}

pub(crate) fn main() {
    let start = Event::default();
    thread::scope(|scope| {
        for thread in 0..3 {
            let start = &start;
            scope.spawn(move || (start.wait(), println!("thread {thread} has started")));
        }
        start.set();
    });
}
