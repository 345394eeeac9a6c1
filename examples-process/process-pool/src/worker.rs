// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The worker's side: a reader thread receives tasks, the main thread runs them one at a time.

use std::any::Any;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::mem;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::frame::{self, Decoder, Kind};
use super::{Task, os};

/// Small results are collected for about this long, so that a thousand of them cost a few writes.
/// A result that waits behind a long task is fetched by the pool's nudge.
const FLUSH_AFTER: Duration = Duration::from_micros(500);
/// A longer buffer is written immediately.
const FLUSH_ABOVE: usize = 32 << 10;

struct Worker {
    /// This process. A task may fork, and a copy of the worker must not answer.
    pid: u32,
    socket: UnixStream,
    inbox: Mutex<Inbox>,
    arrived: Condvar,
    /// Frames of results that are not written yet. Whoever writes holds the lock while it does,
    /// so frames never mix.
    results: Mutex<Vec<u8>>,
}

#[derive(Default)]
struct Inbox {
    /// Each with its number.
    tasks: VecDeque<(u32, Vec<u8>)>,
    /// Whether the main thread waits. Notifying without need would cost a system call per task.
    waiting: bool,
}

/// Serves tasks until the pool goes away.
pub(super) fn run<T: Task>(socket: UnixStream) -> ! {
    let worker = Arc::new(Worker {
        pid: process::id(),
        socket,
        inbox: Mutex::default(),
        arrived: Condvar::new(),
        results: Mutex::default(),
    });
    let reader = Arc::clone(&worker);
    thread::Builder::new()
        .name("process-pool".into())
        .spawn(move || reader.read_tasks())
        .expect("a worker that cannot have its second thread must end, which the pool notices");

    frame::put(Kind::Ready, 0, &[], &mut lock(&worker.results));
    worker.flush();
    let mut result = Vec::new();
    let (mut last_flush, mut since) = (Instant::now(), 0_u32);
    loop {
        let (number, task) = worker.next_task();
        result.clear();
        answer::<T>(number, &task, &mut result);
        // What the task printed is written before its result, even if the worker is killed next.
        let _ = io::stdout().flush();
        let waiting = {
            let mut results = lock(&worker.results);
            results.extend_from_slice(&result);
            results.len()
        };
        since += 1;
        // Reading the clock costs as much as a small task, so it is read less and less often.
        let late = since.is_power_of_two() && last_flush.elapsed() > FLUSH_AFTER;
        if late || waiting > FLUSH_ABOVE {
            worker.flush();
            (last_flush, since) = (Instant::now(), 0);
        }
    }
}

/// Runs one task and appends the frame that answers it, whatever happens short of death.
fn answer<T: Task>(number: u32, task: &[u8], out: &mut Vec<u8>) {
    // Unwind safe: what a panic can leave half done is dropped here or cut off below. The code
    // of the value's Serialize and Deserialize is the task's author's too, so it runs in here.
    let done = catch_unwind(AssertUnwindSafe(|| {
        let task: T = frame::value(task)
            .map_err(|error| format!("the task does not decode in the worker: {error}"))?;
        frame::put_value(Kind::Output, number, &task.run(), out)
            .map_err(|error| format!("the result does not encode: {error}"))
    }));
    match done {
        Ok(Ok(())) => {}
        Ok(Err(refused)) => frame::put(Kind::Refused, number, refused.as_bytes(), out),
        Err(panic) => {
            out.clear();
            frame::put(Kind::Panicked, number, panic_message(panic).as_bytes(), out);
        }
    }
}

/// What a panic said, as `std` prints it.
pub(super) fn panic_message(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => match panic.downcast_ref::<&str>() {
            Some(message) => (*message).to_owned(),
            None => {
                Box::leak(panic); // Its Drop could panic again, where nobody catches it.
                "no message".to_owned()
            }
        },
    }
}

impl Worker {
    /// The reader thread. It always reads, whatever the task does, so the pool's writes never
    /// wait for a task. It also notices immediately when the pool is gone, even by `kill -9`.
    fn read_tasks(&self) -> ! {
        let mut decoder = Decoder::default();
        loop {
            match decoder.read_from(&self.socket) {
                Ok(0) => os::end_worker(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => os::end_worker(),
                Ok(_) => {}
            }
            let mut inbox = lock(&self.inbox);
            let mut nudged = None;
            loop {
                match decoder.next() {
                    Ok(Some(frame)) if frame.kind == Kind::Task => {
                        inbox.tasks.push_back((frame.number, frame.body.to_vec()));
                    }
                    Ok(Some(frame)) if frame.kind == Kind::Nudge => {
                        nudged = Some(frame.number);
                    }
                    Ok(None) => break,
                    Ok(Some(_)) | Err(_) => os::end_worker(),
                }
            }
            if let Some(next) = nudged {
                // The pool sends nothing after a nudge until it is answered, so these are all.
                let first = inbox.tasks.front().map_or(next, |(number, _)| *number);
                inbox.tasks.clear();
                drop(inbox);
                frame::put(Kind::Returned, first, &[], &mut lock(&self.results));
                self.flush();
            } else if mem::take(&mut inbox.waiting) {
                self.arrived.notify_one();
            }
        }
    }

    fn next_task(&self) -> (u32, Vec<u8>) {
        if let Some(task) = lock(&self.inbox).tasks.pop_front() {
            return task;
        }
        self.flush();
        let mut inbox = lock(&self.inbox);
        loop {
            if let Some(task) = inbox.tasks.pop_front() {
                return task;
            }
            inbox.waiting = true;
            inbox = self
                .arrived
                .wait(inbox)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn flush(&self) {
        if process::id() != self.pid {
            os::end_this_process(); // A copy that a task forked: the worker itself answers.
        }
        let mut results = lock(&self.results);
        if (&self.socket).write_all(&results).is_err() {
            os::end_worker(); // The pool is gone.
        }
        results.clear();
    }
}

/// No task runs while one of these is locked, so a poisoned lock does not mean broken data.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
