//! Runs commands that end, that take too long, and that leave something behind.

use std::io::{self, Write};
use std::process::Command;
use std::time::Duration;

use process_timeout::run_within;

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();
    let short = Duration::from_millis(500);

    let ended = run_within(
        shell("echo one; echo two"),
        Duration::from_secs(60),
        1 << 20,
    )?;
    let lines = ended.stdout.split(|byte| *byte == b'\n').count() - 1;
    writeln!(out, "A command prints 2 lines and ends. It may take 60 s.")?;
    writeln!(
        out,
        "  timed out: {}; {}; {lines} lines",
        ended.timed_out, ended.status
    )?;

    let ended = run_within(shell("echo started; sleep 1000"), short, 1 << 20)?;
    writeln!(
        out,
        "A command prints a line and sleeps. It may take 0.5 s."
    )?;
    writeln!(out, "  timed out: {}; {}", ended.timed_out, ended.status)?;
    writeln!(out, "  it had printed: {}", text(&ended.stdout))?;

    let stubborn = "trap '' TERM; sh -c 'echo $$; exec sleep 1000' & wait";
    let ended = run_within(shell(stubborn), short, 1 << 20)?;
    let grandchild = text(&ended.stdout);
    writeln!(
        out,
        "A command starts another one. Both ignore SIGTERM, both have its pipe."
    )?;
    writeln!(out, "  timed out: {}; {}", ended.timed_out, ended.status)?;
    writeln!(
        out,
        "  the other one is still there: {}",
        is_there(&grandchild)?
    )?;

    let ended = run_within(
        shell("(sleep 1000) > /dev/null 2>&1 & echo $!"),
        short,
        1 << 20,
    )?;
    let left_behind = text(&ended.stdout);
    writeln!(
        out,
        "A command ends and leaves another one in the background."
    )?;
    writeln!(out, "  timed out: {}; {}", ended.timed_out, ended.status)?;
    writeln!(
        out,
        "  the other one is still there: {}",
        is_there(&left_behind)?
    )
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// Whether the process can get a signal. One that was killed ends after a moment.
fn is_there(pid: &str) -> io::Result<bool> {
    for _ in 0..500 {
        let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let signal = Command::new("kill").args(["-0", pid]).output()?.status;
        if !signal.success() || state.contains(") Z ") {
            return Ok(false); // it has gone, or only its parent has not waited for it yet
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(true)
}
