//! Three litmus tests on this machine, each with four orderings: what was seen, and what is
//! forbidden.

use memory_ordering::litmus::{COHERENCE, Litmus, MESSAGE_PASSING, STORE_BUFFERING, Strength};
use memory_ordering::run;
use std::io::{self, Write};

const ROUNDS: usize = 20_000;

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "How often each outcome was seen in {ROUNDS} rounds. The counts differ from run to run."
    )?;
    writeln!(
        out,
        "never: the language forbids it, and it was not seen. x and y begin as 0."
    )?;
    for test in [MESSAGE_PASSING, STORE_BUFFERING, COHERENCE] {
        writeln!(out, "\n{}: {}", test.name, test.steps)?;
        writeln!(
            out,
            "  {} {} would mean: {}",
            test.odd[0], test.odd[1], test.odd_means
        )?;
        table(&mut out, &test)?;
    }
    Ok(())
}

/// A column for each outcome. An outcome that is forbidden and was not seen is "never".
fn table(out: &mut impl Write, test: &Litmus) -> io::Result<()> {
    write!(out, "  {:<16}", "read:")?;
    for outcome in outcomes() {
        write!(out, "{:>11}", format!("{} {}", outcome[0], outcome[1]))?;
    }
    writeln!(out)?;
    for how in Strength::ALL {
        let seen = run(test, how, ROUNDS);
        write!(out, "  {:<16}", name(how))?;
        for outcome in outcomes() {
            let cell = match seen.get(&outcome).copied().unwrap_or(0) {
                0 if test.forbids(&outcome, how) => "never".to_owned(),
                count => format!("{count} ×"),
            };
            write!(out, "{cell:>11}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn outcomes() -> [Vec<u32>; 4] {
    [[0, 0], [0, 1], [1, 0], [1, 1]].map(Vec::from)
}

fn name(how: Strength) -> &'static str {
    match how {
        Strength::Relaxed => "Relaxed",
        Strength::ReleaseAcquire => "Release, Acquire",
        Strength::SeqCst => "SeqCst",
        Strength::Fences => "fence(SeqCst)",
    }
}
