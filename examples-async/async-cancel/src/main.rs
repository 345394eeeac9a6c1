//! A value that is lost, and how it is kept; tokens; what an aborted task leaves behind; cleaning up.

use async_cancel::{send_all, send_or_keep};
use std::collections::VecDeque;
use std::future::pending;
use std::io::{self, Write};
use std::sync::mpsc::{Sender as Log, channel as log};
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::yield_now;
use tokio::{join, select, spawn};
use tokio_util::sync::CancellationToken;
use virtual_time::{run, sleep};

const HEARTBEAT: Duration = Duration::from_millis(100);

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    writeln!(
        out,
        "6 numbers go to a slow receiver. A heartbeat cancels each wait after 100 ms."
    )?;
    let (received, _) = run(through_a_channel(send_in_select))?;
    writeln!(out, "  send in select!:  received {received:?}")?;
    let (received, _) = run(through_a_channel(reserve_in_select))?;
    writeln!(out, "  reserve, send:    received {received:?}")?;

    writeln!(
        out,
        "A channel is full, and the token is cancelled during the wait."
    )?;
    let (kept, _) = run(cancel_while_full())?;
    writeln!(out, "  send_or_keep: {kept:?}, so the value came back")?;

    let parent = CancellationToken::new();
    let (left, right) = (parent.child_token(), parent.child_token());
    let cancelled = || [&parent, &left, &right].map(CancellationToken::is_cancelled);
    writeln!(out, "Tokens: a parent, and its children left and right.")?;
    left.cancel();
    writeln!(
        out,
        "  left is cancelled:   parent, left, right = {:?}",
        cancelled()
    )?;
    parent.cancel();
    writeln!(
        out,
        "  parent is cancelled: parent, left, right = {:?}",
        cancelled()
    )?;

    let (send, logged) = log();
    writeln!(out, "A task is aborted while it waits.")?;
    run(abort(send.clone()))?;
    print(&mut out, &logged.try_iter().collect::<Vec<_>>())?;
    writeln!(out, "A task is told to stop by its token, and cleans up.")?;
    run(stop(send))?;
    print(&mut out, &logged.try_iter().collect::<Vec<_>>())
}

/// Sends from one task and receives in another. Returns what was received.
async fn through_a_channel<F: Future>(send: impl FnOnce(Sender<u32>) -> F) -> Vec<u32> {
    let (sender, receiver) = channel(1);
    join!(send(sender), receive_slowly(receiver)).1
}

async fn receive_slowly(mut receiver: Receiver<u32>) -> Vec<u32> {
    let mut received = Vec::new();
    while let Some(number) = receiver.recv().await {
        received.push(number);
        sleep(HEARTBEAT * 5 / 2).await;
    }
    received
}

async fn send_in_select(sender: Sender<u32>) {
    for number in 0..6 {
        select! {
            _ = sender.send(number) => {}
            () = sleep(HEARTBEAT) => {} // drops the future, and the number in it
        }
    }
}

async fn reserve_in_select(sender: Sender<u32>) {
    let mut queue: VecDeque<_> = (0..6).collect();
    while !queue.is_empty() {
        select! {
            _ = send_all(&sender, &mut queue) => {}
            () = sleep(HEARTBEAT) => {} // drops the future; the queue keeps the numbers
        }
    }
}

async fn cancel_while_full() -> Result<(), &'static str> {
    let (sender, _receiver) = channel(1);
    let token = CancellationToken::new();
    send_or_keep(&sender, "first", &token).await?;
    let second = send_or_keep(&sender, "second", &token);
    join!(second, async { token.cancel() }).0
}

/// Writes to the log when it is dropped.
struct Guard(Log<&'static str>);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.send("its guard was dropped");
    }
}

async fn abort(log: Log<&'static str>) {
    let guard = Guard(log.clone());
    let task = spawn(async move {
        let _guard = guard;
        pending::<()>().await;
        let _ = log.send("the line after the await ran");
    });
    yield_now().await;
    task.abort();
    let _ = task.await;
}

async fn stop(log: Log<&'static str>) {
    let token = CancellationToken::new();
    let theirs = token.clone();
    let task = spawn(async move {
        let work = pending::<()>();
        if theirs.run_until_cancelled(work).await.is_none() {
            let _ = log.send("its work was cancelled");
        }
        sleep(HEARTBEAT).await; // says goodbye to a server
        let _ = log.send("it has cleaned up, with an await");
    });
    yield_now().await;
    token.cancel();
    let _ = task.await;
}

fn print(out: &mut impl Write, lines: &[&str]) -> io::Result<()> {
    lines.iter().try_for_each(|line| writeln!(out, "  {line}"))
}
