//! Two worker processes share a queue. One is killed, one job always fails, and a queue gets full.
//! The workers are this program, started again.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{self, Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, thread};

use process_queue::{Error, Limits, Queue, Verdict};

fn limits() -> Limits {
    Limits {
        running: 64,
        silence: Duration::from_secs(1), // a worker that dies is noticed soon
        deliveries: 3,
        ..Limits::default()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    if let [worker, url, name] = &*env::args().skip(1).collect::<Vec<_>>()
        && worker == "worker"
    {
        return work(url, name).await;
    }
    demo::no_arguments();
    let server = local_nats::Server::start().unwrap_or_else(|error| {
        eprintln!("process-queue: {error}");
        process::exit(2);
    });
    let mut out = io::stdout().lock();

    writeln!(
        out,
        "200 jobs are pushed to a server. One of them always fails."
    )?;
    let queue = Queue::connect(&server.url(), "jobs", limits()).await?;
    let (mut confirmed, mut new) = (0, 0);
    for _ in 0..2 {
        for number in 0..200 {
            let job = if number == 13 { "fails" } else { "counts" };
            new += usize::from(queue.push(&number.to_string(), job).await?);
            confirmed += 1;
        }
    }
    writeln!(
        out,
        "  every job is pushed twice: {confirmed} confirmed, {new} new"
    )?;

    writeln!(
        out,
        "Two worker processes share them. After 50 jobs one of them is killed."
    )?;
    let (send, done) = mpsc::channel();
    let mut workers = [start(&server.url(), &send)?, start(&server.url(), &send)?];
    let (mut effects, mut runs, mut shares) = (HashSet::new(), 0, HashMap::new());
    while effects.len() < 199 {
        let (worker, id) = done.recv()?;
        runs += 1;
        // The effect has the key of the job, so a second run changes nothing.
        if effects.insert(id) {
            *shares.entry(worker).or_insert(0) += 1;
        }
        if runs == 50 {
            workers[0].kill()?;
        }
    }
    let repeats = runs - effects.len();
    writeln!(
        out,
        "  jobs done: {}, by {} workers",
        effects.len(),
        shares.len()
    )?;
    writeln!(
        out,
        "  run twice: {}",
        if repeats <= 4 {
            "at most the 4 that ran at the kill"
        } else {
            "too many"
        }
    )?;
    while queue.counts().await? != (0, 1) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    writeln!(
        out,
        "  the job that fails was set aside after 3 deliveries: 1"
    )?;
    for worker in &mut workers {
        drop(worker.stdin.take()); // asks it to stop
        worker.wait()?;
    }

    writeln!(out, "A queue for 10 jobs gets 12.")?;
    let small = Limits {
        jobs: 10,
        ..limits()
    };
    let small = Queue::connect(&server.url(), "small", small).await?;
    let mut refused = Vec::new();
    for number in 0..12 {
        match small.push(&number.to_string(), "counts").await {
            Err(Error::Full) => refused.push(number.to_string()),
            result => drop(result?),
        }
    }
    writeln!(out, "  refused, because it is full: {}", refused.len())?;
    small
        .work(
            4,
            tokio::time::sleep(Duration::from_millis(300)),
            async |_| Verdict::Done,
        )
        .await?;
    for id in &refused {
        small.push(id, "counts").await?;
    }
    writeln!(
        out,
        "  accepted after a worker had run: {}",
        small.counts().await?.0
    )?;
    Ok(())
}

fn start(url: &str, done: &mpsc::Sender<(u32, String)>) -> io::Result<Child> {
    let mut command = Command::new(env::current_exe()?);
    command.args(["worker", url, "jobs"]).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let (pid, done) = (child.id(), done.clone());
    let stdout = child.stdout.take().expect("it is piped");
    thread::spawn(move || {
        for id in BufReader::new(stdout).lines().map_while(Result::ok) {
            let _ = done.send((pid, id));
        }
    });
    Ok(child)
}

/// Prints the id of each job, until its standard input is closed.
async fn work(url: &str, name: &str) -> anyhow::Result<()> {
    let (stop, stopped) = tokio::sync::oneshot::channel();
    thread::spawn(move || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        let _ = stop.send(());
    });
    let queue = Queue::connect(url, name, limits()).await?;
    let stop = async { drop(stopped.await) };
    let run = async |job: process_queue::Job| {
        if job.bytes == b"fails" {
            return Verdict::Again(Duration::ZERO);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        println!("{}", job.id);
        Verdict::Done
    };
    Ok(queue.work(4, stop, run).await?)
}
