//! One who never gets the lock, one who gets it in the end, and a low one that holds up a high one.

use starvation::PriorityLock;
use std::io::{self, Write};
use std::sync::{Barrier, Mutex};
use std::{env, process, thread};

const ROUNDS: usize = 50;
const LOW: u8 = 1;
const MEDIUM: u8 = 5;
const HIGH: u8 = 9;

fn main() -> io::Result<()> {
    if env::args_os().len() > 1 {
        eprintln!("starvation: this demonstration takes no arguments");
        process::exit(2);
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "A std Mutex is free {ROUNDS} times, and another comes first."
    )?;
    writeln!(out, "  asked {ROUNDS} times, had it:     {}", polled())?;

    let turns = 2 * ROUNDS;
    writeln!(out, "A low one waits, 2 high ones take {turns} turns.")?;
    writeln!(out, "  patience 0, overtaken:      {}", overtaken(0))?;
    writeln!(out, "  patience 3, overtaken:      {}", overtaken(3))?;
    writeln!(
        out,
        "  no limit, overtaken:        {}",
        overtaken(usize::MAX)
    )?;

    writeln!(out, "A low one holds what a high one waits for.")?;
    writeln!(out, "  runs as a low one:          {}", inversion(LOW))?;
    writeln!(out, "  runs as a high one:         {}", inversion(HIGH))
}

/// Asks whenever the other has let go and taken it again. The barriers make certain what otherwise
/// happens often: who lets go is awake, and first to lock again.
fn polled() -> usize {
    let (mutex, taken, asked) = (Mutex::new(()), Barrier::new(2), Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..ROUNDS {
                let guard = mutex.lock().expect("nobody panics");
                taken.wait();
                asked.wait();
                drop(guard);
            }
        });
        let had = (0..ROUNDS).filter(|_| {
            taken.wait();
            let had = mutex.try_lock().is_ok();
            asked.wait();
            had
        });
        had.count()
    })
}

#[derive(Default)]
struct Turns {
    high: usize,
    before_low: Option<usize>,
}

/// How many turns of the high ones come before the low one's, which waits from the beginning.
fn overtaken(patience: usize) -> usize {
    let lock = PriorityLock::new(Turns::default(), patience);
    thread::scope(|scope| {
        let first = lock.lock(HIGH);
        scope.spawn(|| {
            let mut turns = lock.lock(LOW);
            turns.before_low = Some(turns.high);
        });
        until(|| lock.waiting() == 1);
        for others in [2, 3] {
            scope.spawn(|| high_ones_turns(&lock));
            until(|| lock.waiting() == others);
        }
        drop(first);
    });
    let turns = lock.lock(HIGH);
    turns.before_low.expect("it had its turn")
}

/// Does not let go before the other high one waits as well: there is always somebody to go first.
fn high_ones_turns(lock: &PriorityLock<Turns>) {
    for _ in 0..ROUNDS {
        let mut turns = lock.lock(HIGH);
        turns.high += 1;
        let low_waits = usize::from(turns.before_low.is_none());
        let other_comes = usize::from(turns.high < 2 * ROUNDS);
        until(|| lock.waiting() == low_waits + other_comes);
    }
}

/// The order in which they use the one processor. The low one holds a printer, and needs the
/// processor to be done with it; the high one waits for the printer; others just compute.
fn inversion(priority_of_the_low_one: u8) -> String {
    let processor = PriorityLock::new(Vec::new(), usize::MAX);
    let (printer, low_has_it) = (Mutex::new(()), Barrier::new(2));
    thread::scope(|scope| {
        let first = processor.lock(HIGH);
        scope.spawn(|| {
            let printing = printer.lock().expect("nobody panics");
            low_has_it.wait();
            let mut turn = processor.lock(priority_of_the_low_one);
            turn.push("low");
            drop(printing);
            // On the processor until the high one asks for it, so that it does not come too late.
            let mediums_wait = 3 - turn.len();
            until(|| processor.waiting() == mediums_wait + 1);
        });
        low_has_it.wait();
        until(|| processor.waiting() == 1);
        for others in [2, 3] {
            scope.spawn(|| processor.lock(MEDIUM).push("medium"));
            until(|| processor.waiting() == others);
        }
        scope.spawn(|| {
            let _printing = printer.lock().expect("nobody panics");
            processor.lock(HIGH).push("high");
        });
        drop(first);
    });
    processor.lock(HIGH).join(", ")
}

fn until(fact: impl Fn() -> bool) {
    while !fact() {
        thread::yield_now();
    }
}
