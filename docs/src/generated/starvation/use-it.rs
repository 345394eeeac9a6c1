use starvation::PriorityLock;
use std::thread;

fn main() {
    let printer = PriorityLock::new(Vec::new(), 10); // 10 may go before one who waits
    thread::scope(|scope| {
        for page in 0..20 {
            let printer = &printer;
            scope.spawn(move || printer.lock(1).push(page));
        }
        printer.lock(9).push(99); // before those who wait
    });
    assert_eq!(printer.lock(1).len(), 21);
}
