// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up results and panics: a job that panics ends its worker. The queue is bounded.

use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::thread;

type Job = Box<dyn FnOnce() + Send>;

pub(crate) fn main() {
    let (jobs, queue) = sync_channel::<Job>(8);
    let queue = Arc::new(Mutex::new(queue));
    let workers = [&queue; 4].map(|queue| {
        let queue = Arc::clone(queue);
        thread::spawn(move || {
            loop {
                let job = queue.lock().expect("no job runs under it").recv(); // unlocks here
                let Ok(job) = job else { break };
                job();
            }
        })
    });
    for n in 0..20 {
        let job = move || println!("{n} squared is {}", n * n);
        jobs.send(Box::new(job)).expect("a worker is running");
    }
    drop(jobs); // the workers end when the queue is empty
    for worker in workers {
        worker.join().expect("no job panics");
    }
}
