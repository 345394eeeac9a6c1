//! Sends a mebibyte through a child, reads both outputs, and shows what happens if nobody reads.
//! The child is this program, started again, so that the demonstration needs no other command.

use std::io::{self, ErrorKind, Read, Write};
use std::process::{Command, Stdio};
use std::{env, thread, time::Duration};

use process_pipe::{Stream, communicate, lines};

fn main() -> io::Result<()> {
    if env::args().nth(1).as_deref() == Some("child") {
        return child(&env::args().nth(2).unwrap_or_default());
    }
    demo::no_arguments();
    let mut out = io::stdout().lock();
    let mebibyte = vec![b'a'; 1 << 20];

    let output = communicate(this("upper")?, &mebibyte, 2 << 20)?;
    let upper = output.stdout.iter().filter(|byte| **byte == b'A').count();
    writeln!(
        out,
        "A child turns text into upper case. We send 1,048,576 bytes."
    )?;
    writeln!(out, "  {upper} came back in upper case; {}", output.status)?;

    let output = communicate(this("both")?, b"", 1 << 20)?;
    let (first, then) = (output.stderr.len(), output.stdout.len());
    writeln!(
        out,
        "A child prints 100,000 bytes on stderr, then 70,000 on stdout."
    )?;
    writeln!(
        out,
        "  we read {first} and {then} bytes, because a thread reads each"
    )?;

    writeln!(out, "We read a child's lines while it runs:")?;
    let status = lines(this("lines")?, |stream, line| {
        let _ = match stream {
            Stream::Stdout => writeln!(out, "  stdout: {line}"),
            Stream::Stderr => Ok(()), // its place among the others would differ from run to run
        };
    })?;
    writeln!(out, "  then it ended; {status}")?;

    writeln!(
        out,
        "A child prints without end, and we allow 1,000,000 bytes:"
    )?;
    let error = communicate(this("endless")?, b"", 1_000_000).expect_err("it never ends");
    writeln!(out, "  {error}; it was killed")?;

    writeln!(
        out,
        "The wrong order: wait for the child, then read its 1,048,576 bytes."
    )?;
    let mut full = this("many")?.stdout(Stdio::piped()).spawn()?;
    thread::sleep(Duration::from_millis(300)); // it could print all of it in one
    let ended = full.try_wait()?.is_some();
    writeln!(
        out,
        "  {} ended before we read: its pipe is full",
        if ended { "it has" } else { "it has not" }
    )?;
    let mut bytes = Vec::new();
    full.stdout
        .take()
        .expect("it is piped")
        .read_to_end(&mut bytes)?;
    writeln!(out, "  we read {} bytes; {}", bytes.len(), full.wait()?)
}

fn this(task: &str) -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.args(["child", task]);
    Ok(command)
}

/// What the child does. Its reader may have gone, which is no error of the child.
fn child(task: &str) -> io::Result<()> {
    let (mut input, mut out) = (io::stdin().lock(), io::stdout().lock());
    let result = match task {
        "upper" => loop {
            let mut bytes = [0; 4096];
            match input.read(&mut bytes)? {
                0 => break Ok(()),
                n => out.write_all(&bytes[..n].to_ascii_uppercase())?,
            }
        },
        "count" => io::copy(&mut input, &mut io::sink()).and_then(|bytes| writeln!(out, "{bytes}")),
        "both" => io::stderr()
            .write_all(&[b'e'; 100_000])
            .and_then(|()| out.write_all(&[b'o'; 70_000])),
        "lines" => writeln!(out, "compiling\ntesting").and_then(|()| writeln!(out, "done")),
        "endless" => loop {
            if let Err(error) = out.write_all(&[b'x'; 4096]) {
                break Err(error);
            }
        },
        "many" => out.write_all(&vec![b'x'; 1 << 20]),
        _ => Err(io::Error::new(ErrorKind::InvalidInput, "an unknown task")),
    };
    result.and_then(|()| out.flush())
}
