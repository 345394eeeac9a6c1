use std::thread;

fn main() {
    let names = ["one", "two"];
    let thread = thread::spawn(|| println!("{}", names.len()));
    thread.join().unwrap();
}
