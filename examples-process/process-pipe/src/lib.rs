// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Feeds a child's stdin and reads both of its outputs, whole or line by line, without a deadlock.
//!
//! From the project "Many Things at Once", where `cargo run -p process-pipe` demonstrates it and
//! `docs/src/processes/process-pipe.md` explains it.
//!
//! *Notice:* a pipe holds only a little (64 KiB on Linux). So one thread writes the input and two
//! threads read the outputs, all at the same time. Only after that does anybody wait for the child.
//!
//! *Use instead:* `Command::output`, if there is no input and the output is known to be small.
//!
//! # Use it
//! ```ignore
//! use process_pipe::communicate;
//! use std::process::Command;
//!
//! fn main() -> std::io::Result<()> {
//!     let output = communicate(Command::new("sort"), b"pear\napple\nfig\n", 1 << 20)?;
//!     print!("{}", String::from_utf8_lossy(&output.stdout));
//!     println!("sort: {}", output.status);
//!     Ok(())
//! }
//! ```

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::mem;
use std::panic::resume_unwind;
use std::process::{Child, ChildStdin, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::thread::{self, Builder};

/// The most bytes of a line that [`lines`] hands over as one piece.
const LONGEST: u64 = 64 << 10;

/// One of the two outputs of a child process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// Runs `command` with `input` as its standard input, and returns all that it printed and how it
/// ended. A child that closes its input early is no error.
///
/// Returns when both outputs are closed and the child has ended. A process that the child started
/// may keep them open for longer than the child lives.
///
/// # Errors
/// If the child cannot be started, a pipe fails, or one of the outputs is longer than `max` bytes.
/// Then the child has been killed and waited for.
pub fn communicate(mut command: Command, input: &[u8], max: u64) -> io::Result<Output> {
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    thread::scope(|scope| {
        // Dropped before the scope joins its threads: a killed child closes the pipes of all three.
        let mut child = Running(command.spawn()?);
        let mut stdin = child.input();
        let feeder = Builder::new().spawn_scoped(scope, move || match stdin.write_all(input) {
            // The child did not need all of it, as with `head`.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            result => result, // stdin is dropped here, and the child finds the end of its input
        })?;
        let (send, results) = mpsc::channel();
        for (stream, pipe) in child.outputs() {
            let send = send.clone();
            let read = move || send.send((stream, read_all(pipe, stream, max)));
            Builder::new().spawn_scoped(scope, read)?;
        }
        drop(send); // or `results` would never end
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        for (stream, bytes) in results {
            match stream {
                Stream::Stdout => stdout = bytes?,
                Stream::Stderr => stderr = bytes?,
            }
        }
        let status = child.0.wait()?;
        feeder.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        Ok(Output {
            status,
            stdout,
            stderr,
        })
    })
}

/// Runs `command` without input and calls `f` with each line as soon as the child has written it,
/// without its line end. Each output keeps its order. Bytes that are not UTF-8 are replaced.
///
/// A line longer than 64 KiB arrives in pieces, so that memory is bounded. No piece ends within a
/// character, and the last one may be empty. While `f` runs, the
/// child can write only as much as its pipes hold.
///
/// # Errors
/// If the child cannot be started or a pipe fails. Then the child has been killed and waited for,
/// as it is when `f` panics.
pub fn lines(mut command: Command, mut f: impl FnMut(Stream, &str)) -> io::Result<ExitStatus> {
    command.stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    thread::scope(|scope| {
        let mut child = Running(command.spawn()?);
        let (send, lines) = mpsc::sync_channel(0); // no line waits here
        for (stream, pipe) in child.outputs() {
            let send = send.clone();
            let read = move || each_line(pipe, |line| send.send((stream, line)).is_ok());
            Builder::new().spawn_scoped(scope, read)?;
        }
        drop(send); // or `lines` would never end
        for (stream, line) in lines {
            f(stream, &String::from_utf8_lossy(&line?));
        }
        child.0.wait()
    })
}

/// Reads to the end, and fails if that is more than `max` bytes.
fn read_all(pipe: impl Read, stream: Stream, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    pipe.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max {
        let name = match stream {
            Stream::Stdout => "standard output",
            Stream::Stderr => "standard error",
        };
        let message = format!("the child wrote more than {max} bytes to its {name}");
        return Err(io::Error::new(ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// Sends each line, until there are no more, the pipe fails or nobody receives them.
fn each_line(pipe: impl Read, send: impl Fn(io::Result<Vec<u8>>) -> bool) {
    let (mut pipe, mut cut) = (BufReader::new(pipe), Vec::new());
    loop {
        let mut line = mem::take(&mut cut);
        let most = LONGEST - line.len() as u64;
        let read = (&mut pipe).take(most).read_until(b'\n', &mut line);
        if line.ends_with(b"\n") {
            line.pop();
            line.pop_if(|last| *last == b'\r');
        } else if line.len() as u64 == LONGEST {
            // What belongs to the next byte goes into the next piece: a `\r`, half a character.
            let half = line.utf8_chunks().last().map_or(0, |at| at.invalid().len());
            cut = line.split_off(line.len() - half.max(usize::from(line.ends_with(b"\r"))));
        }
        let goes_on = match read {
            Ok(0) if line.is_empty() => false,
            Ok(_) => send(Ok(line)),
            Err(error) => {
                send(Err(error));
                false
            }
        };
        if !goes_on {
            return;
        }
    }
}

/// A child that is killed and waited for when this is dropped, so that an error or a panic does not
/// leave it behind.
struct Running(Child);

impl Running {
    fn input(&mut self) -> ChildStdin {
        self.0.stdin.take().expect("it is piped")
    }

    fn outputs(&mut self) -> [(Stream, Box<dyn Read + Send>); 2] {
        let stdout = self.0.stdout.take().expect("it is piped");
        let stderr = self.0.stderr.take().expect("it is piped");
        [
            (Stream::Stdout, Box::new(stdout)),
            (Stream::Stderr, Box::new(stderr)),
        ]
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // After `wait` both do nothing: std keeps the status and sends no signal.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
