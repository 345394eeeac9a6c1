//! One worker as the pool sees it: a thread that starts it, feeds it, reads it, and buries it.

use std::any::type_name;
use std::collections::VecDeque;
use std::io::{self, PipeReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitStatus;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use crate::frame::{self, Decoder, FrameError, Kind};
use crate::os::{self, Link};
use crate::pool::{Done, Job, Shared, Taken, deliver, discard, fail};
use crate::worker::panic_message;
use crate::{Task, TaskError};

/// How long a new process may take until it says that it serves.
const START_WITHIN: Duration = Duration::from_secs(10);
/// Waits between attempts to start a worker, so that a machine out of processes is not stormed.
const START_AGAIN_AFTER: [Duration; 3] = [
    Duration::from_millis(10),
    Duration::from_millis(100),
    Duration::from_millis(1000),
];
/// As much work, in time, is with a worker ahead of what it does: so much that it never waits for
/// the next task, so little that nothing waits long behind a task.
const AHEAD: Duration = Duration::from_millis(5);
/// And at most so many tasks.
const MOST_AHEAD: usize = 1024;
/// A worker silent for so long has met a long task: it is nudged to give back the others.
const NUDGE_AFTER: Duration = Duration::from_millis(10);

/// How the work of one worker process ended.
enum End<T: Task> {
    /// The worker died, or talked nonsense and must die.
    Died,
    /// This task, and it alone, ran too long.
    TimedOut(Job<T>),
    /// The pool is going away.
    Closing,
}

/// The supervisor's thread: one worker after the other, until the pool is dropped. Reports on
/// `started` whether the first one came up.
pub(crate) fn supervise<T: Task>(
    shared: &Shared<T>,
    seat: usize,
    bell: &PipeReader,
    started: Sender<Result<(), String>>,
) {
    let mut next = start::<T>(shared, bell);
    let first = next.as_ref().map(|_| ()).map_err(String::clone);
    // Nobody listens any more if another worker has failed already: then the pool is closing.
    let _ = started.send(first);
    drop(started);
    loop {
        match next {
            Ok((link, decoder)) => {
                shared.count_start();
                let mut worker = Worker::<T>::new(shared, seat, bell, link, decoder);
                let end = worker.work();
                worker.bury(end);
            }
            Err(reason) => shared.cannot_start(&reason),
        }
        // A new worker is started when there is work for it: one that dies idle again and again
        // cannot keep the machine busy with starting others.
        if !wait_for_work(shared, seat, bell) {
            return;
        }
        next = start_patiently::<T>(shared, bell);
    }
}

/// Returns false if the pool is going away.
fn wait_for_work<T: Task>(shared: &Shared<T>, seat: usize, bell: &PipeReader) -> bool {
    loop {
        if shared.closing() {
            return false;
        }
        if shared.has_work(seat) {
            return true;
        }
        if os::hear(bell).is_err() {
            return false;
        }
    }
}

fn start_patiently<T: Task>(
    shared: &Shared<T>,
    bell: &PipeReader,
) -> Result<(Link, Decoder), String> {
    for pause in START_AGAIN_AFTER {
        match start::<T>(shared, bell) {
            Err(_) if !shared.closing() => thread::sleep(pause),
            started_or_closing => return started_or_closing,
        }
    }
    start::<T>(shared, bell)
}

/// Starts a worker and waits until it says that it serves.
fn start<T: Task>(shared: &Shared<T>, bell: &PipeReader) -> Result<(Link, Decoder), String> {
    let link = Link::start(type_name::<T>()).map_err(|error| error.to_string())?;
    let mut decoder = Decoder::default();
    let why_not = match say_ready(shared, bell, &link, &mut decoder) {
        Ok(true) => return Ok((link, decoder)),
        Ok(false) => None,
        Err(error) => Some(error.to_string()),
    };
    let status = link.bury().map_err(|error| error.to_string())?;
    let why_not = why_not.unwrap_or_else(|| format!("it ended with {status}"));
    Err(format!(
        "the program does not serve as worker ({why_not}): \
         call process_pool::serve::<{}>() first in main",
        type_name::<T>()
    ))
}

/// Whether the worker says that it serves, or ends without a word.
fn say_ready<T: Task>(
    shared: &Shared<T>,
    bell: &PipeReader,
    link: &Link,
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
        if Instant::now() >= deadline {
            return Err(io::ErrorKind::TimedOut.into());
        }
        if link.wait(bell, false, Some(deadline))?.readable && !link.read(decoder)? {
            return Ok(false);
        }
    }
}

/// A worker process at work.
struct Worker<'a, T: Task> {
    shared: &'a Shared<T>,
    seat: usize,
    bell: &'a PipeReader,
    link: Link,
    decoder: Decoder,
    /// Frames for the worker: `out[written..]` is still to be sent.
    out: Vec<u8>,
    written: usize,
    /// Tasks that are with the worker, in its order. Its answers are about the first.
    pending: VecDeque<Job<T>>,
    /// Whether `pending` is one task on probation, to which none may be added.
    alone: bool,
    /// How many tasks may be pending.
    window: usize,
    /// When the first of `pending` became first: it was sent, or the one before it was answered.
    /// No earlier than its worker begins it, so a timeout is never too early.
    first_since: Instant,
    /// When the worker was nudged, until it answers.
    nudged: Option<Instant>,
    /// Results to be delivered together.
    done: Vec<Done<T>>,
}

impl<'a, T: Task> Worker<'a, T> {
    fn new(
        shared: &'a Shared<T>,
        seat: usize,
        bell: &'a PipeReader,
        link: Link,
        decoder: Decoder,
    ) -> Self {
        Worker {
            shared,
            seat,
            bell,
            link,
            decoder,
            out: Vec::new(),
            written: 0,
            pending: VecDeque::new(),
            alone: false,
            // Nothing is known of the tasks yet: they may be long.
            window: 1,
            first_since: Instant::now(),
            nudged: None,
            done: Vec::new(),
        }
    }

    /// Feeds and reads the worker until one of the three ends.
    fn work(&mut self) -> End<T> {
        loop {
            if self.take_tasks() {
                return End::Closing;
            }
            let deadline = self.deadline();
            let to_write = self.written < self.out.len();
            let Ok(woken) = self.link.wait(self.bell, to_write, deadline) else {
                return End::Died;
            };
            if woken.writable {
                self.write();
            }
            if woken.readable && !self.read() {
                return End::Died;
            }
            // Asked again: a result may have moved it.
            if self.deadline().is_some_and(|at| at <= Instant::now())
                && let Some(late) = self.overdue()
            {
                return End::TimedOut(late);
            }
        }
    }

    /// Tops up what is pending once half of it is done. True if the pool is going away.
    fn take_tasks(&mut self) -> bool {
        let held = self.pending.len();
        if self.alone && held > 0 || self.nudged.is_some() || held > self.window / 2 {
            return self.shared.closing();
        }
        let room = self.window - held;
        loop {
            let mut taken = VecDeque::new();
            self.alone = match self.shared.take(self.seat, room, held, &mut taken) {
                Taken::Closing => return true,
                Taken::Suspect => true,
                Taken::Tasks => false,
            };
            if taken.is_empty() {
                break;
            }
            self.send(taken);
            if !self.pending.is_empty() {
                break; // Otherwise none was worth sending, and there may be more.
            }
        }
        if held == 0 {
            self.first_since = Instant::now();
        }
        self.write();
        false
    }

    /// Encodes the jobs for which somebody waits; one that does not encode is answered at once.
    fn send(&mut self, jobs: VecDeque<Job<T>>) {
        // What is sent must not pile up in front of large tasks that keep coming.
        self.out.drain(..self.written);
        self.written = 0;
        for job in jobs {
            if job.abandoned() {
                discard(job.task);
                continue;
            }
            // The user's Serialize may panic, which must not end the supervisor.
            let start = self.out.len();
            let encode = || frame::put_value(Kind::Task, &job.task, &mut self.out);
            match catch_unwind(AssertUnwindSafe(encode)) {
                Ok(Ok(())) => self.pending.push_back(job),
                refused => {
                    self.out.truncate(start);
                    let why = format!("the task does not encode: {}", reason(refused));
                    self.done.push((job, Err(TaskError::Codec(why))));
                }
            }
        }
        deliver(&mut self.done);
    }

    /// Sends what the socket has room for.
    fn write(&mut self) {
        if self.written == self.out.len() {
            return;
        }
        match self.link.write(&self.out[self.written..]) {
            Ok(sent) => self.written += sent,
            // The worker is dead, and its last results may still be there to read.
            Err(_) => self.written = self.out.len(),
        }
        if self.pending.len() == 1 {
            self.first_since = Instant::now(); // Its time runs from when it is sent whole.
        }
        if self.written == self.out.len() {
            self.written = 0;
            self.out.clear();
            self.out.shrink_to(1 << 20); // Do not keep the room of huge tasks for ever.
        }
    }

    /// Reads answers and delivers them. False at the end of the stream and on nonsense.
    fn read(&mut self) -> bool {
        let arrived = self.link.read(&mut self.decoder);
        let sane = matches!(arrived, Ok(true)) && self.understand();
        let answered = self.done.len();
        if answered > 0 {
            // The window follows the tasks' pace, and doubles at most: one lucky task is no pace.
            let each = self.first_since.elapsed() / answered as u32;
            let fits = AHEAD.as_nanos() / each.as_nanos().max(1);
            let fits = usize::try_from(fits).unwrap_or(MOST_AHEAD);
            self.window = (1 + fits).min(2 * self.window).min(MOST_AHEAD);
            self.first_since = Instant::now();
            deliver(&mut self.done);
        }
        sane
    }

    /// Turns the frames that have arrived whole into results. False on nonsense.
    fn understand(&mut self) -> bool {
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
                Kind::Returned => {
                    let Some(kept) = kept(self.pending.len(), frame.body) else {
                        return false;
                    };
                    self.shared.put_back(self.pending.drain(kept..));
                    self.window = 1;
                    self.nudged = None;
                    continue;
                }
                Kind::Ready | Kind::Task | Kind::Nudge => return false,
            };
            match self.pending.pop_front() {
                Some(job) => self.done.push((job, result)),
                None => {
                    discard(result); // An answer to nothing.
                    return false;
                }
            }
        }
    }

    /// When something must be done if the worker says nothing until then.
    fn deadline(&self) -> Option<Instant> {
        let timeout = self.shared.options.timeout;
        // A timeout beyond the end of the clock is none.
        let late_after = |start: Instant| timeout.and_then(|timeout| start.checked_add(timeout));
        match (self.pending.len(), self.nudged) {
            (0, _) => None,
            (1, None) => late_after(self.first_since),
            (_, Some(nudged)) => late_after(nudged),
            (_, None) => Some(self.first_since + timeout.unwrap_or(NUDGE_AFTER).min(NUDGE_AFTER)),
        }
    }

    /// The deadline has passed. With several tasks pending it is not known which one runs, as
    /// results may wait behind it: the worker is nudged to hand them over and to give back the
    /// others. A task that is still running as the only one is late.
    fn overdue(&mut self) -> Option<Job<T>> {
        if self.pending.len() > 1 && self.nudged.is_none() {
            frame::put(Kind::Nudge, &[], &mut self.out);
            self.nudged = Some(Instant::now());
            self.write();
            return None;
        }
        self.pending.pop_front()
    }

    /// Reaps the worker and finds its tasks a new place.
    fn bury(self, end: End<T>) {
        let status = self.link.bury();
        self.shared.count_death();
        let mut pending = self.pending;
        match end {
            End::Closing => fail(pending, &TaskError::PoolDropped),
            End::TimedOut(late) => {
                let timeout = self.shared.options.timeout.unwrap_or_default();
                self.shared.put_back(pending.into_iter());
                fail([late], &TaskError::TimedOut(timeout));
            }
            End::Died => {
                if let [job] = pending.make_contiguous() {
                    job.kills += 1;
                    if job.kills >= self.shared.options.attempts {
                        let kills = job.kills;
                        return fail(pending, &died(kills, status));
                    }
                }
                self.shared.suspect(pending.into_iter());
            }
        }
    }
}

fn died(kills: u32, status: io::Result<ExitStatus>) -> TaskError {
    match status {
        Ok(status) => TaskError::Died { kills, status },
        // Somebody else has reaped the worker, for example a handler of SIGCHLD.
        Err(error) => TaskError::NoWorker(format!("a worker cannot be waited for: {error}")),
    }
}

fn decode<O: DeserializeOwned>(body: &[u8]) -> Result<O, TaskError> {
    // The user's Deserialize may panic, too.
    match catch_unwind(AssertUnwindSafe(|| frame::value(body))) {
        Ok(Ok(output)) => Ok(output),
        refused => Err(TaskError::Codec(format!(
            "the result does not decode: {}",
            reason(refused)
        ))),
    }
}

/// Why the user's code did not make a value.
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

/// How many of the pending tasks stay with a worker that returns as many as this body says.
fn kept(pending: usize, body: &[u8]) -> Option<usize> {
    let returned = u32::from_le_bytes(body.try_into().ok()?);
    pending.checked_sub(returned as usize)
}
