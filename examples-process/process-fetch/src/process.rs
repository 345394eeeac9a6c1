// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A worker as the program sees it: a child process, a pipe in each direction, and a deadline.

use std::io::{self, BufReader};
#[cfg(unix)]
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::worker::{arguments, is_worker};
use super::{FetchError, Limits, Page, Request, frame};

/// How long a new process may take until it is ready.
const START_WITHIN: Duration = Duration::from_secs(10);
/// A worker ends a request at its deadline by itself. If it has not answered so long after that, it
/// hangs on the page.
const GRACE: Duration = Duration::from_secs(1);

/// One worker. Dropping it kills and reaps it: no orphan, no zombie.
pub(super) struct Process {
    child: Child,
    limits: Limits,
    requests: ChildStdin,
    frames: Receiver<io::Result<Vec<u8>>>,
}

impl Process {
    /// Starts a worker, and waits until it is ready.
    pub(super) fn start(mut program: Command, limits: Limits) -> io::Result<Self> {
        if is_worker() {
            // Stops a program that does not call `serve` from starting itself again and again.
            return Err(io::Error::other("a worker may not start workers"));
        }
        program
            .args(arguments(limits))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        // A group of its own: Ctrl-C reaches only the program, whose end then ends the worker.
        #[cfg(unix)]
        program.process_group(0);
        let mut child = program.spawn()?;
        let requests = child.stdin.take().expect("it is piped");
        let mut answers = BufReader::new(child.stdout.take().expect("it is piped"));
        // A channel without capacity: a worker that never stops writing fills its pipe, not the
        // memory.
        let (sender, frames) = mpsc::sync_channel(0);
        let mut process = Self {
            child,
            limits,
            requests,
            frames,
        };
        // A pipe cannot be read with a deadline, but a channel can. This thread passes on what
        // arrives in the pipe, and ends with it, and so with the worker.
        let most = limits.max_body.saturating_add(frame::SHORT);
        thread::Builder::new().spawn(move || {
            let ready = frame::wait_until_ready(&mut answers).map(|()| Vec::new());
            if sender.send(ready).is_err() {
                return;
            }
            loop {
                let frame = frame::receive(most, &mut answers);
                let ended = frame.is_err();
                if sender.send(frame).is_err() || ended {
                    return;
                }
            }
        })?;
        match process.next(START_WITHIN) {
            Ok(_) => Ok(process),
            Err(error) => Err(io::Error::other(format!(
                "the program does not serve as a worker ({error}): call process_fetch::serve first \
                 in main; in tests, call it in a #[test] fn process_fetch_worker()"
            ))),
        }
    }

    /// Makes the worker fetch a page. The outer error means that this worker is lost.
    pub(super) fn fetch(
        &mut self,
        request: &Request,
    ) -> Result<Result<Page, FetchError>, FetchError> {
        // Writing to a dead worker fails. How it died is found below, because its answer is
        // missing.
        let _ = frame::send_request(request, &self.requests);
        let frame = self.next(self.limits.timeout.saturating_add(GRACE))?;
        frame::read_answer(&frame).map_err(no_worker)
    }

    fn next(&mut self, within: Duration) -> Result<Vec<u8>, FetchError> {
        match self.frames.recv_timeout(within) {
            Ok(Ok(frame)) => Ok(frame),
            Ok(Err(error)) if error.kind() != io::ErrorKind::UnexpectedEof => Err(no_worker(error)),
            Err(RecvTimeoutError::Timeout) => Err(FetchError::TimedOut),
            // The end of the pipe: the worker is dead. If it only closed its end, it is killed.
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {
                let _ = self.child.kill();
                Err(self.child.wait().map_or_else(no_worker, FetchError::Died))
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An error means that it is dead and reaped already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn no_worker(error: io::Error) -> FetchError {
    FetchError::Worker(Arc::new(error))
}
