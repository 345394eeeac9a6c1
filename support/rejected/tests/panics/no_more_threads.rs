use std::thread;

fn main() {
    let thread = thread::Builder::new().stack_size(1 << 46); // 64 TiB: the system refuses
    thread.spawn(|| println!("hello")).unwrap();
}
