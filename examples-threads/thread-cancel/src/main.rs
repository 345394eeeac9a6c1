//! A stop in the middle of a sleep, before it, of many, through a closed channel, and a panic.

use std::io::{self, Write};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use thread_cancel::Worker;

const HOUR: Duration = Duration::from_secs(3600);

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    let (began, begins) = mpsc::channel();
    let worker = Worker::spawn(move |stop| {
        let mut rounds = 0;
        while !stop.is_set() {
            rounds += 1;
            began.send(()).expect("main waits for it");
            stop.sleep(HOUR);
        }
        rounds
    });
    begins.recv().expect("it begins");
    let rounds = worker.stop().expect("it does not panic");
    writeln!(out, "A worker sleeps for an hour after each round:")?;
    writeln!(out, "  stopped during the sleep, after rounds: {rounds}")?;

    let workers: Vec<_> = (0..100)
        .map(|_| Worker::spawn(|stop| stop.sleep(HOUR)))
        .collect();
    workers.iter().for_each(Worker::ask); // all, before the first is joined
    let told = workers.into_iter().map(Worker::stop);
    let told = told.filter(|told| matches!(told, Ok(true))).count();
    writeln!(out, "100 workers are stopped before or during a sleep:")?;
    writeln!(out, "  the sleep reported the stop in: {told}")?;

    let (slept, sleeps) = mpsc::channel();
    let worker = Worker::spawn(move |stop| {
        thread::current().unpark(); // as a library might do
        let start = Instant::now();
        let stopped = stop.sleep(Duration::from_millis(20));
        slept.send((stopped, start.elapsed() >= Duration::from_millis(20)))
    });
    let (stopped, whole) = sleeps.recv().expect("it sleeps");
    drop(worker);
    writeln!(out, "An unpark without a stop:")?;
    writeln!(out, "  the sleep reported a stop: {stopped}")?;
    writeln!(out, "  it slept the whole time: {whole}")?;

    let (jobs, queue) = mpsc::channel();
    let worker = thread::spawn(move || queue.iter().count()); // ends when `jobs` is dropped
    let accepted = (0..1_000).filter(|job| jobs.send(*job).is_ok()).count();
    drop(jobs);
    let done = worker.join().expect("it does not panic");
    writeln!(out, "A worker gets jobs, and its channel is closed:")?;
    writeln!(out, "  accepted: {accepted}, done: {done}")?;

    let worker = Worker::spawn(|_| -> u8 { std::panic::resume_unwind(Box::new("disk full")) });
    let panic = worker.stop().expect_err("it panics");
    let said = panic.downcast_ref::<&str>().unwrap_or(&"something else");
    writeln!(out, "A worker panics before it is stopped:")?;
    writeln!(out, "  stop returns the panic: \"{said}\"")
}
