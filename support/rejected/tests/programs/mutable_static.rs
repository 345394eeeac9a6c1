static mut LOG: Vec<String> = Vec::new();

fn main() {
    unsafe { LOG.push("started".to_owned()) };
}
