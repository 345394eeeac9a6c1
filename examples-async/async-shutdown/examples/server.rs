// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A TCP server that stops gracefully. A request is two lines, a head and a body. Try it with
//! `nc localhost PORT`. The argument is the grace in milliseconds.

use async_shutdown::{Outcome, Shutdown, stop_signal};
use std::pin::pin;
use std::process::{ExitCode, exit};
use std::time::Duration;
use std::{env, io};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<ExitCode> {
    let signal = stop_signal()?;
    let shutdown = Shutdown::new(grace());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    shutdown.spawn(accept(listener, shutdown.clone()));
    let outcome = shutdown.wait(signal).await;
    println!("{outcome:?}");
    Ok(match outcome {
        Outcome::Clean => ExitCode::SUCCESS,
        Outcome::Left(_) => ExitCode::FAILURE, // returning from `main` drops the tasks
    })
}

fn grace() -> Duration {
    let argument = env::args().nth(1).unwrap_or_else(|| "10000".to_owned());
    let Ok(millis) = argument.parse() else {
        eprintln!("the grace is a number of milliseconds, got \"{argument}\"");
        exit(2);
    };
    Duration::from_millis(millis)
}

// ANCHOR: server
async fn accept(listener: TcpListener, shutdown: Shutdown) {
    let (token, mut accepted) = (shutdown.token(), 0);
    // `accept` is cancel-safe: no connection is lost when it is dropped.
    while let Some(connection) = token.run_until_cancelled(listener.accept()).await {
        match connection {
            Ok((stream, _)) => {
                accepted += 1;
                let shutdown = shutdown.clone();
                shutdown.clone().spawn(async move {
                    let _ = serve(stream, shutdown).await; // an error: the client has gone
                });
            }
            Err(error) => {
                eprintln!("accept: {error}"); // for example too many open files
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener); // from now on the system refuses connections
    println!("accepted {accepted}, and no more");
}

async fn serve(stream: TcpStream, shutdown: Shutdown) -> io::Result<()> {
    let (token, mut stream) = (shutdown.token(), BufReader::new(stream));
    while !head(&mut stream, &token).await?.is_empty() {
        // Now a request is under way, and nothing here looks at the token.
        let mut body = String::new();
        stream.write_all(b"go on\n").await?;
        stream.read_line(&mut body).await?;
        let answer = format!("answer to {body}");
        stream.write_all(answer.as_bytes()).await?;
        if token.is_cancelled() {
            break;
        }
    }
    Ok(())
}

/// The first line of the next request. Empty if there is none: the connection is idle at the
/// signal, or the client has gone.
pub(crate) async fn head(
    stream: &mut BufReader<TcpStream>,
    token: &CancellationToken,
) -> io::Result<String> {
    let mut head = String::new();
    let mut line = pin!(stream.read_line(&mut head));
    match token.run_until_cancelled(line.as_mut()).await {
        Some(bytes) => bytes?,
        // A head that was sent before the signal may not have been noticed yet: wait a moment.
        None => match timeout(Duration::from_millis(100), line).await {
            Ok(bytes) => bytes?,
            Err(_) => return Ok(String::new()),
        },
    };
    Ok(head)
}
// ANCHOR_END: server
