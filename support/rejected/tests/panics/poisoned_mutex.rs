use std::sync::Mutex;
use std::thread;

fn main() {
    let total = Mutex::new(0);
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let _guard = total.lock().unwrap();
            panic!("while the lock is held");
        });
        let _ = thread.join();
    });
    println!("{}", total.lock().unwrap());
}
