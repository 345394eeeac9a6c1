//! Four threads compute row by row. Then one of four panics, at both kinds of barrier.

use barrier::{Role, barrier, rule_90};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::{Arc, Barrier, Mutex, PoisonError, mpsc};
use std::time::Duration;
use std::{panic, thread};

const THREADS: usize = 4;
const PHASES: usize = 1000;
const MOMENT: Duration = Duration::from_millis(200);

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    writeln!(
        out,
        "{THREADS} threads compute 7 rows. The leader of each phase draws its row."
    )?;
    write!(out, "{}", triangle())?;

    writeln!(out, "\n{THREADS} threads meet {PHASES} times.")?;
    writeln!(out, "  leaders, one per meeting    {}", leaders())?;

    writeln!(
        out,
        "\nOne of {THREADS} threads panics while the others wait."
    )?;
    let (std, told) = (go_on_with_std(), told_by_hand());
    writeln!(
        out,
        "  std's Barrier               {std} continue: the others wait forever"
    )?;
    writeln!(out, "  a barrier that breaks       {told} get an error")
}

fn triangle() -> String {
    let mut first = [false; 15];
    first[7] = true;
    let drawn = Mutex::new(String::new());
    rule_90(&first, 7, THREADS, |row| {
        let row: String = row
            .iter()
            .map(|&alive| if alive { '*' } else { ' ' })
            .collect();
        let mut drawn = drawn.lock().unwrap_or_else(PoisonError::into_inner);
        // Writing to a String does not fail.
        let _ = writeln!(drawn, "  {}", row.trim_end());
    });
    drawn.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// How often a thread was the leader, over all phases and threads.
fn leaders() -> usize {
    let led = |mut member: barrier::Member| {
        (0..PHASES)
            .filter(|_| member.wait() == Ok(Role::Leader))
            .count()
    };
    thread::scope(|scope| {
        let threads: Vec<_> = barrier(THREADS)
            .into_iter()
            .map(|member| scope.spawn(move || led(member)))
            .collect();
        let counts = threads.into_iter().map(|thread| thread.join());
        counts.map(|led| led.expect("it does not panic")).sum()
    })
}

/// How many of the other three get past std's barrier after the panic. Their threads are not
/// joined, because that would never return. They end with the program.
fn go_on_with_std() -> usize {
    let all = Arc::new(Barrier::new(THREADS));
    let (passed, passes) = mpsc::channel();
    for _ in 1..THREADS {
        let (all, passed) = (Arc::clone(&all), passed.clone());
        thread::spawn(move || {
            all.wait();
            passed.send(()).expect("the receiver waits");
        });
    }
    let panicked = thread::spawn(panic_before_the_barrier).join();
    assert!(panicked.is_err());
    let mut count = 0;
    while passes.recv_timeout(MOMENT).is_ok() {
        count += 1;
    }
    count
}

/// How many of the other three get an error.
fn told_by_hand() -> usize {
    let mut members = barrier(THREADS);
    let unlucky = members.pop();
    let others = members
        .into_iter()
        .map(|mut member| thread::spawn(move || member.wait()));
    let others: Vec<_> = others.collect();
    let panicked = thread::spawn(|| {
        let _member = unlucky;
        panic_before_the_barrier();
    });
    assert!(panicked.join().is_err());
    let told = others
        .into_iter()
        .map(|thread| thread.join().expect("it does not panic"));
    told.filter(Result::is_err).count()
}

fn panic_before_the_barrier() {
    panic::resume_unwind(Box::new("intended, and without a message on stderr"));
}
