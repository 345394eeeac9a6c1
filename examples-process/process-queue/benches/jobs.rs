//! Jobs per second, beside a process pool on the same machine: `cargo bench -p process-queue`.
//!
//! All run in turns within one run, and the median of the turns counts. A job does nothing, or it
//! waits for 5 ms, as one does that asks another server. Compare the ratios between machines.

use std::io::{self, Read, Write};
use std::process::{self, Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use process_pool::{Pool, Task, serve};
use process_queue::{Error, Job, Limits, Queue, Verdict};

const TURNS: usize = 3;
const JOBS: usize = 500;
/// How many jobs a worker process of the queue runs at the same time.
const AT_A_TIME: usize = 16;

#[derive(serde::Serialize, serde::Deserialize)]
struct Wait(u64);

impl Task for Wait {
    type Output = ();

    fn run(self) {
        thread::sleep(Duration::from_millis(self.0));
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    serve::<Wait>();
    if let Some(url) = env::args().skip_while(|word| word != "worker").nth(1) {
        return Ok(work(&url).await?);
    }
    let server = local_nats::Server::start()?;
    let mut out = io::stdout().lock();
    for milliseconds in [0, 5] {
        let mut rates = [const { Vec::new() }; 4];
        for _ in 0..TURNS {
            let (push, one) = queue(&server.url(), milliseconds, 1).await?;
            let (_, two) = queue(&server.url(), milliseconds, 2).await?;
            for (rates, rate) in rates.iter_mut().zip([push, one, two, pool(milliseconds)?]) {
                rates.push(rate);
            }
        }
        let [push, one, two, pool] = rates.map(median);
        writeln!(out, "Jobs of {milliseconds} ms, per second:")?;
        writeln!(out, "  pushed, one after another   {push:7.0}")?;
        writeln!(out, "  one worker, 16 at a time    {one:7.0}")?;
        writeln!(
            out,
            "  two workers, 16 each        {two:7.0}  {:.2} × one",
            two / one
        )?;
        writeln!(
            out,
            "  process pool of 16          {pool:7.0}  {:.2} × one",
            pool / one
        )?;
    }
    Ok(())
}

/// Jobs per second, while they are pushed and while they are run.
async fn queue(url: &str, milliseconds: u64, workers: usize) -> Result<(f64, f64), Error> {
    let queue = Queue::connect(url, "jobs", Limits::default()).await?;
    let started = Instant::now();
    for number in 0..JOBS {
        let id = format!("{started:?} {number}");
        queue.push(&id, milliseconds.to_string()).await?;
    }
    let pushed = JOBS as f64 / started.elapsed().as_secs_f64();
    let started = Instant::now();
    let mut workers: Vec<Child> = (0..workers).map(|_| worker(url)).collect();
    while queue.counts().await?.0 > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let run = JOBS as f64 / started.elapsed().as_secs_f64();
    for worker in &mut workers {
        drop(worker.stdin.take());
        let _ = worker.wait();
    }
    Ok((pushed, run))
}

fn worker(url: &str) -> Child {
    let this = env::current_exe().unwrap_or_default();
    let mut command = Command::new(this);
    let command = command.args(["worker", url]).stdin(Stdio::piped());
    command.spawn().unwrap_or_else(|error| {
        eprintln!("a worker does not start: {error}");
        process::exit(1)
    })
}

async fn work(url: &str) -> Result<(), Error> {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    thread::spawn(move || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        drop(stop);
    });
    let queue = Queue::connect(url, "jobs", Limits::default()).await?;
    let run = async |job: Job| {
        let milliseconds = String::from_utf8_lossy(&job.bytes).parse().unwrap_or(0);
        if milliseconds > 0 {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        }
        Verdict::Done
    };
    queue
        .work(AT_A_TIME, async { drop(stopped.await) }, run)
        .await
}

fn pool(milliseconds: u64) -> Result<f64, Box<dyn std::error::Error>> {
    let started = Instant::now();
    let pool = Pool::new(AT_A_TIME)?;
    for result in pool.map((0..JOBS).map(|_| Wait(milliseconds))) {
        result?;
    }
    Ok(JOBS as f64 / started.elapsed().as_secs_f64())
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
