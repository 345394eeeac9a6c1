//! Sync code, a blocking thread and a task all load pages from a server by one async function.

use async_bridge::BlockingClient;
use demo_site::Site;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::channel;
use tokio::task::spawn_blocking;

type Client = BlockingClient<String, io::Result<usize>>;

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();
    let site = Site::start()?;
    let address = site.address();
    let client = Arc::new(Client::new(move |path| load(address, path))?);

    writeln!(out, "An async function loads pages of a server.")?;
    writeln!(out, "  from main: {} bytes", get(&client, "/page/a")?)?;
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| get(&client, "/page/b?delay=300ms"));
        }
    });
    let most = site.counts().most_in_flight;
    writeln!(out, "  from 8 threads: {most} requests at the same time")?;

    let runtime = Builder::new_current_thread().build()?;
    let theirs = Arc::clone(&client);
    let call = async { spawn_blocking(move || get(&theirs, "/page/a")).await };
    let bytes = runtime.block_on(call)??;
    writeln!(out, "  from spawn_blocking: {bytes} bytes")?;
    let bytes = runtime.block_on(client.get_async("/page/a".to_owned()));
    let bytes = bytes.map_err(io::Error::other)??;
    writeln!(out, "  from a task, by get_async: {bytes} bytes")?;
    let bytes = runtime.block_on(async { get(&client, "/page/a") })?;
    writeln!(out, "  from a task, by get: {bytes} bytes, but it blocks")?;

    panic::set_hook(Box::new(|_| {})); // this panic is printed with the other lines
    writeln!(out, "A task calls block_on of a second runtime.")?;
    let second = Builder::new_current_thread().build()?;
    let within = async { block_on_in_a_task(&second, address) };
    writeln!(out, "  it panics: {}", runtime.block_on(within))?;

    writeln!(out, "A thread sends numbers to a task, and gets their sum.")?;
    writeln!(out, "  sum: {}", runtime.block_on(sum_from_a_thread()))?;

    writeln!(out, "The client is closed.")?;
    client.close();
    let late = client.get("/page/a".to_owned());
    let late = late.map_or_else(|error| error.to_string(), |_| "a reply".to_owned());
    writeln!(out, "  {late}")
}

/// One request over one connection. The answer's size, header included.
async fn load(server: SocketAddr, path: String) -> io::Result<usize> {
    let mut connection = TcpStream::connect(server).await?;
    let request = format!("GET {path} HTTP/1.0\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut response = Vec::new();
    connection.read_to_end(&mut response).await?;
    let end_of_header = response.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let header = end_of_header.ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(response.len() - header - 4)
}

/// For code that is not async: the reply, or either error.
fn get(client: &Client, path: &str) -> io::Result<usize> {
    client.get(path.to_owned()).map_err(io::Error::other)?
}

/// Wrong: the thread runs tasks, so it must not block. Returns the message of the panic.
fn block_on_in_a_task(second: &Runtime, server: SocketAddr) -> String {
    let block_on = || second.block_on(load(server, "/page/a".to_owned()));
    let panic = catch_unwind(AssertUnwindSafe(block_on)).err();
    let message = panic.and_then(|panic| panic.downcast_ref::<&str>().copied());
    let first = message.and_then(|message| message.split(". ").next());
    first.unwrap_or("no panic").to_owned()
}

/// tokio's channel connects both: the thread blocks in `blocking_send`, the task awaits in `recv`.
async fn sum_from_a_thread() -> u64 {
    let (numbers, mut receiver) = channel(4);
    let thread = thread::spawn(move || {
        let sent = (1..=100).try_for_each(|number| numbers.blocking_send(number));
        sent.is_ok() // dropping `numbers` ends the task's loop
    });
    let mut sum = 0;
    while let Some(number) = receiver.recv().await {
        sum += number;
    }
    let sent = thread.join().unwrap_or(false); // it has ended, so this does not block
    if sent { sum } else { 0 }
}
