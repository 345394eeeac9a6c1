// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up its place in the queue: after each cancelled wait it waits again as the last one.
use tokio::sync::mpsc::channel;
use tokio::task::yield_now;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (sender, mut receiver) = channel(1);
    let receives = tokio::spawn(async move {
        while let Some(number) = receiver.recv().await {
            println!("received {number}");
            yield_now().await;
        }
    });
    let (mut number, mut cancelled) = (1, 0);
    while number <= 3 {
        tokio::select! {
            biased; // so that every run prints the same
            () = yield_now() => cancelled += 1, // drops `reserve`; the number is still here
            permit = sender.reserve() => {
                let Ok(permit) = permit else { break }; // the receiver is gone
                permit.send(number); // no `.await` before the next line
                number += 1;
            }
        }
    }
    drop(sender); // ends the receiver's loop
    let _ = receives.await;
    println!("waits that were cancelled: {cancelled}");
}
