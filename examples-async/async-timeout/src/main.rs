//! A limit per step and one for the whole, deadlines that are passed down, and what runs on.

use async_timeout::Deadline;
use std::io::{self, Write};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;
use tokio::spawn;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout};
use virtual_time::{run, sleep};

const LIMIT: Duration = Duration::from_secs(5);

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    writeln!(out, "A server sends 30 bytes, one per second.")?;
    let (bytes, time) = run(limit_per_read())?;
    writeln!(
        out,
        "  5 s for each read:     {bytes} bytes, no error, {time:?}"
    )?;
    let (result, time) = run(async { one_deadline(Deadline::after(LIMIT)).await })?;
    let error = result.err().map(|error| error.to_string());
    let error = error.unwrap_or_default();
    writeln!(out, "  one deadline of 5 s:   {error}, {time:?}")?;

    writeln!(out, "Three steps of 2 s share a deadline of 5 s.")?;
    for line in run(steps())?.0 {
        writeln!(out, "  {line}")?;
    }

    writeln!(out, "Limits of parts, in a deadline of 5 s.")?;
    let (left, _) = run(async {
        let whole = Deadline::after(LIMIT);
        [2, 60].map(|limit| whole.part(Duration::from_secs(limit)).left())
    })?;
    writeln!(out, "  a part of 2 s has {:?}", left[0])?;
    writeln!(out, "  a part of 60 s has {:?}", left[1])?;

    writeln!(out, "A request is over its deadline of 5 s.")?;
    let (send, logged) = channel();
    run(over_the_deadline(send))?;
    logged.iter().try_for_each(|line| writeln!(out, "  {line}"))
}

/// Waits for the next byte of the slow server.
async fn read_byte() -> u8 {
    sleep(Duration::from_secs(1)).await;
    b'x'
}

/// Wrong: each byte begins a new limit.
async fn limit_per_read() -> usize {
    let mut bytes = Vec::new();
    while bytes.len() < 30 {
        match timeout(LIMIT, read_byte()).await {
            Ok(byte) => bytes.push(byte),
            Err(_) => break,
        }
    }
    bytes.len()
}

/// Right: all reads share the deadline.
async fn one_deadline(deadline: Deadline) -> Result<usize, Elapsed> {
    let mut bytes = Vec::new();
    while bytes.len() < 30 {
        bytes.push(deadline.run(read_byte()).await?);
    }
    Ok(bytes.len())
}

async fn steps() -> Vec<String> {
    let (start, deadline) = (Instant::now(), Deadline::after(LIMIT));
    let mut lines = Vec::new();
    for name in ["connect", "request", "answer"] {
        let left = deadline.left();
        let ended = match deadline.run(sleep(Duration::from_secs(2))).await {
            Ok(()) => "done".to_owned(),
            Err(error) => error.to_string(),
        };
        let at = start.elapsed();
        lines.push(format!("{name}: {left:?} left; at {at:?} {ended}"));
    }
    lines
}

async fn over_the_deadline(log: Sender<&'static str>) {
    let late = log.clone();
    let request = async {
        let saves = spawn(async move {
            sleep(Duration::from_secs(9)).await;
            let _ = late.send("the task that it had spawned ran on, and saved");
        });
        let _ = saves.await;
        let _ = log.send("the request answered");
    };
    if Deadline::after(LIMIT).run(request).await.is_err() {
        let _ = log.send("the request was dropped");
    }
    sleep(Duration::from_secs(9)).await;
}
