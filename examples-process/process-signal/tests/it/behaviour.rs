//! No kind of signal is lost, the iterator can be ended, and so can the process.

use crate::{PROGRAM, send, start};
use process_signal::{Signal, Signals};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::low_level::raise;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::thread;
#[cfg(target_os = "linux")]
use std::time::Duration;
use testing::child::{alone, example};
#[cfg(target_os = "linux")]
use testing::waits::cpu_ticks;
use testing::watchdog;

/// Handlers belong to the whole process, so each of these tests has one of its own.
#[test]
fn a_thousand_signals_become_at_least_one_and_no_kind_is_lost() {
    let test = "behaviour::a_thousand_signals_become_at_least_one_and_no_kind_is_lost";
    alone(test, &[], || {
        let kinds = [Signal::HangUp, Signal::Interrupt, Signal::Terminate];
        let signals = Signals::new(&kinds).unwrap();
        for _ in 0..1_000 {
            raise(SIGHUP).unwrap();
        }
        raise(SIGINT).unwrap();
        raise(SIGTERM).unwrap();
        let (closer, mut counts) = (signals.closer(), [0; 3]);
        for signal in signals {
            for (kind, count) in kinds.iter().zip(&mut counts) {
                *count += usize::from(*kind == signal);
            }
            if counts.iter().all(|count| *count > 0) {
                closer.close();
            }
        }
        assert!((1..=1_000).contains(&counts[0]), "{counts:?}");
        assert_eq!(counts[1..], [1, 1]);
    });
}

#[test]
fn a_signal_that_arrives_while_nobody_reads_is_there_later() {
    let test = "behaviour::a_signal_that_arrives_while_nobody_reads_is_there_later";
    alone(test, &[], || {
        let _limit = watchdog::limit();
        let mut signals = Signals::new(&[Signal::Terminate]).unwrap();
        for _ in 0..100 {
            raise(SIGTERM).unwrap();
            assert_eq!(signals.next(), Some(Signal::Terminate));
        }
    });
}

#[test]
fn close_ends_an_iterator_that_waits_and_one_that_does_not_yet() {
    let test = "behaviour::close_ends_an_iterator_that_waits_and_one_that_does_not_yet";
    alone(test, &[], || {
        let _limit = watchdog::limit();
        let mut signals = Signals::new(&[Signal::HangUp]).unwrap();
        let closer = signals.closer();
        let waits = thread::spawn(move || (signals.next(), signals.next()));
        closer.close();
        assert_eq!(waits.join().unwrap(), (None, None));
        closer.close(); // again, after the end
    });
}

/// Each of the others ends the process, as it would without a handler.
#[test]
#[expect(unsafe_code, reason = "no safe wrapper restores a disposition")]
fn a_signal_that_was_not_asked_for_ends_the_process() {
    let test = "behaviour::a_signal_that_was_not_asked_for_ends_the_process";
    let kinds = [
        (Signal::HangUp, SIGHUP),
        (Signal::Interrupt, SIGINT),
        (Signal::Terminate, SIGTERM),
    ];
    const OTHER: &str = "THE_SIGNAL_THAT_IS_SENT";
    if let Ok(other) = std::env::var(OTHER) {
        let other = other.parse().unwrap();
        // nohup starts a program with SIGHUP ignored, a shell its background jobs with SIGINT.
        // SAFETY: the system's own disposition calls no function of ours.
        unsafe { libc::signal(other, libc::SIG_DFL) };
        let asked = kinds.iter().filter(|(_, number)| *number != other);
        let asked: Vec<_> = asked.map(|(signal, _)| *signal).collect();
        let _signals = Signals::new(&asked).unwrap();
        raise(other).unwrap();
        unreachable!("it is alive");
    }
    for (_, number) in kinds {
        let mut command = testing::child::again(test).unwrap();
        let output = command.env(OTHER, number.to_string()).output().unwrap();
        assert_eq!(output.status.signal(), Some(number), "{output:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn waiting_costs_no_processor_time_and_no_kind_need_be_asked_for() {
    let test = "behaviour::waiting_costs_no_processor_time_and_no_kind_need_be_asked_for";
    alone(test, &[], || {
        let _limit = watchdog::limit();
        for kinds in [&[Signal::HangUp][..], &[]] {
            let mut signals = Signals::new(kinds).unwrap();
            let closer = signals.closer();
            let waits = thread::spawn(move || {
                let before = cpu_ticks();
                (signals.next(), cpu_ticks() - before)
            });
            thread::sleep(Duration::from_millis(500));
            closer.close();
            let (signal, ticks) = waits.join().unwrap();
            assert_eq!(signal, None);
            assert!(ticks <= 5, "{ticks} hundredths of a second");
        }
    });
}

#[test]
fn what_arrived_before_the_close_is_returned_before_the_end() {
    let test = "behaviour::what_arrived_before_the_close_is_returned_before_the_end";
    alone(test, &[], || {
        let mut signals = Signals::new(&[Signal::HangUp, Signal::Terminate]).unwrap();
        raise(SIGHUP).unwrap();
        raise(SIGTERM).unwrap();
        let first = signals.next().unwrap();
        signals.closer().close();
        let second = signals.next().unwrap();
        assert_ne!(first, second);
        assert_eq!(signals.next(), None);
    });
}

#[test]
fn only_the_signals_that_were_asked_for_are_received() {
    let mut command = Command::new(PROGRAM);
    let (mut child, _lines) = start(command.args(["child", "service"]), "works");
    send(&child, "USR1");
    assert_eq!(
        child.wait().unwrap().signal(),
        Some(10),
        "the default is to end"
    );
}

#[test]
fn end_process_ends_by_the_signal_itself() {
    for (name, number) in [("TERM", 15), ("INT", 2)] {
        let mut command = Command::new(PROGRAM);
        let (mut child, mut lines) = start(command.args(["child", "service"]), "works");
        send(&child, "HUP");
        let line = lines.next().unwrap().unwrap();
        assert_eq!(line, "HangUp: reads its configuration again");
        send(&child, name);
        let status = child.wait().unwrap();
        assert_eq!((status.signal(), status.code()), (Some(number), None));
    }
}

#[test]
fn a_shell_reports_it_as_128_and_the_number() {
    let script = "\"$1\" handler; echo $?";
    let mut command = Command::new("sh");
    command
        .args(["-c", script, "sh"])
        .arg(example("process-signal-pid1").get_program());
    let output = command.output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "143\n");
}

#[test]
fn a_read_that_a_signal_interrupts_loses_nothing() {
    watchdog::assert_ends(|| {
        let mut command = example("process-signal-reads");
        let (mut child, mut lines) = start(&mut command, "ready");
        let mut stdin = child.stdin.take().unwrap();
        for _ in 0..20 {
            send(&child, "HUP");
            stdin.write_all(&[b'x'; 1_000]).unwrap();
        }
        drop(stdin);
        let line = lines.next().unwrap().unwrap();
        assert_eq!(line, "20000 bytes, at least one signal: true");
        assert!(child.wait().unwrap().success());
    });
}

/// Runs the example as the first process of a new namespace; `None` where that is not allowed.
#[cfg(target_os = "linux")]
fn as_process_1(argument: &str) -> Option<std::process::Output> {
    let program = example("process-signal-pid1");
    for options in [
        &["--pid", "--fork"][..],
        &["--map-root-user", "--pid", "--fork"],
    ] {
        let allowed = Command::new("unshare").args(options).arg("true").output();
        if allowed.is_ok_and(|output| output.status.success()) {
            let mut unshare = Command::new("unshare");
            unshare
                .args(options)
                .arg(program.get_program())
                .arg(argument);
            return Some(unshare.output().expect("it ran before"));
        }
    }
    eprintln!("skipped: this system does not allow a namespace of processes");
    None
}

#[test]
#[cfg(target_os = "linux")]
fn process_1_ignores_sigterm_unless_it_has_a_handler() {
    if let (Some(plain), Some(handler)) = (as_process_1("plain"), as_process_1("handler")) {
        let printed = String::from_utf8(plain.stdout).unwrap();
        assert_eq!(printed, "process 1 ignores SIGTERM\n");
        assert_eq!(plain.status.code(), Some(0));
        assert_eq!(handler.status.code(), Some(143));
        assert!(handler.stdout.is_empty());
    }
}
