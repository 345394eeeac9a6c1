use condvar::Event;
use std::thread;

fn main() {
    let start = Event::default();
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                start.wait();
                println!("off we go");
            });
        }
        start.set();
    });
}
