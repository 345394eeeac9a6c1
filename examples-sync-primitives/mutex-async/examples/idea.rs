// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up cancellation: a task that is aborted half way leaves half a line in the stream.
use std::{io, sync::Arc};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::sync::Mutex;
use tokio::task::{JoinSet, yield_now};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> io::Result<()> {
    let (ours, mut theirs) = duplex(1024); // in your program, a TcpStream
    let (stream, mut tasks) = (Arc::new(Mutex::new(ours)), JoinSet::new());
    for task in 1..=3 {
        let stream = Arc::clone(&stream);
        tasks.spawn(async move {
            let mut stream = stream.lock().await; // kept until the line is complete
            stream.write_all(format!("task {task} ").as_bytes()).await?;
            yield_now().await; // other tasks run, and wait for the lock
            stream.write_all(b"was here\n").await
        });
    }
    drop(stream); // the stream ends when the last task does
    while let Some(written) = tasks.join_next().await {
        written.expect("a task here neither panics nor is aborted")?;
    }
    let mut text = String::new();
    theirs.read_to_string(&mut text).await?;
    println!("{text}");
    Ok(())
}
