//! The traps of the page.

use process_signal::{Signal, Signals};
use signal_hook::consts::{SIGHUP, SIGTERM, SIGUSR1};
use signal_hook::low_level::raise;
use std::process::Command;
use testing::child::{again, alone};
use testing::watchdog;

#[test]
fn after_the_drop_a_signal_is_swallowed() {
    let test = "traps::after_the_drop_a_signal_is_swallowed";
    alone(test, &[], || {
        drop(Signals::new(&[Signal::Terminate]).unwrap());
        raise(SIGTERM).unwrap(); // would end the process that never had a handler
    });
}

/// `trap "" HUP` is what `nohup` does: the program starts with the signal ignored.
#[test]
fn a_signal_that_was_ignored_stays_ignored_until_it_is_listed() {
    let test = "traps::a_signal_that_was_ignored_stays_ignored_until_it_is_listed";
    let Some(again) = again(test) else {
        let _others = Signals::new(&[Signal::Terminate]).unwrap();
        raise(SIGHUP).unwrap(); // would end this process if it were not ignored
        let mut signals = Signals::new(&[Signal::HangUp]).unwrap();
        raise(SIGHUP).unwrap();
        assert_eq!(signals.next(), Some(Signal::HangUp));
        return;
    };
    let mut nohup = Command::new("sh");
    nohup.args(["-c", r#"trap "" HUP; exec "$@""#, "sh"]);
    nohup.arg(again.get_program()).args(again.get_args());
    let variables = again
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    let output = nohup.envs(variables).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        printed.contains("1 passed"),
        "{printed} {:?}",
        output.status
    );
}

// ANCHOR: handler
#[expect(
    unsafe_code,
    reason = "a handler may interrupt any line of the program"
)]
/// Wrong: a handler that locks. The thread that it interrupts may hold the lock.
fn log_in_the_handler() -> std::io::Result<()> {
    use std::sync::Mutex;
    static LOG: Mutex<Vec<&str>> = Mutex::new(Vec::new());
    let push = |line| {
        if let Ok(mut log) = LOG.lock() {
            log.push(line);
        }
    };
    // SAFETY: this is not safe, and that is the point.
    unsafe { signal_hook::low_level::register(SIGUSR1, move || push("signal")) }?;
    let log = LOG.lock();
    raise(SIGUSR1)?; // the signal arrives while this thread holds the lock
    drop(log);
    Ok(())
}
// ANCHOR_END: handler

#[test]
fn a_handler_that_locks_hangs() {
    watchdog::assert_hangs("traps::a_handler_that_locks_hangs", "logs", || {
        println!("logs");
        let _ = log_in_the_handler();
    });
}

// ANCHOR: second
/// Right: the first Ctrl-C asks, and the second one ends the program.
fn end_at_the_second(signals: Signals) {
    let mut asked = false;
    for signal in signals {
        if asked {
            signal.end_process();
        }
        asked = true;
        println!("ends after this piece of work; press Ctrl-C again to end now");
    }
}
// ANCHOR_END: second

#[test]
fn the_second_signal_ends_the_process() {
    use std::os::unix::process::ExitStatusExt;
    let test = "traps::the_second_signal_ends_the_process";
    let Some(mut command) = testing::child::again(test) else {
        let _limit = watchdog::limit();
        let signals = Signals::new(&[Signal::Terminate]).unwrap();
        let ends = std::thread::spawn(|| end_at_the_second(signals));
        while !ends.is_finished() {
            raise(SIGTERM).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        return;
    };
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.matches("press Ctrl-C again").count(), 1);
    assert_eq!(output.status.signal(), Some(15));
}
