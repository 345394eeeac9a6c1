use atomics::{Budget, Counter};
use std::thread;

fn main() {
    let (served, retries) = (Counter::default(), Budget::new(10));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while retries.take(3) {} // 3 of 10 at a time, by all threads together
                served.add(1);
            });
        }
    });
    assert_eq!((served.get(), retries.left()), (8, 1));
}
