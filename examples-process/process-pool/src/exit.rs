// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A descriptor that becomes readable when a child process has died. Unix only.
//!
//! The end of a socket is no proof of death: a child that the worker forked keeps its copy of the
//! socket open. So the process itself is watched, beside the socket, in the same `poll`.

use std::io;
use std::os::fd::OwnedFd;
use std::thread;

use rustix::io::Errno;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// Watches this child of the calling process, which nothing has reaped yet.
///
/// On Linux since 5.3 this is a pidfd, elsewhere a pipe that a waiting thread closes.
pub(super) fn watch(child: Pid) -> io::Result<OwnedFd> {
    #[cfg(target_os = "linux")]
    match rustix::process::pidfd_open(child, rustix::process::PidfdFlags::empty()) {
        Ok(pidfd) => return Ok(pidfd),
        // An older kernel, or a sandbox that forbids the call.
        Err(Errno::NOSYS | Errno::PERM) => {}
        Err(error) => return Err(error.into()),
    }
    watch_with_a_thread(child)
}

/// The portable way. A pipe whose last writer is gone is readable.
pub(super) fn watch_with_a_thread(child: Pid) -> io::Result<OwnedFd> {
    let (reader, writer) = io::pipe()?;
    thread::Builder::new()
        .name("process-pool wait".into())
        .spawn(move || {
            // NOWAIT leaves the dead child to be reaped by its owner, so until then no other
            // process can get its number. Any other error means that somebody else reaped it.
            let dead = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while let Err(Errno::INTR) = waitid(WaitId::Pid(child), dead) {}
            drop(writer);
        })?;
    Ok(reader.into())
}
