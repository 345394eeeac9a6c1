use std::thread;
use std::time::Duration;
use tokio::runtime::Runtime;

fn main() {
    let runtime = Runtime::new().unwrap();
    let handle = runtime.handle().clone();
    let thread = thread::spawn(move || {
        let _context = handle.enter(); // this thread can now spawn tasks and make timers
        tokio::spawn(tokio::time::sleep(Duration::from_millis(1)))
    });
    let task = thread.join().unwrap();
    runtime.block_on(task).unwrap();
}
