//! Three programs that hang, each in a process that a watchdog stops. One that never hangs.

use deadlock::lock_both;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, mpsc};
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
/// Until a program says something, on a machine that has much else to do; and after that.
const START: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_millis(400);

fn main() -> io::Result<()> {
    demo::no_arguments();
    match env::var(CHILD).as_deref() {
        Ok("philosophers") => return child(philosophers::main),
        Ok("twice") => return child(twice::main),
        Ok("readers") => return child(readers::main),
        _ => {}
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{PHILOSOPHERS} philosophers each lock the left fork, then the right one."
    )?;
    watch(&mut out, "philosophers")?;
    writeln!(
        out,
        "{PHILOSOPHERS} philosophers lock both forks with lock_both."
    )?;
    writeln!(out, "  no deadlock: all finished, after {} meals", meals())?;
    writeln!(
        out,
        "A thread locks a mutex again in a match that still holds its lock."
    )?;
    watch(&mut out, "twice")?;
    writeln!(
        out,
        "A thread reads an RwLock twice. Between its reads, another thread asks to write."
    )?;
    watch(&mut out, "readers")
}

/// Runs a program in a child process, and prints what it says, until it ends, or is silent for
/// too long and is stopped.
fn watch(out: &mut impl Write, program: &str) -> io::Result<()> {
    let mut child = Command::new(env::current_exe()?)
        .env(CHILD, program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let stdout = child.stdout.take().expect("it is piped");
    // To read has no time limit. To receive has one.
    let (lines, said) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut read = BufReader::new(stdout).lines();
        read.try_for_each(|line| lines.send(line?).map_err(io::Error::other))
    });
    let mut patience = START;
    let hung = loop {
        match said.recv_timeout(patience) {
            Ok(line) => writeln!(out, "  {line}")?,
            Err(error) => break error == mpsc::RecvTimeoutError::Timeout,
        }
        patience = PATIENCE;
    };
    if hung {
        child.kill()?;
    }
    let status = child.wait()?;
    reader.join().expect("it does not panic")?;
    if hung {
        writeln!(
            out,
            "  a deadlock: nothing more happened, so the process was stopped"
        )
    } else {
        writeln!(out, "  it ended: {status}")
    }
}

/// In the child: runs the program for as long as there is a parent. However that one ends, the
/// system closes the pipe.
fn child(program: fn() -> io::Result<()>) -> io::Result<()> {
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        process::exit(1);
    });
    program()
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
