use std::sync::Mutex;
use std::thread;

fn main() {
    let total = Mutex::new(0);
    thread::scope(|scope| {
        scope.spawn(|| *total.lock().unwrap() += 1);
        scope.spawn(|| *total.lock().unwrap() += 1);
    });
    println!("{}", total.into_inner().unwrap());
}
