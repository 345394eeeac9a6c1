use std::thread;

fn depth(n: u64) -> u64 {
    if n == 0 { 0 } else { 1 + depth(n - 1) }
}

fn main() {
    let thread = thread::Builder::new().stack_size(64 << 20); // the default is 2 MiB
    let thread = thread.spawn(|| depth(10_000)).unwrap();
    println!("{}", thread.join().unwrap());
}
