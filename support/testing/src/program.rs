//! Waits for a program that may hang.

use std::io::{self, Read};
use std::process::{Child, Output};
use std::thread;
use std::time::{Duration, Instant};

/// How long a program may take, also on a machine that has much else to do.
const LIMIT: Duration = Duration::from_secs(120);

/// Waits for the end of a program, and reads those of its streams that are piped. A program that hangs
/// is killed after two minutes.
///
/// # Errors
/// If it hangs, or the system cannot wait for it.
pub fn finish(child: Child) -> io::Result<Output> {
    finish_within(LIMIT, child)
}

fn finish_within(limit: Duration, mut child: Child) -> io::Result<Output> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let stdout = thread::spawn(|| read_all(stdout));
    let stderr = thread::spawn(|| read_all(stderr));
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
    Ok(Output {
        status,
        stdout: stdout.join().expect("reading does not panic")?,
        stderr: stderr.join().expect("reading does not panic")?,
    })
}

fn read_all(pipe: Option<impl Read>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn a_program_that_hangs_is_killed() {
        let sleeps = Command::new("sleep").arg("600").spawn();
        let result = finish_within(Duration::from_millis(50), sleeps.expect("there is a shell"));
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
        let output = finish(prints.spawn().expect("there is a shell")).expect("it ends");
        assert_eq!(
            (&*output.stdout, &*output.stderr),
            (&b"out"[..], &b"err"[..])
        );
        assert_eq!(output.status.code(), Some(3));
    }
}
