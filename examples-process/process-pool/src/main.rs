//! Counts primes over four processes: undisturbed, while one is killed, and with a task that kills.

use std::io::Write;
use std::ops::Range;
use std::process::{self, Command, ExitCode};

use anyhow::ensure;
use process_pool::{Pool, Task, TaskError};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
enum Work {
    CountPrimes(Range<u32>),
    KillYourself,
}

impl Task for Work {
    /// The count, and the number of the process that counted.
    type Output = (usize, u32);

    fn run(self) -> (usize, u32) {
        match self {
            Work::CountPrimes(range) => (range.filter(is_prime).count(), process::id()),
            Work::KillYourself => (kill(process::id()), 0),
        }
    }
}

fn is_prime(n: &u32) -> bool {
    *n > 1
        && (2..)
            .take_while(|d| d * d <= *n)
            .all(|d| !n.is_multiple_of(d))
}

/// As an impatient administrator does it.
fn kill(pid: u32) -> usize {
    let killed = Command::new("kill").args(["-9", &pid.to_string()]).status();
    usize::from(killed.is_ok_and(|status| status.success()))
}

fn ranges() -> impl Iterator<Item = Work> {
    (0..400).map(|n| Work::CountPrimes(n * 1000..(n + 1) * 1000))
}

fn main() -> anyhow::Result<ExitCode> {
    process_pool::serve::<Work>();
    demo::no_arguments();
    let mut out = std::io::stdout().lock();
    let pool = Pool::<Work>::new(4)?;
    writeln!(
        out,
        "primes below 400000, counted in 400 tasks by 4 processes"
    )?;

    let mut calm = 0;
    for result in pool.map(ranges()) {
        calm += result?.0;
    }
    writeln!(out, "undisturbed:              {calm} primes")?;

    let mut disturbed = 0;
    for (number, result) in pool.map(ranges()).enumerate() {
        let (count, worker) = result?;
        disturbed += count;
        if number == 100 {
            kill(worker);
        }
    }
    writeln!(
        out,
        "a worker killed half way: {disturbed} primes, {} worker replaced",
        pool.workers_lost()
    )?;
    ensure!(calm == disturbed, "something was lost");

    let mut counted = 0;
    for result in pool.map(std::iter::once(Work::KillYourself).chain(ranges())) {
        match result {
            Ok((count, _)) => counted += count,
            Err(error @ TaskError::Died { .. }) => {
                writeln!(out, "one task that kills:      {error}")?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    writeln!(out, "the other 400:            {counted} primes")?;
    Ok(ExitCode::SUCCESS)
}
