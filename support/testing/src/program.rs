//! Runs a program that may hang.

use std::io::{self, Read};
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

/// How long a program may take, also on a machine that has much else to do.
const LIMIT: Duration = Duration::from_secs(120);

/// What a program prints, as [`Command::output`], for streams that are piped. A program that hangs is
/// killed after two minutes, and is an error.
pub(crate) fn output(command: &mut Command) -> io::Result<Output> {
    output_within(LIMIT, command)
}

fn output_within(limit: Duration, command: &mut Command) -> io::Result<Output> {
    let mut child = command.spawn()?;
    let stdout = child
        .stdout
        .take()
        .map(|pipe| thread::spawn(|| read_all(pipe)));
    let stderr = child
        .stderr
        .take()
        .map(|pipe| thread::spawn(|| read_all(pipe)));
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            let hangs = format!("it hangs: it did not end within {limit:?}");
            return Err(io::Error::new(io::ErrorKind::TimedOut, hangs));
        }
        thread::sleep(Duration::from_millis(5));
    };
    let read = |thread: Option<thread::JoinHandle<io::Result<Vec<u8>>>>| {
        thread.map_or(Ok(Vec::new()), |thread| {
            thread.join().expect("reading does not panic")
        })
    };
    Ok(Output {
        status,
        stdout: read(stdout)?,
        stderr: read(stderr)?,
    })
}

fn read_all(mut pipe: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    pipe.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::process::Stdio;

    #[test]
    fn a_program_that_hangs_is_killed() {
        let mut sleeps = Command::new("sleep");
        let result = output_within(Duration::from_millis(50), sleeps.arg("600"));
        assert_eq!(
            result.expect_err("it hangs").kind(),
            io::ErrorKind::TimedOut
        );
    }

    #[test]
    fn a_program_that_ends_is_read_whole() {
        let mut prints = Command::new("sh");
        prints.args(["-c", "printf out; printf err >&2; exit 3"]);
        prints.stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = output(&mut prints).expect("there is a shell");
        assert_eq!(
            (&*output.stdout, &*output.stderr),
            (&b"out"[..], &b"err"[..])
        );
        assert_eq!(output.status.code(), Some(3));
    }
}
