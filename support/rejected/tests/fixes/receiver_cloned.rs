use std::sync::{Mutex, mpsc};
use std::thread;

fn main() {
    let (jobs, inbox) = mpsc::channel();
    let inbox = Mutex::new(inbox);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let job = inbox.lock().unwrap().recv(); // unlocked at the end of this line
                    let Ok(job) = job else { break };
                    println!("{job}");
                }
            });
        }
        for job in 0..8 {
            jobs.send(job).unwrap();
        }
        drop(jobs); // or the workers wait forever for another job
    });
}
