use std::thread;

fn main() {
    let names = vec!["one", "two"];
    let all = &names;
    let thread = thread::spawn(move || println!("{}", all.len()));
    thread.join().unwrap();
}
