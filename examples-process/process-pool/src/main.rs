//! Counts primes in four worker processes: undisturbed, then while one worker is killed, and then
//! with a task that kills its worker.

use std::io::Write;
use std::ops::Range;
use std::process::{self, Command};

use process_pool::{Pool, Task, serve};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
enum Work {
    CountPrimes(Range<u32>),
    KillWorker,
}

impl Task for Work {
    /// The count, and the process that counted.
    type Output = (usize, u32);

    fn run(self) -> (usize, u32) {
        match self {
            Work::CountPrimes(range) => (range.filter(is_prime).count(), process::id()),
            Work::KillWorker => (kill(process::id()), 0),
        }
    }
}

fn is_prime(n: &u32) -> bool {
    *n > 1
        && (2..)
            .take_while(|d| d * d <= *n)
            .all(|d| !n.is_multiple_of(d))
}

fn kill(pid: u32) -> usize {
    let killed = Command::new("kill").args(["-9", &pid.to_string()]).status();
    usize::from(killed.is_ok_and(|status| status.success()))
}

fn ranges() -> impl Iterator<Item = Work> {
    (0..400).map(|n| Work::CountPrimes(n * 1000..(n + 1) * 1000))
}

fn main() -> anyhow::Result<()> {
    serve::<Work>();
    demo::no_arguments();
    let mut out = std::io::stdout().lock();
    let pool = Pool::new(4)?;
    writeln!(
        out,
        "4 worker processes count the primes below 400,000 in 400 tasks."
    )?;

    let mut primes = 0;
    for result in pool.map(ranges()) {
        primes += result?.0;
    }
    writeln!(out, "  no worker dies:             {primes} primes")?;

    let mut primes = 0;
    for (number, result) in pool.map(ranges()).enumerate() {
        let (count, worker) = result?;
        primes += count;
        if number == 100 {
            kill(worker);
        }
    }
    let replaced = pool.workers_lost();
    writeln!(
        out,
        "  one worker is killed:       {primes} primes, {replaced} worker replaced"
    )?;

    writeln!(out, "\nOne more task kills the worker that runs it.")?;
    let (mut primes, mut error) = (0, String::new());
    for result in pool.map(std::iter::once(Work::KillWorker).chain(ranges())) {
        match result {
            Ok((count, _)) => primes += count,
            Err(of_one_task) => error = of_one_task.to_string(),
        }
    }
    writeln!(out, "  that task:   {error}")?;
    writeln!(out, "  the others:  {primes} primes")?;
    Ok(())
}
