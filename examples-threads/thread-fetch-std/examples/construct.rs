//! The construct of `twin.py` in Rust: workers that share a queue.

use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

// ANCHOR: queue
type Queue<'a> = Mutex<std::slice::Iter<'a, &'a str>>;
// ANCHOR_END: queue

#[rustfmt::skip] // narrow, for the page
// ANCHOR: construct
fn work(queue: &Queue, rows: &mpsc::Sender<String>) {
    loop {
        let next = queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next(); // unlocked at this semicolon
        let Some(url) = next else { return };
        let _ = rows.send(fetch(url));
    }
}
// ANCHOR_END: construct

// ANCHOR: yours
fn fetch(url: &str) -> String {
    format!("{url}: {:?}", std::net::TcpStream::connect(url))
}
// ANCHOR_END: yours

fn main() {
    let queue = Mutex::new(["127.0.0.1:1", "127.0.0.1:2"].iter());
    let (results, inbox) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| work(&queue, &results));
        }
    });
    drop(results);
    inbox.into_iter().for_each(|row| println!("{row}"));
}
