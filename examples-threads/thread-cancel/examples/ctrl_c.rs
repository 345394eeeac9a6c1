// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! On Ctrl-C all workers are asked to stop and are joined. A second Ctrl-C ends it immediately.

// ANCHOR: program
use std::process::{self, ExitCode};
use std::sync::mpsc;
use std::time::Duration;
use thread_cancel::Worker;

fn main() -> ExitCode {
    let (pressed, ctrl_c) = mpsc::channel();
    // The handler is called on a thread of its own, so it may do anything.
    let handler = move || {
        if pressed.send(()).is_err() {
            process::exit(130); // the second time: nobody receives any more
        }
    };
    ctrlc::set_handler(handler).expect("it is the only handler");
    let workers: Vec<_> = (0..3)
        .map(|_| {
            Worker::spawn(|stop| {
                let mut rounds = 0;
                while !stop.sleep(Duration::from_millis(10)) {
                    rounds += 1; // one round of the work
                }
                rounds
            })
        })
        .collect();

    println!("3 workers run: press Ctrl-C");
    let _ = ctrl_c.recv();
    drop(ctrl_c); // from now on Ctrl-C ends the process
    workers.iter().for_each(Worker::ask); // all, before the first is joined
    for worker in workers {
        match worker.stop() {
            Ok(rounds) => println!("a worker has stopped after {rounds} rounds"),
            Err(_) => println!("a worker had panicked"),
        }
    }
    ExitCode::from(130) // what a shell expects after Ctrl-C: 128 + 2
}
// ANCHOR_END: program
