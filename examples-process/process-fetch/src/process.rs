//! A worker as the program sees it: a child process, a pipe each way, and a deadline.

use std::io;
#[cfg(unix)]
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::worker::{WORKER_ARGUMENT, is_worker};
use super::{FetchError, Limits, Page, frame};

/// How long a new process may take until it says that it serves.
const START_WITHIN: Duration = Duration::from_secs(10);
/// The worker ends a request at its deadline by itself. One that has not answered so long after
/// hangs on the page.
const GRACE: Duration = Duration::from_secs(1);

/// One worker. Dropping it kills and reaps it: no orphan, no zombie.
pub(super) struct Process {
    child: Child,
    limits: Limits,
    urls: ChildStdin,
    frames: Receiver<io::Result<Vec<u8>>>,
}

impl Process {
    /// Starts a worker, and waits until it says that it serves.
    pub(super) fn start(mut program: Command, limits: Limits) -> io::Result<Self> {
        if is_worker() {
            // What stops a program that forgot `serve` from starting itself for ever.
            return Err(io::Error::other("a worker may not start workers"));
        }
        program
            .arg(WORKER_ARGUMENT)
            .arg(limits.timeout.as_secs_f64().to_string())
            .arg(limits.max_body.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        // A group of its own: Ctrl-C reaches the program alone, whose end then ends the worker.
        #[cfg(unix)]
        program.process_group(0);
        let mut child = program.spawn()?;
        let urls = child.stdin.take().expect("it is piped");
        let mut answers = child.stdout.take().expect("it is piped");
        // No room in the channel: a worker that talks without end fills its pipe, not the memory.
        let (sender, frames) = mpsc::sync_channel(0);
        let mut process = Self {
            child,
            limits,
            urls,
            frames,
        };
        // A pipe cannot be waited for with a deadline, but a channel can. This thread passes on what
        // the pipe brings, and ends with it, so with the worker.
        let most = limits.max_body.saturating_add(frame::SHORT);
        thread::Builder::new().spawn(move || {
            loop {
                let frame = frame::receive(most, &mut answers);
                let ended = frame.is_err();
                if sender.send(frame).is_err() || ended {
                    return;
                }
            }
        })?;
        match process.next(START_WITHIN) {
            Ok(word) if word == b"ready" => Ok(process),
            other => {
                let why = match other {
                    Ok(_) => "it says something else".to_owned(),
                    Err(error) => error.to_string(),
                };
                Err(io::Error::other(format!(
                    "the program does not serve as worker ({why}): \
                     call process_fetch::serve first in main"
                )))
            }
        }
    }

    /// Has the worker fetch a page. The outer error means that this worker is lost.
    pub(super) fn fetch(&mut self, url: &str) -> Result<Result<Page, FetchError>, FetchError> {
        // A dead worker cannot be written to. How it died is found where its answer is missing.
        let _ = frame::send(url.as_bytes(), &[], &self.urls);
        let frame = self.next(self.limits.timeout.saturating_add(GRACE))?;
        frame::read_answer(frame).map_err(no_worker)
    }

    fn next(&mut self, within: Duration) -> Result<Vec<u8>, FetchError> {
        match self.frames.recv_timeout(within) {
            Ok(Ok(frame)) => Ok(frame),
            Ok(Err(error)) if error.kind() != io::ErrorKind::UnexpectedEof => Err(no_worker(error)),
            Err(RecvTimeoutError::Timeout) => Err(FetchError::TimedOut),
            // The end of the pipe: the worker is dead. If it only closed its end, it shall be.
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {
                let _ = self.child.kill();
                Err(self.child.wait().map_or_else(no_worker, FetchError::Died))
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Errors mean that it is dead and reaped already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn no_worker(error: io::Error) -> FetchError {
    FetchError::Worker(Arc::new(error))
}
