//! Ends on time, ends everything, keeps what was printed, and leaves nothing behind.

use crate::{assert_ends, shell};
use process_timeout::run_within;
use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use std::process::{self, Command};
use std::time::Duration;
use std::{fs, thread};
use testing::child;
#[cfg(target_os = "linux")]
use testing::child::descriptors_and_children;
use testing::watchdog;

const LONG: Duration = Duration::from_secs(3_600);
const SHORT: Duration = Duration::from_millis(300);

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("the scripts print text")
}

#[test]
fn a_command_that_ends_in_time_is_returned_whole() {
    let ended = run_within(shell("echo out; echo err >&2; exit 7", &[]), LONG, 100).unwrap();
    assert!(!ended.timed_out);
    assert_eq!(ended.status.code(), Some(7));
    assert_eq!(
        (&*ended.stdout, &*ended.stderr),
        (&b"out\n"[..], &b"err\n"[..])
    );
    let ended = run_within(shell("kill -15 $$", &[]), Duration::MAX, 100).unwrap();
    assert_eq!((ended.timed_out, ended.status.signal()), (false, Some(15)));
}

/// Also if this process has an input that has not ended.
#[test]
fn its_input_is_empty() {
    if let Some(mut command) = child::again("behaviour::its_input_is_empty") {
        let mut child = command.stdin(process::Stdio::piped()).spawn().unwrap();
        let open = child.stdin.take();
        assert!(child.wait().unwrap().success(), "see the output");
        drop(open);
        return;
    }
    watchdog::assert_ends(|| {
        let ended = run_within(Command::new("cat"), LONG, 100).unwrap();
        assert!(!ended.timed_out && ended.stdout.is_empty());
    });
}

#[test]
fn both_outputs_are_read_while_it_runs() {
    watchdog::assert_ends(|| {
        let script = "head -c 200000 /dev/zero >&2; head -c 300000 /dev/zero";
        let ended = run_within(shell(script, &[]), LONG, 300_000).unwrap();
        assert_eq!((ended.stdout.len(), ended.stderr.len()), (300_000, 200_000));
    });
}

#[test]
fn what_it_printed_before_the_limit_is_kept() {
    watchdog::assert_ends(|| {
        let script = "echo out; echo err >&2; exec sleep 1000";
        let ended = run_within(shell(script, &[]), SHORT, 100).unwrap();
        assert!(ended.timed_out);
        assert_eq!(ended.status.signal(), Some(9));
        // A machine that is slow enough prints less, and never something else.
        assert!("out\n".starts_with(&text(ended.stdout)));
        assert!("err\n".starts_with(&text(ended.stderr)));
    });
}

#[test]
fn a_command_that_closed_its_outputs_and_sleeps_times_out() {
    watchdog::assert_ends(|| {
        let ended = run_within(shell("exec sleep 1000 >&- 2>&-", &[]), SHORT, 100).unwrap();
        assert!(ended.timed_out);
    });
}

#[test]
fn a_command_that_prints_without_end_times_out() {
    watchdog::assert_ends(|| {
        let endless = shell("while :; do echo more; done", &[]);
        assert!(run_within(endless, SHORT, usize::MAX).unwrap().timed_out);
    });
}

#[test]
fn a_limit_of_zero_times_out_and_ends_the_command() {
    watchdog::assert_ends(|| {
        let ended = run_within(shell("exec sleep 1000", &[]), Duration::ZERO, 100).unwrap();
        assert!(ended.timed_out);
        assert_eq!(ended.status.signal(), Some(9));
    });
}

#[test]
fn one_byte_more_than_the_limit_ends_the_whole_group() {
    watchdog::assert_ends(|| {
        let folder = std::env::temp_dir().join(format!("process-timeout-{}", process::id()));
        let file = folder.to_str().unwrap();
        let script = "sleep 1000 & echo $! > \"$1\"; echo 1234567; wait";
        let error = run_within(shell(script, &[file]), LONG, 7).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FileTooLarge);
        assert_eq!(error.to_string(), "the command printed more than 7 bytes");
        assert_ends(fs::read_to_string(file).unwrap().trim());
        fs::remove_file(file).unwrap();
        for script in [
            "echo 1234567",
            "echo 1234567 >&2",
            "echo 123; echo 1234567 >&2",
        ] {
            assert!(run_within(shell(script, &[]), LONG, 8).is_ok());
            let error = run_within(shell(script, &[]), LONG, 7).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::FileTooLarge, "{script}");
        }
    });
}

#[test]
fn a_command_that_does_not_exist_is_an_error() {
    let error = run_within(Command::new("no-such-command"), LONG, 100).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

/// The system keeps no status then. What was started is killed all the same.
#[cfg(target_os = "linux")]
#[test]
fn if_sigchld_is_ignored_it_is_an_error_and_leaves_no_child() {
    let test = "behaviour::if_sigchld_is_ignored_it_is_an_error_and_leaves_no_child";
    child::alone(test, &[], || {
        #[expect(unsafe_code, reason = "libc has no safe call for it")]
        // SAFETY: it installs no handler, and this process runs no other test.
        unsafe {
            libc::signal(libc::SIGCHLD, libc::SIG_IGN)
        };
        for (script, limit) in [("sleep 1000", SHORT), ("exit 0", LONG)] {
            let error = run_within(shell(script, &[]), limit, 100).unwrap_err();
            assert_eq!(error.to_string(), "No child processes (os error 10)");
        }
        assert_eq!(descriptors_and_children().1, 0);
    });
}

#[test]
fn what_a_command_left_in_the_background_is_ended_with_it() {
    watchdog::assert_ends(|| {
        let script = "sleep 1000 > /dev/null 2>&1 & echo $!";
        let ended = run_within(shell(script, &[]), LONG, 100).unwrap();
        assert!(ended.status.success() && !ended.timed_out);
        assert_ends(text(ended.stdout).trim());
    });
}

#[test]
fn a_command_that_is_stopped_is_ended() {
    watchdog::assert_ends(|| {
        let ended = run_within(shell("kill -STOP $$", &[]), SHORT, 100).unwrap();
        assert_eq!((ended.timed_out, ended.status.signal()), (true, Some(9)));
    });
}

/// The commands are killed by their group, so each has to have one of its own.
#[test]
#[cfg(target_os = "linux")]
fn the_command_leads_a_group_of_its_own() {
    let script = "echo $$; cut -d ' ' -f 5 /proc/$$/stat";
    let ended = run_within(shell(script, &[]), LONG, 100).unwrap();
    let printed = text(ended.stdout);
    let (pid, group) = printed.trim().split_once('\n').unwrap();
    assert_eq!(pid, group);
}

/// The command moves into the group of this process, where the signal to its own does not reach it.
#[test]
#[cfg(target_os = "linux")]
fn a_command_that_leaves_its_group_is_ended() {
    use rustix::process::{getpgid, getpgrp, getppid, setpgid};
    let test = "behaviour::a_command_that_leaves_its_group_is_ended";
    let Some(command) = child::again(test) else {
        setpgid(None, getpgid(getppid()).ok()).unwrap();
        println!("in group {}", getpgrp().as_raw_pid());
        thread::sleep(LONG);
        return;
    };
    watchdog::assert_ends(|| {
        let ended = run_within(command, Duration::from_secs(2), 1_000).unwrap();
        assert_eq!((ended.timed_out, ended.status.signal()), (true, Some(9)));
        let group = format!("in group {}", getpgrp().as_raw_pid());
        assert!(text(ended.stdout).contains(&group), "it did not leave");
    });
}

/// `setsid` leaves the group. The page says so.
#[test]
#[cfg(target_os = "linux")]
fn a_process_that_left_the_group_survives_and_holds_nothing_up() {
    watchdog::assert_ends(|| {
        let script = "setsid sh -c 'echo $$; exec sleep 1000' & wait";
        let ended = run_within(shell(script, &[]), Duration::from_secs(2), 100).unwrap();
        assert!(ended.timed_out);
        let survivor = text(ended.stdout);
        let killed = Command::new("kill").args(["-9", survivor.trim()]).status();
        assert!(killed.unwrap().success(), "it survived");
    });
}

/// The command stops this process until its limit has passed, as a laptop does that sleeps.
#[test]
#[cfg(target_os = "linux")]
fn a_command_that_ended_while_we_were_stopped_has_not_timed_out() {
    let test = "behaviour::a_command_that_ended_while_we_were_stopped_has_not_timed_out";
    child::alone(test, &[], || {
        let _limit = watchdog::limit();
        // What wakes this process is in another group, so that it survives the end of the command.
        let script = r#"
            setsid sh -c 'sleep 3.5; kill -CONT "$0"' "$1" > /dev/null 2>&1 &
            kill -STOP "$1"; head -c 60000 /dev/zero"#;
        let pid = process::id().to_string();
        let ended = run_within(shell(script, &[&pid]), Duration::from_secs(3), 1 << 20).unwrap();
        assert!(!ended.timed_out && ended.status.success());
        assert_eq!(ended.stdout.len(), 60_000);
    });
}

#[test]
#[cfg(target_os = "linux")]
fn two_hundred_stubborn_trees_end_and_leave_nothing() {
    let test = "behaviour::two_hundred_stubborn_trees_end_and_leave_nothing";
    child::alone(test, &[], || {
        let _limit = watchdog::limit();
        let before = descriptors_and_children();
        // The grandchild holds both pipes and ignores SIGTERM, as its parent does.
        let script = "trap '' TERM; sh -c 'echo $$; exec sleep 1000' & wait";
        let limit = Duration::from_millis(100);
        let grandchildren = thread::scope(|scope| {
            let run = || (0..25).map(|_| run_within(shell(script, &[]), limit, 100).unwrap());
            let threads = [(); 8].map(|()| scope.spawn(move || run().collect::<Vec<_>>()));
            threads
                .map(|thread| thread.join().unwrap())
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
        });
        assert_eq!(grandchildren.len(), 200);
        for ended in grandchildren {
            assert!(ended.timed_out && ended.status.signal() == Some(9));
            let pid = text(ended.stdout);
            if !pid.is_empty() {
                assert_ends(pid.trim());
            }
        }
        assert_eq!(descriptors_and_children(), before);
    });
}

/// The system refuses a stack of 64 TiB, which is the default in the child.
#[test]
#[cfg(target_os = "linux")]
fn a_thread_that_is_refused_is_an_error_and_leaves_no_child() {
    let test = "behaviour::a_thread_that_is_refused_is_an_error_and_leaves_no_child";
    child::alone(test, &[("RUST_MIN_STACK", "70368744177664")], || {
        let before = descriptors_and_children();
        run_within(shell("sleep 1000", &[]), LONG, 100).unwrap_err();
        assert_eq!(descriptors_and_children(), before);
    });
}
