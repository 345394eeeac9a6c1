use std::sync::Mutex;

static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn main() {
    LOG.lock().unwrap().push("started".to_owned());
    println!("{:?}", LOG.lock().unwrap());
}
