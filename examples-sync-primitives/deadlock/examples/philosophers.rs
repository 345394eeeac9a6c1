//! Five philosophers take the left fork, then the right. This program hangs.

use std::io::{self, Write};
use std::sync::{Barrier, Mutex};
use std::thread;

const PHILOSOPHERS: usize = 5;

pub(crate) fn main() -> io::Result<()> {
    let forks = [(); PHILOSOPHERS].map(|()| Mutex::new(()));
    // Makes certain what otherwise happens now and then: all have one fork before any takes two.
    let all_have_one = Barrier::new(PHILOSOPHERS + 1);
    thread::scope(|scope| {
        for seat in 0..PHILOSOPHERS {
            let (forks, all_have_one) = (&forks, &all_have_one);
            scope.spawn(move || {
                let _left = forks[seat].lock().expect("nobody panics");
                all_have_one.wait();
                let _right = forks[(seat + 1) % PHILOSOPHERS].lock();
            });
        }
        all_have_one.wait();
        let taken = forks.iter().filter(|fork| fork.try_lock().is_err());
        let taken = taken.count();
        writeln!(io::stdout(), "{taken} of {PHILOSOPHERS} forks are locked")
    })
}
