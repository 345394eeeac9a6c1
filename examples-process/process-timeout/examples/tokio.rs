// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The same with tokio. `kill_on_drop` alone would spare what the command started.

// ANCHOR: tokio
#[cfg(unix)]
#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    use rustix::process::{Pid, Signal, kill_process_group};
    use std::{process::Stdio, time::Duration};
    use tokio::io::AsyncReadExt;

    let mut command = tokio::process::Command::new("sh");
    command.args(["-c", "echo started; sleep 60 & wait"]);
    command.process_group(0).kill_on_drop(true);
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut stdout = child.stdout.take().expect("it is piped");
    let mut printed = Vec::new(); // outside of the timeout, so that it is kept
    let limit = Duration::from_secs(1);
    let read = tokio::time::timeout(limit, stdout.read_to_end(&mut printed)).await;
    if read.is_err() {
        println!("timed out");
    }
    // `id` is None after a wait, when the number may be another process's.
    if let Some(pid) = child.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
        let _ = kill_process_group(pid, Signal::KILL); // an error says that all have ended
    }
    child.wait().await?;
    print!("{}", String::from_utf8_lossy(&printed));
    Ok(())
}
// ANCHOR_END: tokio

#[cfg(not(unix))]
fn main() {
    eprintln!("this example needs the process groups of Unix");
}
