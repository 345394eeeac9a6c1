use std::io;
use std::process::Command;

fn main() -> io::Result<()> {
    let status = Command::new("echo hello").status()?;
    println!("{status}");
    Ok(())
}
