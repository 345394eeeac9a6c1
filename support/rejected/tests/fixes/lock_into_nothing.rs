use std::sync::Mutex;

fn main() {
    let one_at_a_time = Mutex::new(());
    let _guard = one_at_a_time.lock().unwrap(); // locked until the end of the block
    println!("locked: {}", one_at_a_time.try_lock().is_err());
}
