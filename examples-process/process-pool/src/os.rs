//! What the pool asks of the system: a child process on one end of a socket. Unix only.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, PipeReader, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{self, Child, Command, ExitStatus, Stdio};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, getpgrp, getpid, kill_process_group};

use crate::WORKER_ARGUMENT;
use crate::frame::Decoder;

/// A worker process and the pool's end of the socket to it.
///
/// One socket pair as the worker's standard input. Rejected: tasks by stdin and results by stdout,
/// which takes stdout away from the tasks; a TCP port, which any user of the machine can reach.
pub(crate) struct Link {
    child: Child,
    socket: UnixStream,
}

/// What [`Link::wait`] woke up for.
pub(crate) struct Woken {
    pub(crate) readable: bool,
    pub(crate) writable: bool,
}

impl Link {
    /// Starts this program again, to serve the tasks of this name.
    pub(crate) fn start(task: &str) -> io::Result<Link> {
        let (socket, theirs) = UnixStream::pair()?;
        // The pool never blocks in a write: it reads results while it sends tasks, so two full
        // buffers cannot wait for each other. The worker's end stays blocking.
        socket.set_nonblocking(true)?;
        let child = Command::new(this_program()?)
            .arg0(env::args_os().next().unwrap_or_default())
            .args([WORKER_ARGUMENT, task])
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            // A group of its own: Ctrl-C reaches the parent alone, whose end then ends the
            // worker; and what a task started can be killed together with the worker.
            .process_group(0)
            .spawn()?;
        Ok(Link { child, socket })
    }

    /// Waits for bytes, for room to write if asked, for the bell, or for the deadline.
    pub(crate) fn wait(
        &self,
        bell: &PipeReader,
        to_write: bool,
        deadline: Option<Instant>,
    ) -> io::Result<Woken> {
        let mut interest = PollFlags::IN;
        interest.set(PollFlags::OUT, to_write);
        let mut polled = [
            PollFd::new(&self.socket, interest),
            PollFd::new(bell, PollFlags::IN),
        ];
        // A deadline too far away for the system's clock is none.
        let timeout = deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
            .and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut polled, timeout.as_ref()) {
            Err(rustix::io::Errno::INTR) => {}
            other => drop(other?),
        }
        let [socket, bell_rung] = polled.map(|fd| fd.revents());
        if !bell_rung.is_empty() {
            hear(bell)?;
        }
        Ok(Woken {
            // An error or a hang-up is found by reading.
            readable: socket.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR),
            writable: socket.contains(PollFlags::OUT),
        })
    }

    /// Writes what there is room for, and says how much that was.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        match (&self.socket).write(bytes) {
            Err(error) if not_now(&error) => Ok(0),
            other => other,
        }
    }

    /// Reads what is there. False at the end of the stream: the worker is dead.
    pub(crate) fn read(&self, decoder: &mut Decoder) -> io::Result<bool> {
        match decoder.read_from(&self.socket) {
            Err(error) if not_now(&error) => Ok(true),
            other => Ok(other? > 0),
        }
    }

    /// Kills the worker and whatever its tasks started, and reaps it.
    pub(crate) fn bury(mut self) -> io::Result<ExitStatus> {
        // Nobody has waited for the child yet, so no other process can have got its number.
        if let Some(pid) = Pid::from_raw(self.child.id() as i32) {
            // An error means that nobody is left to kill.
            let _ = kill_process_group(pid, Signal::KILL);
        }
        self.child.wait()
    }
}

/// The program to start. On Linux this is the running file itself: one deleted or replaced by an
/// update meanwhile is still the one whose tasks these are.
fn this_program() -> io::Result<OsString> {
    if cfg!(target_os = "linux") {
        Ok("/proc/self/exe".into())
    } else {
        Ok(env::current_exe()?.into())
    }
}

/// Waits for the bell alone.
pub(crate) fn hear(mut bell: &PipeReader) -> io::Result<()> {
    // At most two strokes wait: new work, and the end of the pool.
    match bell.read(&mut [0; 16]) {
        Err(error) if not_now(&error) => Ok(()),
        other => other.map(drop),
    }
}

fn not_now(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}

/// The worker's end: takes the socket from standard input and leaves the null device there,
/// so that a task which reads its input finds the end of it and not the next tasks.
pub(crate) fn worker_socket() -> io::Result<UnixStream> {
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    // Fails if somebody started the program by hand with the worker's argument.
    socket.peer_addr()?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    Ok(socket)
}

/// Ends the worker and whatever its tasks started, now, also while a task computes. Not
/// `process::exit` if it can be helped: that runs exit handlers beside a running task.
pub(crate) fn end_worker() -> ! {
    if getpgrp() == getpid() {
        let _ = kill_process_group(getpid(), Signal::KILL);
    }
    process::exit(1)
}
