use race::Budget;
use std::thread;

fn main() {
    let budget = &Budget::new(100);
    let spent = thread::scope(|scope| {
        let threads = [60, 70, 80].map(|price| scope.spawn(move || budget.spend(price)));
        threads.map(|thread| thread.join().unwrap())
    });
    assert_eq!(spent.iter().filter(|spent| **spent).count(), 1);
}
