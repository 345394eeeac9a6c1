//! Every byte arrives, in both directions, whatever the child does first.

use crate::child;
use process_pipe::communicate;
use std::io::ErrorKind;
use std::process::Command;
#[cfg(target_os = "linux")]
use testing::child::{alone, descriptors_and_children};
use testing::watchdog;

#[cfg(unix)]
use crate::shell;

/// A pattern whose length is a prime number, so that a lost or doubled block is seen.
fn bytes(count: usize) -> Vec<u8> {
    let pattern: Vec<u8> = (0..251).collect();
    let mut bytes = pattern.repeat(count / 251 + 1);
    bytes.truncate(count);
    bytes
}

#[test]
fn every_byte_comes_back_whatever_the_size() {
    watchdog::assert_ends(|| {
        for size in [0, 1, 65_535, 65_536, 65_537, 10 << 20, 100 << 20] {
            let input = bytes(size);
            let output = communicate(child("upper"), &input, size as u64).unwrap();
            assert!(output.status.success());
            assert!(output.stderr.is_empty());
            assert!(output.stdout == input.to_ascii_uppercase(), "{size} bytes");
        }
    });
}

#[test]
fn a_child_that_fills_stderr_first_does_not_block() {
    watchdog::assert_ends(|| {
        let output = communicate(child("both"), &bytes(1 << 20), 100_000).unwrap();
        assert!(output.stderr == [b'e'; 100_000]);
        assert!(output.stdout == [b'o'; 70_000]);
        assert!(output.status.success());
    });
}

#[test]
fn a_child_that_never_reads_is_no_error() {
    watchdog::assert_ends(|| {
        let output = communicate(child("many"), &bytes(10 << 20), 1 << 20).unwrap();
        assert_eq!(output.stdout.len(), 1 << 20);
        assert!(output.status.success());
    });
}

#[test]
#[cfg(unix)]
fn a_child_that_closes_its_input_and_lives_on_is_no_error() {
    watchdog::assert_ends(|| {
        let closes = shell("read -r first; exec <&-; echo \"$first\"; echo end", &[]);
        let mut input = b"one\n".to_vec();
        input.extend(bytes(1 << 20));
        let output = communicate(closes, &input, 100).unwrap();
        assert_eq!(output.stdout, b"one\nend\n");
    });
}

#[test]
#[cfg(unix)]
fn the_exit_code_and_a_signal_are_in_the_status() {
    use std::os::unix::process::ExitStatusExt;
    let output = communicate(shell("echo no >&2; exit 7", &[]), b"", 100).unwrap();
    assert_eq!(
        (output.status.code(), &*output.stderr),
        (Some(7), &b"no\n"[..])
    );
    let output = communicate(shell("kill -9 $$", &[]), b"", 100).unwrap();
    assert_eq!(
        (output.status.code(), output.status.signal()),
        (None, Some(9))
    );
}

#[test]
fn a_command_that_does_not_exist_is_an_error() {
    let error = communicate(Command::new("no-such-command"), b"", 100).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn one_byte_more_than_the_limit_is_an_error_of_that_stream() {
    watchdog::assert_ends(|| {
        let error = communicate(child("endless"), b"", 1_000).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FileTooLarge);
        let said = "the child wrote more than 1000 bytes to its standard output";
        assert_eq!(error.to_string(), said);
        let error = communicate(child("both"), b"", 99_999).unwrap_err();
        let said = "the child wrote more than 99999 bytes to its standard error";
        assert_eq!(error.to_string(), said);
        assert!(communicate(child("both"), b"", 100_000).is_ok());
        assert!(communicate(child("both"), b"", u64::MAX).is_ok());
    });
}

/// In a process of its own, because tests beside it open and close descriptors as well.
#[test]
#[cfg(target_os = "linux")]
fn no_descriptor_and_no_child_is_left() {
    let test = "communicate::no_descriptor_and_no_child_is_left";
    alone(test, &[], || {
        let _limit = watchdog::limit();
        let before = descriptors_and_children();
        for _ in 0..20 {
            communicate(child("upper"), &bytes(100_000), 1 << 20).unwrap();
            communicate(child("many"), &bytes(100_000), 1 << 20).unwrap();
            // It would write to both for as long as somebody lets it, and reads nothing.
            let stubborn = "trap '' PIPE TERM; while :; do echo out; echo err >&2; done";
            communicate(shell(stubborn, &[]), &bytes(100_000), 1_000).unwrap_err();
            communicate(Command::new("no-such-command"), b"", 1).unwrap_err();
        }
        assert_eq!(descriptors_and_children(), before);
    });
}

/// The system refuses a stack of 64 TiB, which is the default in the child.
#[test]
#[cfg(target_os = "linux")]
fn a_thread_that_is_refused_is_an_error_and_leaves_no_child() {
    let test = "communicate::a_thread_that_is_refused_is_an_error_and_leaves_no_child";
    alone(test, &[("RUST_MIN_STACK", "70368744177664")], || {
        let before = descriptors_and_children();
        let error = communicate(shell("sleep 1000", &[]), b"", 1_000).unwrap_err();
        assert!(error.kind() != ErrorKind::NotFound, "{error}");
        process_pipe::lines(shell("sleep 1000", &[]), |_, _| ()).unwrap_err();
        assert_eq!(descriptors_and_children(), before);
    });
}
