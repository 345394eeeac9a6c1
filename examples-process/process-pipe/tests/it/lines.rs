//! Lines arrive while the child runs, in order, and with a bound.
#![cfg(unix)]

use crate::shell;
use process_pipe::{Stream, lines};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use testing::watchdog;

/// The lines of stdout and those of stderr, each in order.
fn read(command: Command) -> (Vec<String>, Vec<String>) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = lines(command, |stream, line| match stream {
        Stream::Stdout => out.push(line.to_owned()),
        Stream::Stderr => err.push(line.to_owned()),
    });
    assert!(status.expect("it runs").success());
    (out, err)
}

#[test]
fn line_ends_are_removed_and_the_last_line_needs_none() {
    let script = r"printf 'one\n\ntwo\r\n\r\nth\rree'; printf 'a\nb\n' >&2";
    let (out, err) = read(shell(script, &[]));
    assert_eq!(out, ["one", "", "two", "", "th\rree"]);
    assert_eq!(err, ["a", "b"]);
}

/// Also if this process has an input that has not ended.
#[test]
fn no_output_calls_nothing_and_input_is_at_its_end() {
    let test = "lines::no_output_calls_nothing_and_input_is_at_its_end";
    if let Some(mut command) = testing::child::again(test) {
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let open = child.stdin.take();
        assert!(child.wait().unwrap().success(), "see the output");
        drop(open);
        return;
    }
    watchdog::assert_ends(|| {
        let (out, err) = read(shell("cat", &[]));
        assert!(out.is_empty() && err.is_empty());
    });
}

#[test]
fn ten_thousand_lines_of_both_outputs_keep_their_order() {
    watchdog::assert_ends(|| {
        let script = "i=0; while [ $i -lt 10000 ]; do echo $i; echo $i >&2; i=$((i+1)); done";
        let (out, err) = read(shell(script, &[]));
        let expected: Vec<String> = (0..10_000).map(|n| n.to_string()).collect();
        assert!(out == expected && err == expected);
    });
}

/// The child prints its second line only after the first one was handed over.
#[test]
fn a_line_arrives_while_the_child_runs() {
    watchdog::assert_ends(|| {
        let go = std::env::temp_dir().join(format!("process-pipe-go-{}", std::process::id()));
        let script = r#"echo ready; until [ -e "$1" ]; do sleep 0.01; done; echo "went on""#;
        let mut out = Vec::new();
        let status = lines(shell(script, &[go.to_str().unwrap()]), |_, line| {
            out.push(line.to_owned());
            fs::write(&go, "").unwrap();
        });
        fs::remove_file(&go).unwrap();
        assert!(status.unwrap().success());
        assert_eq!(out, ["ready", "went on"]);
    });
}

#[test]
fn a_long_line_arrives_in_pieces_and_complete() {
    let script = "head -c 200000 /dev/zero | tr '\\0' x; echo; echo end";
    let (out, _) = read(shell(script, &[]));
    let lengths: Vec<usize> = out.iter().map(String::len).collect();
    assert_eq!(lengths, [65_536, 65_536, 65_536, 200_000 - 3 * 65_536, 3]);
}

/// The character and the line end lie across the end of the first piece.
#[test]
fn a_cut_splits_no_character_and_no_line_end() {
    for (before, after, lengths) in [
        (65_535, r"\303\251\r\n", vec![65_535, 2]),
        (65_533, r"\360\237\246\200b\n", vec![65_533, 5]),
        (65_535, r"\r\n", vec![65_535, 0]),
        (65_535, r"\303", vec![65_535, 3]), // half a character at the end of the output
        (65_535, r"\377\n", vec![65_535, 3]),
    ] {
        let script = "head -c $1 /dev/zero | tr '\\0' x; printf \"$2\"";
        let (out, _) = read(shell(script, &[&before.to_string(), after]));
        let found: Vec<usize> = out.iter().map(String::len).collect();
        assert_eq!(found, lengths, "{after}");
        let replaced = out.concat().contains('\u{fffd}');
        assert_eq!(replaced, after == r"\303" || after == r"\377\n", "{after}");
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_replaced() {
    let (out, _) = read(shell(r"printf 'a\377b\n'", &[]));
    assert_eq!(out, ["a\u{fffd}b"]);
}

/// What the child is ahead of `f`: one line under way, one in the channel, a `BufReader` of 8 KiB,
/// and a pipe of 64 KiB; each line has 4 KiB. Other systems have smaller pipes.
#[test]
fn a_slow_callback_slows_the_child() {
    watchdog::assert_ends(|| {
        let ahead = std::env::temp_dir().join(format!("process-pipe-ahead-{}", std::process::id()));
        let script = r#"
            line=$(head -c 4095 /dev/zero | tr '\0' x)
            i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo $i > "$1"; echo "$line"; done"#;
        let mut handed_over = 0;
        lines(shell(script, &[ahead.to_str().unwrap()]), |_, line| {
            assert_eq!(line.len(), 4_095);
            handed_over += 1;
            std::thread::sleep(std::time::Duration::from_millis(1)); // the child could go ahead
            let written = fs::read_to_string(&ahead).unwrap();
            // The file is empty while the child writes it.
            if let Ok(written) = written.trim().parse::<usize>() {
                assert!(written <= handed_over + 22, "{written}, {handed_over}");
            }
        })
        .unwrap();
        fs::remove_file(&ahead).unwrap();
        assert_eq!(handed_over, 300);
    });
}

#[test]
#[cfg(target_os = "linux")]
fn a_panic_of_the_callback_ends_the_child() {
    watchdog::assert_ends(|| {
        let mut pid = String::new();
        let endless = shell("echo $$; while :; do echo more; done", &[]);
        let panic = catch_unwind(AssertUnwindSafe(|| {
            lines(endless, |_, line| {
                if line == "more" {
                    panic!("no more");
                }
                line.clone_into(&mut pid);
            })
        }));
        assert!(panic.is_err());
        // It was waited for as well, so not even a zombie is left.
        assert!(!fs::exists(format!("/proc/{pid}")).unwrap());
    });
}
