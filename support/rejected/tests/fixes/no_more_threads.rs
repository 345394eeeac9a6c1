use std::thread;

fn main() {
    thread::scope(|scope| {
        for number in 0..4 {
            let job = move || println!("job {number}");
            if thread::Builder::new().spawn_scoped(scope, job).is_err() {
                job(); // no thread to be had: this one does it
            }
        }
    });
}
