//! The traps with real signals: what they do to a process, each in a child.

use rustix::process::{Pid, Signal, kill_process};
use std::future::pending;
use std::io::{BufRead, BufReader};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use testing::{child, watchdog};
use tokio::time::{sleep, timeout};

/// Runs `test` in a child, sends it these signals, one after each line `ready`, and waits for
/// its end.
#[expect(unsafe_code, reason = "no safe wrapper sets a disposition in a child")]
fn signalled(test: &str, signals: &[Signal]) -> Option<ExitStatus> {
    let mut command = child::again(test)?;
    let _limit = watchdog::limit();
    // A shell starts its background jobs with SIGINT ignored, and the child would ignore it too.
    let heed = || {
        // SAFETY: the system's own disposition calls no function of ours.
        unsafe { libc::signal(libc::SIGINT, libc::SIG_DFL) };
        Ok(())
    };
    // SAFETY: between fork and exec this makes one system call, and neither allocates nor locks.
    unsafe { command.pre_exec(heed) };
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child = child.expect("a test binary can start itself");
    let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut signals = signals.iter();
    for line in stdout.lines() {
        if line.expect("text").ends_with("ready") {
            let signal = signals.next().expect("a signal for each line");
            kill_process(Pid::from_child(&child), *signal).expect("it is our child");
        }
    }
    assert_eq!(signals.next(), None, "it ended before its last signal");
    Some(child.wait().expect("it is our child"))
}

fn block_on(future: impl Future) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("it is allowed").block_on(future);
}

// ANCHOR: only_ctrl_c
async fn only_ctrl_c() {
    let stop = tokio::signal::ctrl_c(); // wrong: SIGTERM ends the process, as by default
    println!("ready");
    stop.await.expect("the system allows a handler");
    println!("this line is never reached by SIGTERM");
}
// ANCHOR_END: only_ctrl_c

#[test]
fn with_ctrl_c_alone_sigterm_kills_the_process() {
    let test = "signals::with_ctrl_c_alone_sigterm_kills_the_process";
    match signalled(test, &[Signal::TERM]) {
        Some(status) => assert_eq!(status.signal(), Some(15)),
        None => block_on(only_ctrl_c()),
    }
}

// ANCHOR: swallowed
async fn second_is_swallowed() {
    let first = tokio::signal::ctrl_c();
    tokio::pin!(first);
    let _ = timeout(Duration::ZERO, &mut first).await; // polled: the handler is installed
    println!("ready");
    let _ = first.await;
    println!("ready"); // for the second Ctrl-C, which nobody waits for
    sleep(Duration::from_millis(300)).await;
    std::process::exit(7); // it lives on: the second one was swallowed
}

async fn second_exits() {
    let signal = async_shutdown::stop_signal().expect("the system allows handlers");
    println!("ready");
    signal.await;
    println!("ready");
    pending::<()>().await; // the second Ctrl-C exits with 130
}
// ANCHOR_END: swallowed

#[test]
fn a_second_ctrl_c_is_swallowed() {
    let test = "signals::a_second_ctrl_c_is_swallowed";
    match signalled(test, &[Signal::INT, Signal::INT]) {
        Some(status) => assert_eq!(status.code(), Some(7), "{status}"),
        None => block_on(second_is_swallowed()),
    }
}

#[test]
fn after_stop_signal_a_second_ctrl_c_exits_with_130() {
    let test = "signals::after_stop_signal_a_second_ctrl_c_exits_with_130";
    match signalled(test, &[Signal::INT, Signal::INT]) {
        Some(status) => assert_eq!(status.code(), Some(130), "{status}"),
        None => block_on(second_exits()),
    }
}

// ANCHOR: too_late
async fn handler_too_late() {
    let stop = tokio::signal::ctrl_c(); // a future: it installs nothing before it is polled
    println!("ready");
    std::thread::sleep(Duration::from_secs(60)); // wrong: loads data; Ctrl-C kills it here
    let _ = stop.await;
}

async fn handler_in_time() {
    let stop = async_shutdown::stop_signal(); // installs the handlers now
    println!("ready");
    std::thread::sleep(Duration::from_millis(300)); // loads data
    stop.expect("the system allows handlers").await; // right: it was remembered
    std::process::exit(7);
}
// ANCHOR_END: too_late

#[test]
fn before_its_first_poll_ctrl_c_installs_no_handler() {
    let test = "signals::before_its_first_poll_ctrl_c_installs_no_handler";
    match signalled(test, &[Signal::INT]) {
        Some(status) => assert_eq!(status.signal(), Some(2), "{status}"),
        None => block_on(handler_too_late()),
    }
}

#[test]
fn stop_signal_remembers_a_signal_that_comes_before_the_first_poll() {
    let test = "signals::stop_signal_remembers_a_signal_that_comes_before_the_first_poll";
    match signalled(test, &[Signal::INT]) {
        Some(status) => assert_eq!(status.code(), Some(7), "{status}"),
        None => block_on(handler_in_time()),
    }
}
