//! Ctrl-C in a child process, once and twice.

use std::io::{BufRead, BufReader, Read};
use std::process::{self, Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use testing::{child, watchdog};

fn press(child: &Child) {
    send("INT", child);
}

fn send(signal: &str, child: &Child) {
    let pid = child.id().to_string();
    let kill = Command::new("kill").args(["-s", signal, &pid]).status();
    assert!(kill.expect("every Unix has kill").success());
}

#[test]
fn on_ctrl_c_all_workers_are_joined_and_the_exit_code_is_130() {
    all_workers_are_joined_after("INT");
}

/// The feature `termination`. The crate does not say which signal arrived, so the code is the same.
#[test]
fn sigterm_and_sighup_do_the_same() {
    ["TERM", "HUP"]
        .into_iter()
        .for_each(all_workers_are_joined_after);
}

fn all_workers_are_joined_after(signal: &'static str) {
    watchdog::assert_ends(move || {
        let mut command = child::example("thread-cancel-ctrl-c");
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it is built");
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        output.read_line(&mut line).expect("it prints");
        assert_eq!(line, "3 workers run: press Ctrl-C\n");
        send(signal, &child);
        let mut rest = String::new();
        output.read_to_string(&mut rest).expect("it prints text");
        assert_eq!(rest.matches("a worker has stopped").count(), 3, "{rest}");
        assert_eq!(rest.lines().count(), 3, "{rest}");
        assert_eq!(child.wait().expect("it ends").code(), Some(130));
    });
}

/// The signal arrives at different steps of the source and its consumers.
#[test]
fn on_ctrl_c_every_job_that_was_accepted_is_done() {
    watchdog::assert_ends(|| {
        for wait in [0, 3, 10, 30] {
            let mut command = child::example("thread-cancel-drain");
            let mut child = command.stdout(Stdio::piped()).spawn().expect("it is built");
            let output = BufReader::new(child.stdout.take().expect("it is piped"));
            let mut lines = output.lines().map(|line| line.expect("it prints text"));
            assert_eq!(lines.next().as_deref(), Some("running; press Ctrl-C"));
            thread::sleep(Duration::from_millis(wait));
            press(&child);
            let said = lines.next().expect("it says how many");
            let counts = said.strip_prefix("all threads are joined; ");
            let counts = counts.and_then(|counts| counts.split_once(" jobs accepted, "));
            let (accepted, done) = counts.expect("both counts");
            assert_eq!(done, format!("{accepted} done"));
            assert_eq!(child.wait().expect("it ends").code(), Some(130));
        }
    });
}

/// The handler of the example, and a worker that never looks at the flag.
#[test]
fn a_second_ctrl_c_ends_a_program_whose_worker_does_not_stop() {
    let test = "ctrl_c::a_second_ctrl_c_ends_a_program_whose_worker_does_not_stop";
    let Some(mut command) = child::again(test) else {
        let (pressed, ctrl_c) = mpsc::channel();
        let handler = move || {
            if pressed.send(()).is_err() {
                process::exit(130);
            }
        };
        ctrlc::set_handler(handler).expect("it is the only handler");
        let stuck = thread_cancel::Worker::spawn(|_| loop_forever());
        println!("\nready");
        let _ = ctrl_c.recv();
        drop(ctrl_c);
        println!("\nstopping");
        let _ = stuck.stop();
        return;
    };
    watchdog::assert_ends(move || {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        for line in output.lines() {
            if ["ready", "stopping"].contains(&line.expect("it prints text").as_str()) {
                press(&child);
            }
        }
        assert_eq!(child.wait().expect("it ends").code(), Some(130));
    });
}

fn loop_forever() {
    loop {
        thread::park();
    }
}
