//! Ticks that are missed, under the three behaviours; drift; and how a token stops the jobs.

use async_interval::every;
use std::cell::RefCell;
use std::io::{self, Write};
use std::iter::repeat_n;
use std::time::Duration;
use tokio::time::Instant;
use tokio::time::MissedTickBehavior::{Burst, Delay, Skip};
use tokio_util::sync::CancellationToken;
use virtual_time::{run, sleep};

#[path = "../examples/record.rs"]
mod record;
use record::{END, record};

/// How many milliseconds a character of the drawing stands for.
const COLUMN: u64 = 25;

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    writeln!(
        out,
        "A job every 100 ms. The third one takes 550 ms, so five ticks are missed."
    )?;
    writeln!(
        out,
        "A character is 25 ms. A digit counts the jobs that begin, = is the long job."
    )?;
    let behaviours = [("Burst", Burst), ("Delay", Delay), ("Skip", Skip)];
    for (name, missed) in behaviours {
        writeln!(out, "  {name:<5}  {}", draw(&record(missed)?))?;
    }
    writeln!(out, "The jobs after the long one begin at:")?;
    for (name, missed) in behaviours {
        let begins = record(missed)?.into_iter().skip(3);
        let begins: Vec<_> = begins.map(|(begin, _)| begin.to_string()).collect();
        writeln!(out, "  {name:<5}  {} ms", begins.join(" "))?;
    }

    writeln!(out, "Each job takes 30 ms, and the period is 100 ms.")?;
    writeln!(out, "  every            {}", drift(true)?)?;
    writeln!(out, "  sleep in a loop  {}", drift(false)?)?;

    writeln!(out, "The token is cancelled in the middle of a job.")?;
    for line in cancel()? {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

fn draw(jobs: &[(u64, u64)]) -> String {
    let mut row: Vec<char> = repeat_n('.', (END / COLUMN) as usize).collect();
    for &(begin, end) in jobs {
        let (begin, end) = ((begin / COLUMN) as usize, (end / COLUMN) as usize);
        row[begin..end].fill('=');
        let count = row[begin].to_digit(10).unwrap_or(0) + 1;
        row[begin] = char::from_digit(count, 10).unwrap_or('+');
    }
    row.into_iter().collect()
}

/// When five jobs of 30 ms begin.
fn drift(interval: bool) -> io::Result<String> {
    let begins = RefCell::new(Vec::new());
    let (period, work) = (Duration::from_millis(100), Duration::from_millis(30));
    run(async {
        let (start, token) = (Instant::now(), CancellationToken::new());
        let job = async |_due| {
            begins.borrow_mut().push(start.elapsed().as_millis());
            sleep(work).await;
            if begins.borrow().len() == 5 {
                token.cancel();
            }
        };
        if interval {
            every(period, Delay, token.clone(), job).await;
        } else {
            while !token.is_cancelled() {
                job(start).await;
                sleep(period).await; // begins after the work
            }
        }
    })?;
    let begins: Vec<_> = begins.into_inner().iter().map(u128::to_string).collect();
    Ok(format!("{} ms", begins.join(" ")))
}

fn cancel() -> io::Result<Vec<String>> {
    let log = RefCell::new(Vec::new());
    run(async {
        let (start, token) = (Instant::now(), CancellationToken::new());
        let write = |what| {
            let at = start.elapsed().as_millis();
            log.borrow_mut().push(format!("{what} at {at} ms"));
        };
        let job = async |_due| {
            write("a job begins");
            sleep(Duration::from_millis(60)).await;
            write("it has ended");
        };
        let stop = async {
            sleep(Duration::from_millis(120)).await;
            token.cancel();
            write("the token is cancelled");
        };
        let jobs = every(Duration::from_millis(100), Skip, token.clone(), job);
        tokio::join!(jobs, stop);
    })?;
    Ok(log.into_inner())
}
