use std::thread;

fn main() {
    thread::scope(|scope| {
        scope.spawn(|| panic!("the disk is full"));
    });
}
