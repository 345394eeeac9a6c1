use std::thread::{self, JoinHandle};

struct Worker {
    handle: JoinHandle<()>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.handle.join().unwrap();
    }
}

fn main() {
    let _worker = Worker {
        handle: thread::spawn(|| {}),
    };
}
