use std::thread::{self, JoinHandle};

struct Worker {
    handle: Option<JoinHandle<()>>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(handle) = self.handle.take() {
            let _ = handle.join(); // a panic in here while another one unwinds would abort
        }
    }
}

fn main() {
    let _worker = Worker {
        handle: Some(thread::spawn(|| println!("working"))),
    };
}
