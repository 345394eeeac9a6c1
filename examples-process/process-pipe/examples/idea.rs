// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up a limit for the output, and does not kill the child if a pipe fails.

use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::thread;

fn main() -> io::Result<()> {
    let mut child = Command::new("sort")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().expect("it is piped");
    // A thread writes, because the child may print before it has read all of its input.
    let feeder = thread::spawn(move || stdin.write_all(b"pear\napple\nfig\n"));
    let output = child.wait_with_output()?; // reads both outputs at the same time
    match feeder.join().expect("writing does not panic") {
        // The child did not need all of its input.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        result => result?,
    }
    print!("{}", String::from_utf8_lossy(&output.stdout));
    println!("{}", output.status);
    Ok(())
}
