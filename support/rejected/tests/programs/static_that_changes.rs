use std::thread;

static mut COUNT: u32 = 0;

fn main() {
    let other = thread::spawn(|| COUNT += 1);
    other.join().unwrap();
}
