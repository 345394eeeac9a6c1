use std::sync::Arc;
use std::thread::{self, JoinHandle};

struct Server {
    name: String,
}

impl Server {
    /// Called on an `Arc<Server>`; the thread owns a clone of the `Arc`.
    fn start(self: &Arc<Self>) -> JoinHandle<()> {
        let server = Arc::clone(self);
        thread::spawn(move || println!("{} is running", server.name))
    }
}

fn main() {
    let name = String::from("web");
    let server = Arc::new(Server { name });
    server.start().join().unwrap();
}
