use std::thread;

fn main() {
    let names = ["one", "two"];
    thread::scope(|scope| {
        scope.spawn(|| println!("{}", names.len()));
    }); // the threads have ended here, so `names` outlives them
}
