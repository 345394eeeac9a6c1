//! A thread that is overtaken by chance, one by policy, and a low priority that blocks a high
//! one.

use starvation::PriorityLock;
use std::io::{self, Write};
use std::ops::DerefMut;
use std::path::{Path, PathBuf};
use std::sync::{Barrier, Mutex, mpsc};
use std::time::Duration;
use std::{fs, mem, thread};

const ROUNDS: usize = 50;
const TRIES: usize = 100;
/// Between two looks. Shorter or longer changes no result.
const A_MOMENT: Duration = Duration::from_micros(100);
const LOW: u8 = 1;
const MEDIUM: u8 = 5;
const HIGH: u8 = 9;

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();
    let mutex = Mutex::default();
    let lock = PriorityLock::new(Vec::new(), 0);
    let by_mutex = barging(|| mutex.lock().expect("nobody panics"), until_it_sleeps);
    let by_lock = barging(|| lock.lock(LOW), |_| until(|| lock.waiting() == 1));
    writeln!(
        out,
        "A thread waits. The holder unlocks and locks again immediately: is it first?"
    )?;
    writeln!(out, "  std's Mutex:               {by_mutex}")?;
    writeln!(out, "  PriorityLock, patience 0:  {by_lock}")?;

    let turns = 2 * ROUNDS;
    writeln!(
        out,
        "1 low-priority thread waits, 2 high-priority threads take the lock {turns} times."
    )?;
    writeln!(out, "  patience 0:  it is overtaken {} times", overtaken(0))?;
    writeln!(out, "  patience 3:  it is overtaken {} times", overtaken(3))?;
    writeln!(
        out,
        "  no limit:    it is overtaken {} times",
        overtaken(usize::MAX)
    )?;

    writeln!(
        out,
        "A low-priority thread holds a lock that a high-priority one needs. Which runs first?"
    )?;
    writeln!(out, "  with its own priority:        {}", inversion(LOW))?;
    writeln!(out, "  with the high priority, lent: {}", inversion(HIGH))
}

/// Whether a holder that unlocks and locks again comes before a thread that waits. At least once
/// is enough, because how often depends on the machine.
fn barging<Guard>(lock: impl Fn() -> Guard + Sync, until_it_waits: impl Fn(&Path)) -> String
where
    Guard: DerefMut<Target = Vec<&'static str>>,
{
    let overtaken = (0..TRIES).any(|_| {
        thread::scope(|scope| {
            let held = lock();
            let (tell, told) = mpsc::channel();
            let lock = &lock;
            scope.spawn(move || {
                tell.send(this_thread()).expect("it is awaited");
                lock().push("waited");
            });
            until_it_waits(&told.recv().expect("it tells before it waits"));
            drop(held);
            lock().push("came back");
        });
        mem::take(&mut *lock()) == ["came back", "waited"]
    });
    if overtaken {
        "yes, it overtakes the waiting thread".to_owned()
    } else {
        format!("no, not once in {TRIES} tries")
    }
}

/// The file in which Linux describes this thread. Other systems have no such file.
fn this_thread() -> PathBuf {
    let thread = fs::read_link("/proc/thread-self").unwrap_or_else(|_| "unknown".into());
    Path::new("/proc").join(thread).join("stat")
}

/// Only the operating system knows whether a thread sleeps in a Mutex. Linux shows it: `S` in
/// proc(5). Elsewhere, this waits a moment.
fn until_it_sleeps(thread: &Path) {
    loop {
        thread::sleep(A_MOMENT);
        if fs::read_to_string(thread).map_or(true, |state| state.contains(") S ")) {
            return;
        }
    }
}

#[derive(Default)]
struct Turns {
    high: usize,
    before_low: Option<usize>,
}

/// How many turns of the high-priority threads come before the low one's, which waits from the
/// start.
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

/// Unlocks only when the other high-priority thread waits as well, so one of them always can go
/// first.
fn high_ones_turns(lock: &PriorityLock<Turns>) {
    for _ in 0..ROUNDS {
        let mut turns = lock.lock(HIGH);
        turns.high += 1;
        let low_waits = usize::from(turns.before_low.is_none());
        let other_comes = usize::from(turns.high < 2 * ROUNDS);
        until(|| lock.waiting() == low_waits + other_comes);
    }
}

/// The order in which threads use one processor. The low one holds a printer and needs the
/// processor to finish with it. The high one waits for the printer. The medium ones only compute.
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
            // Keeps the processor until the high one asks for it, so that it does not come too
            // late.
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

/// Sleeps between two looks. A loop that yields keeps a core busy, and on a loaded machine each
/// yield lets every other program use up its time slice first.
fn until(fact: impl Fn() -> bool) {
    while !fact() {
        thread::sleep(A_MOMENT);
    }
}
