//! The five channels of tokio, each with what it delivers and what it does not.

use channel_async::{ask, events, state};
use std::io::{self, Write};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::{JoinSet, yield_now};

#[path = "../examples/watch.rs"]
mod watch;

/// How long a program is watched that hangs. The right version needs less than a millisecond.
const WATCHED: Duration = Duration::from_secs(1);

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    writeln!(
        out,
        "mpsc and oneshot: 3 clients ask one task 4 questions each."
    )?;
    let (right, most) = questions().await;
    writeln!(out, "  answered to the client that asked: {right} of 12")?;
    writeln!(
        out,
        "  most questions in the queue, of capacity 2: {most}\n"
    )?;

    writeln!(
        out,
        "broadcast, capacity 4: 10 events are sent to 2 readers."
    )?;
    let (sender, mut slow) = events(4);
    let mut fast = slow.resubscribe();
    let mut seen = Vec::new();
    for event in 0..10 {
        let _ = sender.send(event); // an error: there is no reader
        seen.extend(fast.next().await);
    }
    drop(sender);
    let mut late = Vec::new();
    while let Some(event) = slow.next().await {
        late.push(event);
    }
    writeln!(out, "  fast: received {seen:?}, missed {}", fast.lagged())?;
    writeln!(out, "  slow: received {late:?}, missed {}\n", slow.lagged())?;

    writeln!(out, "watch: the value is set to 1, 2, …, 10.")?;
    let number = state(0);
    let mut reader = number.reader();
    let mut seen = vec![reader.next().await];
    for value in 1..=10 {
        number.set(value);
    }
    drop(number);
    seen.extend([reader.next().await, reader.next().await]);
    writeln!(out, "  a reader that looks three times sees {seen:?}")?;
    writeln!(
        out,
        "  sent without a receiver, send():         {}",
        watch::send()
    )?;
    writeln!(
        out,
        "  sent without a receiver, send_replace(): {}",
        watch::send_replace()
    )?;
    writeln!(
        out,
        "  borrow() twice around a send, a Ref kept:   {}",
        watched(watch::borrow_twice)
    )?;
    writeln!(
        out,
        "  borrow() twice around a send, value copied: {}\n",
        watched(watch::copy_twice)
    )?;

    writeln!(
        out,
        "Notify: called 3 times, and only then do 3 tasks wait."
    )?;
    let one = woken(Notify::notify_one).await;
    writeln!(out, "  notify_one()      wakes {one} of 3")?;
    let all = woken(Notify::notify_waiters).await;
    writeln!(out, "  notify_waiters()  wakes {all} of 3")?;
    Ok(())
}

/// How many answers were right, and how many questions have waited at the same time.
async fn questions() -> (u32, usize) {
    let (client, mut requests) = ask(2);
    let mut clients = JoinSet::new();
    for name in 0..3 {
        let client = client.clone();
        clients.spawn(async move {
            let mut right = 0;
            for number in 0..4 {
                let answer = client.ask((name, number)).await;
                right += u32::from(answer == Ok((name, number + 100)));
            }
            right
        });
    }
    drop(client); // the clones end the loop below
    let mut most = 0;
    yield_now().await; // now each client has asked
    while let Some(request) = requests.recv().await {
        most = most.max(requests.len() + 1);
        let (name, number) = request.question;
        let _ = request.answer((name, number + 100));
    }
    (clients.join_all().await.into_iter().sum(), most)
}

/// What it returns, or that it hangs.
fn watched(run: fn() -> (u32, u32)) -> String {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(run()));
    match receiver.recv_timeout(WATCHED) {
        Ok((before, after)) => format!("{before}, then {after}"),
        Err(_) => format!("hangs, no result after {} s", WATCHED.as_secs()),
    }
}

/// How many of three tasks are woken.
async fn woken(call: fn(&Notify)) -> usize {
    let notify = Arc::new(Notify::new());
    for _ in 0..3 {
        call(&notify);
    }
    let mut tasks = JoinSet::new();
    for _ in 0..3 {
        let notify = Arc::clone(&notify);
        tasks.spawn(async move { notify.notified().await });
    }
    yield_now().await; // now each task has run until it waits
    let mut woken = 0;
    while tasks.try_join_next().is_some() {
        woken += 1;
    }
    woken
}
