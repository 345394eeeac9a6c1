// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up concurrency: the thread answers one request after the other.
use std::{io, thread};
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot};

async fn load(page: u32) -> String {
    format!("page {page}")
}

pub(crate) fn main() -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let (requests, mut receiver) = mpsc::channel::<(u32, oneshot::Sender<String>)>(16);
    let thread = thread::spawn(move || {
        runtime.block_on(async {
            while let Some((page, reply)) = receiver.recv().await {
                let _ = reply.send(load(page).await); // fails if the caller has gone
            }
        });
    });
    for page in 1..=3 {
        let (reply, answer) = oneshot::channel();
        let _ = requests.blocking_send((page, reply)); // fails if the thread has ended
        println!("{:?}", answer.blocking_recv());
    }
    drop(requests); // ends the loop
    thread
        .join()
        .map_err(|_| std::io::Error::other("load panicked"))
}
