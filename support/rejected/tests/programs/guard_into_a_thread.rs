use std::sync::Mutex;
use std::thread;

fn main() {
    let total = Mutex::new(0);
    let mut guard = total.lock().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || *guard += 1);
    });
}
