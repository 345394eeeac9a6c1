use std::cell::Cell;
use std::sync::RwLock;
use std::thread;

fn main() {
    let total: RwLock<Cell<u32>> = RwLock::default();
    thread::scope(|scope| {
        scope.spawn(|| total.read().unwrap().set(1));
    });
}
