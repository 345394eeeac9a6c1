use std::io::{self, ErrorKind, Write};
use std::process::{Command, Stdio};

fn main() -> io::Result<()> {
    let mut child = Command::new("true").stdin(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().expect("it is piped");
    let written = stdin.write_all(b"hello");
    drop(stdin);
    println!("{}", child.wait()?); // the exit status says whether the child is content
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
