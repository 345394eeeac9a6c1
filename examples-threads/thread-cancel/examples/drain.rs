// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Ctrl-C stops the source, its closed queue stops the others, and all threads are joined.

// ANCHOR: program
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;
use thread_cancel::Worker;

fn main() {
    let (asked, interrupts) = mpsc::channel();
    let mut first = true;
    // ctrlc calls it on a thread of its own, so it may do what a signal handler may not.
    let installed = ctrlc::set_handler(move || {
        if !first || asked.send(()).is_err() {
            std::process::exit(130); // the second Ctrl-C ends the program now
        }
        first = false;
    });
    installed.expect("no other handler is installed");

    let (jobs, queue) = mpsc::sync_channel::<u32>(4);
    let source = Worker::spawn(move |stop| {
        let mut accepted = 0;
        while !stop.sleep(Duration::from_millis(1)) && jobs.send(accepted).is_ok() {
            accepted += 1;
        }
        accepted // drops `jobs`: the consumers finish what is queued, and end
    });
    let queue = Arc::new(Mutex::new(queue));
    let consumers = [(); 3].map(|()| {
        let queue = Arc::clone(&queue);
        thread::spawn(move || {
            let mut done = 0;
            loop {
                let job = queue.lock().expect("no job runs under it").recv();
                let Ok(_job) = job else { return done };
                done += 1; // the work, without the lock
            }
        })
    });
    println!("running; press Ctrl-C");

    interrupts.recv().expect("the handler keeps its sender");
    let accepted = source.stop().expect("it does not panic");
    let done = consumers.map(|consumer| consumer.join().expect("it does not panic"));
    let done: u32 = done.iter().sum();
    println!("all threads are joined; {accepted} jobs accepted, {done} done");
    std::process::exit(130); // 128 + SIGINT, so a shell knows that it was interrupted
}
// ANCHOR_END: program
