// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Runs a command within a time limit, ends its process group, and keeps what it printed.
//!
//! From the project "Many Things at Once", where `cargo run -p process-timeout` demonstrates it and
//! `docs/src/processes/process-timeout.md` explains it.
//!
//! *Notice:* a signal goes to the whole process group, and always before the command is waited for.
//! Afterwards its process ID could belong to another process.
//!
//! *Use instead:* `process-wrap` on Windows, where a job object takes the place of the group.
//!
//! # Use it
//! ```ignore
//! use process_timeout::run_within;
//! use std::{process::Command, time::Duration};
//!
//! fn main() -> std::io::Result<()> {
//!     let mut command = Command::new("sh");
//!     command.args(["-c", "echo started; sleep 60; echo done"]);
//!     let ended = run_within(command, Duration::from_millis(500), 1 << 20)?;
//!     print!("{}", String::from_utf8_lossy(&ended.stdout));
//!     println!("{}, timed out: {}", ended.status, ended.timed_out);
//!     Ok(())
//! }
//! ```

use std::io;
use std::process::{Command, ExitStatus};
use std::time::Duration;

/// How a command ended, and what it printed.
#[derive(Debug)]
pub struct Ended {
    /// The command's status: after a timeout usually that SIGKILL ended it.
    pub status: ExitStatus,
    /// Whether the limit passed before the command had ended and both of its outputs were closed.
    pub timed_out: bool,
    /// What it wrote to standard output, also if it timed out.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error, also if it timed out.
    pub stderr: Vec<u8>,
}

/// Runs `command` with empty input until it has ended and both of its outputs are closed, or until
/// `limit` has passed. Then whatever is left of its process group is killed, and the command is
/// waited for.
///
/// A process that leaves the group, by `setsid` for example, survives. It cannot hold this up.
///
/// # Errors
/// If the command cannot be started, the system fails, or one of the outputs is longer than `max`
/// bytes. The group has been killed then. Always on systems other than Unix.
pub fn run_within(command: Command, limit: Duration, max: usize) -> io::Result<Ended> {
    #[cfg(unix)]
    return group::run_within(command, limit, max);
    #[cfg(not(unix))]
    {
        let _ = (command, limit, max);
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }
}

#[cfg(unix)]
mod group {
    use super::Ended;
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::{Errno, read, retry_on_intr};
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
    use std::io::{self, ErrorKind};
    use std::os::fd::OwnedFd;
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command, ExitStatus, Stdio};
    use std::thread::{self, Builder};
    use std::time::{Duration, Instant};

    /// The pipes by number: stdout is 0, stderr is 1, and this one is at its end with the command.
    const ENDED: usize = 2;

    pub(super) fn run_within(
        mut command: Command,
        limit: Duration,
        max: usize,
    ) -> io::Result<Ended> {
        let deadline = Instant::now().checked_add(limit); // None: later than any clock shows
        command.stdin(Stdio::null()).process_group(0);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let (ended, tells) = io::pipe()?;
        let mut group = Group::start(command)?;
        let stdout = group.child.stdout.take().map(OwnedFd::from);
        let stderr = group.child.stderr.take().map(OwnedFd::from);
        let pipes = [stdout, stderr, Some(ended.into())];
        let pipes = pipes.into_iter().flatten().enumerate().collect();
        let pid = group.pid;
        let (timed_out, [stdout, stderr, _]) = thread::scope(|scope| {
            Builder::new().spawn_scoped(scope, move || {
                // It leaves the status to `Group::end`: until then the number is the command's.
                let end = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
                let _ = retry_on_intr(|| waitid(WaitId::Pid(pid), end));
                drop(tells); // which `poll` reports
            })?;
            let result = read_until(deadline, pid, pipes, max);
            group.kill(); // the thread ends with the command, and then the scope
            result
        })?;
        Ok(Ended {
            status: group.end()?,
            timed_out,
            stdout,
            stderr,
        })
    }

    /// Reads from all pipes until each is at its end, or until the deadline has passed: then the
    /// first value is `true`.
    fn read_until(
        deadline: Option<Instant>,
        pid: Pid,
        mut pipes: Vec<(usize, OwnedFd)>,
        max: usize,
    ) -> io::Result<(bool, [Vec<u8>; 3])> {
        let (mut bytes, mut buffer) = ([const { Vec::new() }; 3], vec![0; 64 << 10]);
        // If this process was stopped, the command may have ended long before the deadline. What it
        // left in its pipes is read in a few turns.
        let mut late = 0;
        while !pipes.is_empty() {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            late += usize::from(left == Some(Duration::ZERO));
            if late > 4 {
                return Ok((true, bytes));
            }
            if late > 0 && has_ended(pid) {
                pipes.retain(|(number, _)| *number != ENDED); // the thread may not have run yet
            }
            let left = left.and_then(|left| Timespec::try_from(left).ok());
            let polled = pipes.iter();
            let polled = polled.map(|(_, pipe)| PollFd::new(pipe, PollFlags::IN));
            let mut polled: Vec<_> = polled.collect();
            match poll(&mut polled, left.as_ref()) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            let ready: Vec<_> = polled.iter().map(|fd| !fd.revents().is_empty()).collect();
            let mut at_end = Vec::new();
            for ((number, pipe), _) in pipes.iter().zip(ready).filter(|(_, ready)| *ready) {
                let count = retry_on_intr(|| read(pipe, &mut buffer[..]))?;
                bytes[*number].extend_from_slice(&buffer[..count]);
                if count == 0 {
                    at_end.push(*number);
                }
                if bytes[*number].len() > max {
                    let message = format!("the command printed more than {max} bytes");
                    return Err(io::Error::new(ErrorKind::FileTooLarge, message));
                }
            }
            pipes.retain(|(number, _)| !at_end.contains(number));
        }
        Ok((false, bytes))
    }

    /// Whether the command has ended. Its status stays there for `wait`.
    fn has_ended(pid: Pid) -> bool {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        matches!(waitid(WaitId::Pid(pid), look), Ok(Some(_)))
    }

    /// A command and what it started. All of them are killed when this is dropped.
    struct Group {
        child: Child,
        pid: Pid,
        waited_for: bool,
    }

    impl Group {
        fn start(mut command: Command) -> io::Result<Group> {
            let child = command.spawn()?;
            Ok(Group {
                pid: Pid::from_child(&child),
                child,
                waited_for: false,
            })
        }

        fn kill(&mut self) {
            if !self.waited_for {
                // An error says that all have ended. The command itself may be in another group.
                let _ = kill_process_group(self.pid, Signal::KILL);
                let _ = self.child.kill();
            }
        }

        /// First the signal, then the wait: after it the number may be another group's.
        fn end(&mut self) -> io::Result<ExitStatus> {
            self.kill();
            self.waited_for = true;
            self.child.wait()
        }
    }

    impl Drop for Group {
        fn drop(&mut self) {
            let _ = self.end();
        }
    }
}
