use std::thread;

struct Server {
    name: String,
}

impl Server {
    fn start(&self) {
        thread::spawn(move || println!("{} is running", self.name));
    }
}

fn main() {
    let name = String::from("web");
    Server { name }.start();
}
