//! A child's death makes its descriptor readable, and nothing else does.

#[path = "../../src/exit.rs"]
mod exit;

use std::io;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

fn is_readable(fd: &OwnedFd, within: Duration) -> bool {
    let timeout = Timespec::try_from(within).expect("short");
    poll(&mut [PollFd::new(fd, PollFlags::IN)], Some(&timeout)).expect("it can be polled") > 0
}

fn check(watch: fn(Pid) -> io::Result<OwnedFd>) {
    let mut child = sleeper();
    let pid = Pid::from_child(&child);
    let exited = watch(pid).expect("it is watched");
    assert!(!is_readable(&exited, Duration::ZERO));
    kill_process(pid, Signal::STOP).expect("it runs");
    let stopped = WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT;
    waitid(WaitId::Pid(pid), stopped).expect("it is a child");
    assert!(!is_readable(&exited, Duration::from_millis(20)));
    child.kill().expect("it runs");
    assert!(is_readable(&exited, Duration::from_secs(60)));
    // Nothing has reaped it.
    assert!(!child.wait().expect("it is a child").success());
}

fn sleeper() -> Child {
    let mut command = Command::new("sleep");
    command
        .arg("1000")
        .stdin(Stdio::null())
        .spawn()
        .expect("sleep")
}

#[test]
fn a_pidfd_is_readable_once_the_process_is_dead() {
    check(exit::watch);
}

#[test]
fn a_waiting_thread_reports_the_death_as_well() {
    check(exit::watch_with_a_thread);
}
