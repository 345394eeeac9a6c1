use deadlock::lock_both;
use std::sync::Mutex;
use std::thread;

fn main() {
    let (ann, bob) = (Mutex::new(100), Mutex::new(100));
    let pay = |from, to| {
        let (mut from, mut to) = lock_both(from, to).expect("two accounts");
        (*from, *to) = (*from - 10, *to + 10);
    };
    thread::scope(|scope| {
        scope.spawn(|| pay(&ann, &bob));
        scope.spawn(|| pay(&bob, &ann));
    });
}
