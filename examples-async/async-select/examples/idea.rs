// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up the order and the queue: after the shutdown it drops the commands that still wait.

use std::pin::pin;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::sleep;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (send, mut commands) = mpsc::channel(8);
    tokio::spawn(async move {
        for name in ["open", "save", "quit"] {
            let _ = send.send(name).await; // an error: nobody receives any more
        }
    });
    let mut shutdown = pin!(sleep(Duration::from_secs(60))); // before the loop
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            command = commands.recv() => match command {
                Some(name) => println!("{name}"),
                None => break, // all senders are gone
            },
        }
    }
    println!("done");
}
