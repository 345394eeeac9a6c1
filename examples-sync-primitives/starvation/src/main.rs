//! One who is overtaken by chance, one by policy, and a low one that holds up a high one.

use starvation::PriorityLock;
use std::io::{self, Write};
use std::ops::DerefMut;
use std::path::{Path, PathBuf};
use std::sync::{Barrier, Mutex, mpsc};
use std::time::Duration;
use std::{fs, mem, thread};

const ROUNDS: usize = 50;
const TRIES: usize = 1_000;
const A_MOMENT: Duration = Duration::from_millis(1);
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
        "One waits, and who has the lock lets go and locks again."
    )?;
    writeln!(out, "  std Mutex, overtaken:       {by_mutex}")?;
    writeln!(out, "  patience 0, overtaken:      {by_lock}")?;

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

/// Whether who lets go and locks again comes before another, who waited already: at least once, for
/// how often depends on the machine.
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
        "yes".to_owned()
    } else {
        format!("not in {TRIES} tries")
    }
}

/// Where Linux keeps what it knows of this thread. On other systems no such file.
fn this_thread() -> PathBuf {
    let thread = fs::read_link("/proc/thread-self").unwrap_or_else(|_| "unknown".into());
    Path::new("/proc").join(thread).join("stat")
}

/// Only the system knows who sleeps in a Mutex, and Linux tells: `S` in proc(5). Where it does not,
/// a moment has to do.
fn until_it_sleeps(thread: &Path) {
    loop {
        // Not `until`, which keeps a core busy: who used up its time is not the first to go on.
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
