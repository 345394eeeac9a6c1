use std::sync::mpsc;
use std::thread;

fn main() {
    let (jobs, inbox) = mpsc::channel::<u32>();
    for _ in 0..4 {
        let inbox = inbox.clone();
        thread::spawn(move || for job in inbox { println!("{job}") });
    }
    jobs.send(1).unwrap();
}
