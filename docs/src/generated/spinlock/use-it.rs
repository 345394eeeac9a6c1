use spinlock::SpinLock;
use std::thread;

fn main() {
    let total = SpinLock::new(0);
    thread::scope(|scope| {
        for number in 1..=4 {
            let total = &total;
            scope.spawn(move || *total.lock() += number); // short, and nothing in it can wait
        }
    });
    assert_eq!(*total.lock(), 10);
}
