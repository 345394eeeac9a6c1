// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up the reuse of processes (a start costs about 1 ms), retries and typed values. Programs
//! that a task starts outlive it, and a running task outlives a caller that is killed.
use std::process::{Command, Stdio, abort};
use std::time::{Duration, Instant};
use std::{env, fs, io, thread};
fn run(input: &str) -> io::Result<String> {
    let output = tempfile::NamedTempFile::new()?; // a full pipe would block the task
    let mut task = Command::new(env::current_exe()?);
    task.args(["run-task", input]).stdin(Stdio::null());
    let mut child = task.stdout(output.reopen()?).spawn()?;
    let (start, mut late) = (Instant::now(), false);
    while child.try_wait()?.is_none() && !late {
        thread::sleep(Duration::from_millis(2));
        late = start.elapsed() >= Duration::from_secs(1);
    }
    child.kill()?; // does nothing if the task has ended
    match child.wait()? {
        status if status.success() => fs::read_to_string(output.path()),
        _ if late => Err(io::ErrorKind::TimedOut.into()),
        crash => Err(io::Error::other(format!("the task ended with {crash}"))),
    }
}
fn main() {
    match env::args().nth(2).as_deref() {
        Some("crash") => abort(),
        Some("hang") => thread::sleep(Duration::MAX),
        Some(_) => print!("{}", 2 + 2), // what a task prints is its result
        None => println!("{:?}", ["add", "crash", "hang"].map(run)),
    }
}
