//! Three programs that hang, each in a process that a watchdog stops; and philosophers who eat.

use deadlock::lock_both;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{self, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use std::{env, thread};

#[path = "../examples/philosophers.rs"]
mod philosophers;
#[path = "../examples/readers.rs"]
mod readers;
#[path = "../examples/twice.rs"]
mod twice;

/// Names the program that a child process runs. The hanging ones are no arguments, to be typed by
/// chance.
const CHILD: &str = "DEADLOCK_CHILD";
const PHILOSOPHERS: usize = 5;
const MEALS: usize = 1_000;
const PATIENCE: Duration = Duration::from_millis(400);

fn main() -> io::Result<()> {
    if env::args_os().len() > 1 {
        eprintln!("deadlock: this demonstration takes no arguments");
        process::exit(2);
    }
    match env::var(CHILD).as_deref() {
        Ok("philosophers") => return philosophers::main(),
        Ok("twice") => return twice::main(),
        Ok("readers") => return readers::main(),
        _ => {}
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{PHILOSOPHERS} philosophers take the left fork, then the right."
    )?;
    watch(&mut out, "philosophers")?;
    writeln!(out, "{PHILOSOPHERS} philosophers take both with lock_both.")?;
    writeln!(out, "  they ate {} times", meals())?;
    writeln!(out, "One thread locks twice.")?;
    watch(&mut out, "twice")?;
    writeln!(out, "One thread reads twice.")?;
    watch(&mut out, "readers")
}

/// Runs a program in a child process, prints what it says last, and whether it ended after that.
fn watch(out: &mut impl Write, program: &str) -> io::Result<()> {
    let mut child = Command::new(env::current_exe()?)
        .env(CHILD, program)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut said = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut said)?;
    }
    // It hangs for certain, from here on. To wait longer would show no more.
    thread::sleep(PATIENCE);
    let ended = child.try_wait()?;
    child.kill()?;
    child.wait()?;
    writeln!(out, "  {}", said.trim_end())?;
    match ended {
        Some(status) => writeln!(out, "  it ended: {status}"),
        None => writeln!(out, "  it hung, and was stopped"),
    }
}

fn meals() -> usize {
    let forks = [(); PHILOSOPHERS].map(|()| Mutex::new(()));
    let meals = AtomicUsize::new(0);
    thread::scope(|scope| {
        for seat in 0..PHILOSOPHERS {
            let (forks, meals) = (&forks, &meals);
            scope.spawn(move || {
                for _ in 0..MEALS {
                    let (left, right) = (&forks[seat], &forks[(seat + 1) % PHILOSOPHERS]);
                    let _both = lock_both(left, right).expect("a fork on either side");
                    meals.fetch_add(1, Relaxed);
                }
            });
        }
    });
    meals.into_inner()
}
