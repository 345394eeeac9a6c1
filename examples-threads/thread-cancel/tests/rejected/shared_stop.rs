use std::thread;
use std::time::Duration;
use thread_cancel::Worker;

fn main() {
    let worker = Worker::spawn(|stop| {
        thread::scope(|scope| {
            scope.spawn(|| stop.sleep(Duration::from_secs(1))); // nobody would unpark this thread
        });
    });
    worker.stop().expect("it did not panic");
}
