use std::sync::Mutex;

fn main() {
    let one_at_a_time = Mutex::new(());
    let _ = one_at_a_time.lock();
    println!("alone, or so it seems");
}
