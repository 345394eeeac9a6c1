//! `examples/idea.rs` with each line replaced by the comment above it: it compiles and runs.

use std::time::Duration;

use smol::{Timer, net::TcpListener};

pub(crate) fn main() {
    smol::block_on(async {
        let sum = smol::spawn(async { 1 + 1 }).await;
        println!("a task was awaited: {sum}");

        smol::spawn(async { println!("a task goes on without its handle") }).detach();

        Timer::after(Duration::from_millis(100)).await;

        let listener = TcpListener::bind("127.0.0.1:0").await;
        println!("a socket is bound: {}", listener.is_ok());
    });
}
