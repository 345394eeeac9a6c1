// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A question to a task, and its answer: beside the same in Python.

// ANCHOR: construct
use channel_async::ask;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (client, mut requests) = ask(16);
    tokio::spawn(async move {
        while let Some(request) = requests.recv().await {
            let double = 2 * request.question;
            let _ = request.answer(double);
        }
    });
    println!("{:?}", client.ask(21).await);
}
// ANCHOR_END: construct
