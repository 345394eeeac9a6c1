// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A supervisor: the thread that starts a worker, sends it tasks, reads its results, and replaces
//! it.

use std::collections::VecDeque;
use std::io::{self, PipeReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use super::frame::{self, Decoder, FrameError, Kind};
use super::os::{self, Arrived, WorkerProcess};
use super::pool::{Done, Job, Shared, Taken, deliver, discard, fail};
use super::worker::panic_message;
use super::{Task, TaskError, task_name};

/// How long a new process may take until it serves.
const START_WITHIN: Duration = Duration::from_secs(10);
/// The pauses between attempts to start a worker, for a machine that has run out of processes.
const START_AGAIN_AFTER: [Duration; 3] = [
    Duration::from_millis(10),
    Duration::from_millis(100),
    Duration::from_millis(1000),
];
/// How much work, in time, a worker has in its queue: so much that it never waits for the next
/// task, and so little that no task waits long behind another.
const AHEAD: Duration = Duration::from_millis(5);
/// The most tasks in a worker's queue.
const MOST_AHEAD: usize = 1024;
/// A worker that is silent for so long runs a long task. It is nudged to give back the others.
const NUDGE_AFTER: Duration = Duration::from_millis(10);

/// Why a worker is killed, if it is not dead already.
enum End<T: Task> {
    /// It died, or sent what it must not send.
    Died,
    /// This task ran too long, and the worker had no other.
    TimedOut(Job<T>),
    /// It had several tasks and did not answer a nudge, so it is not known which one is late.
    Hung,
    /// The pool is being dropped.
    Closing,
}

/// A task that the worker has.
struct Sent<T: Task> {
    /// Its answer has this number. No two tasks of one worker process have the same.
    number: u32,
    job: Job<T>,
}

/// The supervisor's thread runs one worker after the other, until the pool is dropped. It reports
/// on
/// `started` whether the first one has started.
pub(super) fn supervise<T: Task>(
    shared: &Shared<T>,
    index: usize,
    wakeup: &PipeReader,
    started: Sender<Result<(), String>>,
) {
    let mut next = start::<T>(shared, wakeup);
    let first = next.as_ref().map(|_| ()).map_err(String::clone);
    // Nobody receives this if another worker has failed already. Then the pool is closing.
    let _ = started.send(first);
    drop(started);
    loop {
        match next {
            Ok((process, decoder)) => {
                shared.count_start();
                let mut worker = Worker::<T>::new(shared, index, wakeup, process, decoder);
                let end = worker.work();
                worker.finish(end);
            }
            Err(reason) => shared.cannot_start(&reason),
        }
        // A new worker is started when there is work for it. Otherwise workers that die while they
        // are idle would keep the machine busy with starting others.
        if !wait_for_work(shared, index, wakeup) {
            return;
        }
        next = start_patiently::<T>(shared, wakeup);
    }
}

/// Returns false if the pool is being dropped.
fn wait_for_work<T: Task>(shared: &Shared<T>, index: usize, wakeup: &PipeReader) -> bool {
    loop {
        if shared.closing() {
            return false;
        }
        if shared.has_work(index) {
            return true;
        }
        if os::drain_wakeup(wakeup).is_err() {
            return false;
        }
    }
}

fn start_patiently<T: Task>(
    shared: &Shared<T>,
    wakeup: &PipeReader,
) -> Result<(WorkerProcess, Decoder), String> {
    for pause in START_AGAIN_AFTER {
        match start::<T>(shared, wakeup) {
            Err(_) if !shared.closing() => thread::sleep(pause),
            started_or_closing => return started_or_closing,
        }
    }
    start::<T>(shared, wakeup)
}

/// Starts a worker and waits until it serves.
fn start<T: Task>(
    shared: &Shared<T>,
    wakeup: &PipeReader,
) -> Result<(WorkerProcess, Decoder), String> {
    let process = WorkerProcess::start(&task_name::<T>()).map_err(|error| error.to_string())?;
    let mut decoder = Decoder::default();
    let why_not = match wait_until_ready(shared, wakeup, &process, &mut decoder) {
        Ok(true) => return Ok((process, decoder)),
        Ok(false) => None,
        Err(error) => Some(error.to_string()),
    };
    let status = process.kill_and_reap();
    let why_not = why_not.unwrap_or_else(|| match status {
        Some(status) => format!("it ended with {status}"),
        None => "it ended".to_owned(),
    });
    let task = std::any::type_name::<T>();
    Err(format!(
        "the program does not serve as worker ({why_not}): \
         call process_pool::serve::<{task}>() first in main; in tests, call it in a #[test] \
         named process_pool_worker"
    ))
}

/// Whether the worker serves (true) or ends before it does.
fn wait_until_ready<T: Task>(
    shared: &Shared<T>,
    wakeup: &PipeReader,
    process: &WorkerProcess,
    decoder: &mut Decoder,
) -> io::Result<bool> {
    let deadline = Instant::now() + START_WITHIN;
    loop {
        match decoder.next() {
            Ok(Some(frame)) if frame.kind == Kind::Ready => return Ok(true),
            Ok(None) => {}
            Ok(Some(_)) | Err(_) => return Err(io::ErrorKind::InvalidData.into()),
        }
        if shared.closing() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let late = Instant::now() >= deadline;
        let woken = process.wait(wakeup, false, Some(deadline))?;
        if woken.readable && process.read(decoder)? == Arrived::Bytes {
            continue;
        }
        if woken.readable || woken.exited {
            return Ok(false);
        }
        if late {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
}

/// A running worker process.
struct Worker<'a, T: Task> {
    shared: &'a Shared<T>,
    index: usize,
    wakeup: &'a PipeReader,
    process: WorkerProcess,
    decoder: Decoder,
    /// Frames for the worker: `out[written..]` is still to be sent.
    out: Vec<u8>,
    written: usize,
    /// The tasks that the worker has, in its order. Its next answer is about the first.
    pending: VecDeque<Sent<T>>,
    /// The number of the next task.
    next_number: u32,
    /// Whether `pending` is one suspect, which must stay alone.
    alone: bool,
    /// How many tasks may be pending.
    window: usize,
    /// When the first of `pending` became the first: it was sent, or the one before it was
    /// answered. The worker does not begin it before that, so a timeout is never too early.
    first_since: Instant,
    /// When the worker was nudged, until it answers.
    nudged: Option<Instant>,
    /// Results to be delivered together.
    done: Vec<Done<T>>,
}

impl<'a, T: Task> Worker<'a, T> {
    fn new(
        shared: &'a Shared<T>,
        index: usize,
        wakeup: &'a PipeReader,
        process: WorkerProcess,
        decoder: Decoder,
    ) -> Self {
        Worker {
            shared,
            index,
            wakeup,
            process,
            decoder,
            out: Vec::new(),
            written: 0,
            pending: VecDeque::new(),
            next_number: 0,
            alone: false,
            // Nothing is known about the tasks yet. They may be long.
            window: 1,
            first_since: Instant::now(),
            nudged: None,
            done: Vec::new(),
        }
    }

    /// Sends tasks and reads results until the worker must be replaced, or the pool is dropped.
    fn work(&mut self) -> End<T> {
        loop {
            if self.take_tasks() {
                return End::Closing;
            }
            let deadline = self.deadline();
            // Asked before the wait: a deadline is judged only if it had passed and nothing has
            // arrived even so. The result may have arrived while this program was stopped.
            let late = deadline.is_some_and(|at| at <= Instant::now());
            let to_write = self.written < self.out.len();
            let Ok(woken) = self.process.wait(self.wakeup, to_write, deadline) else {
                return End::Died;
            };
            if woken.writable {
                self.write();
            }
            if woken.readable && !self.read() {
                return End::Died;
            }
            if woken.exited {
                self.read_rest();
                return End::Died;
            }
            let quiet = !woken.readable && !woken.writable;
            if let Some(end) = (late && quiet).then(|| self.overdue()).flatten() {
                return end;
            }
        }
    }

    /// Sends more tasks once half of the pending ones are done. True if the pool is being dropped.
    fn take_tasks(&mut self) -> bool {
        let pending = self.pending.len();
        if self.alone && pending > 0 || self.nudged.is_some() || pending > self.window / 2 {
            return self.shared.closing();
        }
        let capacity = self.window - pending;
        loop {
            let mut taken = VecDeque::new();
            self.alone = match self.shared.take(self.index, capacity, pending, &mut taken) {
                Taken::Closing => return true,
                Taken::Suspect => true,
                Taken::Tasks => false,
            };
            if taken.is_empty() {
                break;
            }
            self.send(taken);
            if !self.pending.is_empty() {
                break; // Otherwise all of them were abandoned, and there may be more.
            }
        }
        if pending == 0 {
            self.first_since = Instant::now();
        }
        self.write();
        false
    }

    /// Encodes the jobs for which somebody waits. One that does not encode fails immediately.
    fn send(&mut self, jobs: VecDeque<Job<T>>) {
        // Bytes that are sent already must not pile up in front of a stream of large tasks.
        self.out.drain(..self.written);
        self.written = 0;
        for job in jobs {
            if job.abandoned() {
                discard(job.task);
                continue;
            }
            // The caller's Serialize may panic, which must not end the supervisor.
            let start = self.out.len();
            let number = self.next_number;
            let encode = || frame::put_value(Kind::Task, number, &job.task, &mut self.out);
            match catch_unwind(AssertUnwindSafe(encode)) {
                Ok(Ok(())) => {
                    self.next_number = number.wrapping_add(1);
                    self.pending.push_back(Sent { number, job });
                }
                refused => {
                    self.out.truncate(start);
                    let why = format!("the task does not encode: {}", reason(refused));
                    self.done.push((job, Err(TaskError::Codec(why))));
                }
            }
        }
        deliver(&mut self.done);
    }

    /// Sends as much as the socket has space for.
    fn write(&mut self) {
        if self.written == self.out.len() {
            return;
        }
        match self.process.write(&self.out[self.written..]) {
            Ok(0) => return,
            Ok(sent) => self.written += sent,
            // The worker is dead, and its last results may still be there to read.
            Err(_) => self.written = self.out.len(),
        }
        if self.pending.len() == 1 {
            self.first_since = Instant::now(); // Its time runs from when all of it is sent.
        }
        if self.written == self.out.len() {
            self.written = 0;
            self.out.clear();
            self.out.shrink_to(1 << 20); // Do not keep the memory of huge tasks.
        }
    }

    /// Reads answers and delivers them. False at the end of the stream, and if a frame is wrong.
    fn read(&mut self) -> bool {
        match self.process.read(&mut self.decoder) {
            Ok(Arrived::Bytes) => {}
            Ok(Arrived::NothingYet) => return true,
            Ok(Arrived::End) | Err(_) => return false,
        }
        let valid = self.handle_frames();
        let answered = self.done.len();
        if answered > 0 {
            // The window follows the speed of the tasks. It doubles at most, because one task may
            // have been shorter than usual.
            let each = self.first_since.elapsed() / answered as u32;
            let fits = AHEAD.as_nanos() / each.as_nanos().max(1);
            let fits = usize::try_from(fits).unwrap_or(MOST_AHEAD);
            self.window = (1 + fits).min(2 * self.window).min(MOST_AHEAD);
            self.first_since = Instant::now();
            deliver(&mut self.done);
        } else if self.decoder.has_part() {
            // Part of a large result. Its task is done, however long the rest takes to arrive.
            self.first_since = Instant::now();
        }
        self.nudged = self.nudged.map(|_| Instant::now()); // It answers.
        valid
    }

    /// Reads what a dead worker has sent. A child that a task forked may keep the stream open, so
    /// its end need not come.
    fn read_rest(&mut self) {
        let now = Some(Instant::now());
        while let Ok(woken) = self.process.wait(self.wakeup, false, now) {
            if !woken.readable || !self.read() {
                return;
            }
        }
    }

    /// Turns the frames that have arrived whole into results. False if one is wrong.
    fn handle_frames(&mut self) -> bool {
        loop {
            let frame = match self.decoder.next() {
                Ok(Some(frame)) => frame,
                Ok(None) => return true,
                Err(_) => return false,
            };
            let result = match frame.kind {
                Kind::Output => decode(frame.body),
                Kind::Panicked => Err(TaskError::Panicked(text(frame.body))),
                Kind::Refused => Err(TaskError::Codec(text(frame.body))),
                Kind::Returned if self.nudged.is_some() => {
                    let Some(kept) = kept(&self.pending, self.next_number, frame.number) else {
                        return false;
                    };
                    let returned = self.pending.drain(kept..).map(|sent| sent.job);
                    self.shared.put_back(returned);
                    self.window = 1;
                    self.nudged = None;
                    continue;
                }
                Kind::Ready | Kind::Task | Kind::Nudge | Kind::Returned => return false,
            };
            match self.pending.front() {
                Some(sent) if sent.number == frame.number => {}
                _ => {
                    discard(result); // The answer to another task, for example from a copy.
                    return false;
                }
            }
            let answered = self.pending.pop_front().map(|sent| (sent.job, result));
            self.done.extend(answered);
        }
    }

    /// When something must be done if the worker sends nothing until then.
    fn deadline(&self) -> Option<Instant> {
        let timeout = self.shared.options.timeout;
        // A timeout that the clock cannot represent never ends.
        let late_after = |start: Instant| timeout.and_then(|timeout| start.checked_add(timeout));
        match (self.pending.len(), self.nudged) {
            (0, None) => None,
            (1, None) => late_after(self.first_since),
            (_, Some(nudged)) => late_after(nudged),
            (_, None) => Some(self.first_since + timeout.unwrap_or(NUDGE_AFTER).min(NUDGE_AFTER)),
        }
    }

    /// The deadline has passed. With several tasks pending it is not known which one is running,
    /// because results may wait behind it. So the worker is nudged to send them and to give back
    /// the other tasks. A task that is still running then, as the only one, is late.
    fn overdue(&mut self) -> Option<End<T>> {
        if self.pending.len() == 1 && self.nudged.is_none() {
            return self.pending.pop_front().map(|late| End::TimedOut(late.job));
        }
        if self.nudged.is_some() {
            return Some(End::Hung); // Not even its reader thread runs: somebody has stopped it.
        }
        frame::put(Kind::Nudge, self.next_number, &[], &mut self.out);
        self.nudged = Some(Instant::now());
        self.write();
        None
    }

    /// Kills and reaps the worker, and decides what becomes of its tasks.
    fn finish(self, end: End<T>) {
        let stopped = self.process.is_stopped();
        let status = self.process.kill_and_reap();
        self.shared.count_death();
        let mut pending: Vec<_> = self.pending.into_iter().map(|sent| sent.job).collect();
        match end {
            End::Closing => fail(pending, &TaskError::PoolDropped),
            End::TimedOut(mut late) => {
                // Somebody may have stopped the worker before it began this task. If that happens
                // again and again, it is the task that stops its worker.
                late.stops += u32::from(stopped);
                if stopped && late.stops < self.shared.options.attempts {
                    return self.shared.suspect(std::iter::once(late));
                }
                let timeout = self.shared.options.timeout.unwrap_or_default();
                fail([late], &TaskError::TimedOut(timeout));
            }
            End::Hung => self.shared.suspect(pending.into_iter()),
            End::Died => {
                if let [job] = pending.as_mut_slice() {
                    job.kills += 1;
                    if job.kills >= self.shared.options.attempts {
                        let kills = job.kills;
                        return fail(pending, &TaskError::Died { kills, status });
                    }
                }
                self.shared.suspect(pending.into_iter());
            }
        }
    }
}

fn decode<O: DeserializeOwned>(body: &[u8]) -> Result<O, TaskError> {
    // The caller's Deserialize may panic, too.
    match catch_unwind(AssertUnwindSafe(|| frame::value(body))) {
        Ok(Ok(output)) => Ok(output),
        refused => Err(TaskError::Codec(format!(
            "the result does not decode: {}",
            reason(refused)
        ))),
    }
}

/// Why the caller's code did not make a value.
fn reason<V>(refused: thread::Result<Result<V, FrameError>>) -> String {
    match refused {
        Ok(Ok(_)) => String::new(),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => format!("panic: {}", panic_message(panic)),
    }
}

fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).into_owned()
}

/// How many of the pending tasks a worker keeps that gives back this one and all after it.
fn kept<T: Task>(pending: &VecDeque<Sent<T>>, next_number: u32, first: u32) -> Option<usize> {
    if first == next_number {
        return Some(pending.len());
    }
    pending.iter().position(|sent| sent.number == first)
}
