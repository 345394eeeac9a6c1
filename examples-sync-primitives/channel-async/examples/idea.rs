// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Asks a task and gets an answer. Gives up a time-out, and errors that say what went wrong.

use tokio::sync::{mpsc, oneshot};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() {
    let (questions, mut inbox) = mpsc::channel::<(u64, oneshot::Sender<u64>)>(16);
    let service = tokio::spawn(async move {
        let mut total = 0; // no lock: only this task uses it
        while let Some((number, answer)) = inbox.recv().await {
            total += number;
            let _ = answer.send(total); // an error: nobody waits for the answer any more
        }
        total
    });
    for number in [10, 20, 30] {
        let (answer, answered) = oneshot::channel();
        if questions.send((number, answer)).await.is_err() {
            break; // the service has gone
        }
        println!("{number} added, the total is {:?}", answered.await);
    }
    drop(questions); // ends the loop of the service
    println!("the service ended with {:?}", service.await.ok());
}
