// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! What the pool asks of the system: a child process on one end of a socket. Unix only.

use std::env;
use std::ffi::OsString;
use std::io::{self, IoSlice, IoSliceMut, PipeReader, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{self, Child, Command, ExitStatus, Stdio};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, getpid, kill_process, kill_process_group, setsid, waitid,
};

use super::exit;
use super::frame::Decoder;
use super::worker_arguments;

/// A worker process and the pool's end of the socket to it.
///
/// The socket is the worker's standard input. Rejected: tasks by stdin and results by stdout,
/// which takes stdout away from the tasks; a TCP port, which any user of the machine can reach.
pub(super) struct WorkerProcess {
    child: Child,
    pid: Pid,
    /// Readable once the process is dead.
    exited: OwnedFd,
    socket: UnixStream,
}

/// What [`WorkerProcess::wait`] woke up for. All are false at the deadline.
#[derive(Clone, Copy, Default)]
pub(super) struct Woken {
    pub(super) readable: bool,
    pub(super) writable: bool,
    /// The process is dead. What it has sent can still be read.
    pub(super) exited: bool,
}

/// What [`WorkerProcess::read`] found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrived {
    Bytes,
    NothingYet,
    /// The end of the stream: all copies of the worker's end are closed.
    End,
}

impl WorkerProcess {
    /// Starts this program again, to serve the tasks of the type with this name.
    pub(super) fn start(task: &str) -> io::Result<WorkerProcess> {
        let (socket, theirs) = UnixStream::pair()?;
        send_stdout(&socket)?;
        // The pool never blocks in a write: it reads results while it sends tasks, so two full
        // buffers cannot wait for each other. The worker's end stays blocking.
        socket.set_nonblocking(true)?;
        let mut child = Command::new(this_program()?)
            .arg0(env::args_os().next().unwrap_or_default())
            .args(worker_arguments(task))
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            // What a program prints before it serves would appear once for each worker.
            .stdout(Stdio::null())
            .spawn()?;
        let pid = Pid::from_child(&child);
        match exit::watch(pid) {
            Ok(exited) => Ok(WorkerProcess {
                child,
                pid,
                exited,
                socket,
            }),
            Err(error) => {
                let _ = child.kill(); // An error means that it is dead already.
                let _ = child.wait();
                Err(error)
            }
        }
    }

    /// Waits for bytes, for space to write if asked, for the worker's death, for the wake-up pipe,
    /// or for the deadline. A deadline that has passed means: look, and do not wait.
    pub(super) fn wait(
        &self,
        wakeup: &PipeReader,
        to_write: bool,
        deadline: Option<Instant>,
    ) -> io::Result<Woken> {
        let mut interest = PollFlags::IN;
        interest.set(PollFlags::OUT, to_write);
        let mut polled = [
            PollFd::new(&self.socket, interest),
            PollFd::new(&self.exited, PollFlags::IN),
            PollFd::new(wakeup, PollFlags::IN),
        ];
        // A deadline too far away for the system's clock is none.
        let timeout = deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
            .and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut polled, timeout.as_ref()) {
            Err(rustix::io::Errno::INTR) => return Ok(Woken::default()),
            other => drop(other?),
        }
        let [socket, exited, woken] = polled.map(|fd| fd.revents());
        if !woken.is_empty() {
            drain_wakeup(wakeup)?;
        }
        Ok(Woken {
            // An error or a hang-up is found by reading.
            readable: socket.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR),
            writable: socket.contains(PollFlags::OUT),
            exited: !exited.is_empty(),
        })
    }

    /// Writes what the socket has space for, and returns how much that was.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        match (&self.socket).write(bytes) {
            Err(error) if not_now(&error) => Ok(0),
            other => other,
        }
    }

    /// Reads once, without waiting.
    pub(super) fn read(&self, decoder: &mut Decoder) -> io::Result<Arrived> {
        match decoder.read_from(&self.socket) {
            Err(error) if not_now(&error) => Ok(Arrived::NothingYet),
            Ok(0) => Ok(Arrived::End),
            Ok(_) => Ok(Arrived::Bytes),
            // It ended with something unread.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(Arrived::End),
            Err(error) => Err(error),
        }
    }

    /// Whether somebody has stopped the worker: with SIGSTOP, or as debuggers do.
    pub(super) fn is_stopped(&self) -> bool {
        // NOWAIT leaves the state as it is for others who may wait for it.
        let look = WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        matches!(waitid(WaitId::Pid(self.pid), look), Ok(Some(_)))
    }

    /// Kills the worker and its process group, and reaps the worker. `None` if its exit status is
    /// lost, because somebody else reaped it: a handler of SIGCHLD, or the system if the program
    /// ignores SIGCHLD.
    pub(super) fn kill_and_reap(mut self) -> Option<ExitStatus> {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        // As long as nobody has reaped it, no other process can have got its number.
        if waitid(WaitId::Pid(self.pid), look).is_ok() {
            // The group is what the task's children are in. The task may have left it, so the
            // worker is killed by its own number as well. An error means that nobody is left.
            let _ = kill_process_group(self.pid, Signal::KILL);
            let _ = kill_process(self.pid, Signal::KILL);
        }
        self.child.wait().ok()
    }
}

/// The program to start. On Linux this is the running file itself: if an update deletes or replaces
/// the file, workers still run the program whose tasks these are.
fn this_program() -> io::Result<OsString> {
    if cfg!(target_os = "linux") {
        Ok("/proc/self/exe".into())
    } else {
        Ok(env::current_exe()?.into())
    }
}

/// Waits for the wake-up pipe alone, and empties it.
pub(super) fn drain_wakeup(mut wakeup: &PipeReader) -> io::Result<()> {
    // At most two bytes wait: one for new work, one for the end of the pool.
    match wakeup.read(&mut [0; 16]) {
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

/// Puts this program's standard output into the socket, for the worker to receive.
fn send_stdout(socket: &UnixStream) -> io::Result<()> {
    let stdout = io::stdout();
    let stdout = [stdout.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut message = SendAncillaryBuffer::new(&mut space);
    message.push(SendAncillaryMessage::ScmRights(&stdout));
    sendmsg(
        socket,
        &[IoSlice::new(&[0])],
        &mut message,
        SendFlags::empty(),
    )?;
    Ok(())
}

fn receive_stdout(socket: &UnixStream) -> io::Result<OwnedFd> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut message = RecvAncillaryBuffer::new(&mut space);
    recvmsg(
        socket,
        &mut [IoSliceMut::new(&mut [0])],
        &mut message,
        RecvFlags::empty(),
    )?;
    let received = message.drain().find_map(|part| match part {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    received.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Prepares this process as a worker and returns its end of the socket.
pub(super) fn become_worker() -> io::Result<UnixStream> {
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    // Fails if somebody started the program by hand with the worker's arguments.
    socket.peer_addr()?;
    // A session of its own, without a terminal. A background process that reads its terminal would
    // be stopped, and so would the pool. Ctrl-C reaches the parent alone, whose end then ends the
    // worker. The session is also a process group: it is killed with the worker.
    setsid()?;
    // A task that reads its input finds the end of it, and not the next tasks.
    let (empty, _) = io::pipe()?;
    rustix::stdio::dup2_stdin(empty)?;
    let stdout = receive_stdout(&socket)?;
    io::stdout().flush()?;
    rustix::stdio::dup2_stdout(stdout)?;
    Ok(socket)
}

/// Ends the worker and its process group, now, also while a task computes. `process::exit` would
/// run exit handlers beside a running task.
pub(super) fn end_worker() -> ! {
    let _ = kill_process_group(getpid(), Signal::KILL);
    end_this_process()
}

/// Ends this process alone.
pub(super) fn end_this_process() -> ! {
    let _ = kill_process(getpid(), Signal::KILL);
    process::abort() // Never reached: the signal cannot be blocked or caught.
}
