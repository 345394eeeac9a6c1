use std::thread;

fn main() {
    thread::scope(|scope| {
        let thread = scope.spawn(|| panic!("the disk is full"));
        if let Err(panic) = thread.join() {
            println!("it said: {:?}", panic.downcast_ref::<&str>());
        }
    });
}
