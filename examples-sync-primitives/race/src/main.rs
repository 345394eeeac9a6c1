//! Four race conditions that safe Rust accepts, each made certain, and the same in one step.

use race::{Budget, Names, Tickets};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, Write};
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Barrier, Mutex, MutexGuard};
use std::{env, process, thread};

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();
    add(&mut out)?;
    spend(&mut out)?;
    claim(&mut out)?;
    create(&mut out)
}

fn add(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "2 threads each add 1 to a number that begins at 0.")?;
    let number = AtomicI64::new(0);
    check_then_act(
        || number.load(Relaxed),
        |seen| number.store(seen + 1, Relaxed),
    );
    row(out, "read, then write:", sum(number.into_inner()))?;
    let number = Mutex::new(0);
    check_then_act(|| *lock(&number), |seen| *lock(&number) = seen + 1);
    row(out, "a lock for each half:", sum(*lock(&number)))?;
    let tickets = Tickets::new();
    in_one_step(|| tickets.take());
    row(out, "in one step:", tickets.take())
}

fn spend(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "2 threads each want to spend 80 of 100.")?;
    let left = AtomicI64::new(100);
    let spent = check_then_act(
        || left.load(Relaxed) >= 80,
        |enough| {
            if enough {
                left.fetch_sub(80, Relaxed);
            }
            enough
        },
    );
    let (spent, left) = (how_many(spent), left.into_inner());
    row(out, "check, then spend:", format!("{spent}, {left} left"))?;
    let budget = Budget::new(100);
    let spent = how_many(in_one_step(|| budget.spend(80)));
    let left = budget.left();
    row(out, "in one step:", format!("{spent}, {left} left"))
}

fn claim(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "2 threads claim the same name.")?;
    let owners = Mutex::new(BTreeMap::new());
    let claimed = check_then_act(
        || !lock(&owners).contains_key("ann"),
        |free| {
            if free {
                lock(&owners).insert("ann", thread::current().id());
            }
            free
        },
    );
    row(out, "check, then insert:", how_many(claimed))?;
    let names = Names::new();
    let claimed = in_one_step(|| names.claim("ann", "me").is_ok());
    row(out, "in one step:", how_many(claimed))
}

fn create(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "2 threads create the same file.")?;
    let path = env::temp_dir().join(format!("race-{}", process::id()));
    let created = check_then_act(
        || !path.exists(),
        |free| free && File::create(&path).is_ok(), // empties the other's file
    );
    fs::remove_file(&path)?;
    row(out, "check, then create:", how_many(created))?;
    let created = in_one_step(|| File::create_new(&path).is_ok());
    fs::remove_file(&path)?;
    row(out, "in one step:", how_many(created))
}

/// Runs both halves in two threads. A barrier makes sure that both have checked before either
/// acts. Without it, that happens now and then, and rarely while you test.
fn check_then_act<T, R: Send>(check: impl Fn() -> T + Sync, act: impl Fn(T) -> R + Sync) -> [R; 2] {
    let both_have_checked = Barrier::new(2);
    in_one_step(|| {
        let seen = check();
        both_have_checked.wait();
        act(seen)
    })
}

fn in_one_step<R: Send>(step: impl Fn() -> R + Sync) -> [R; 2] {
    thread::scope(|scope| {
        let threads = [(); 2].map(|()| scope.spawn(&step));
        threads.map(|thread| thread.join().expect("it does not panic"))
    })
}

fn sum(number: i64) -> String {
    format!("{number}, and one addition is lost")
}

fn how_many(acted: [bool; 2]) -> &'static str {
    match acted {
        [true, true] => "both did",
        [false, false] => "none did",
        _ => "one did",
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics while holding it")
}

fn row(out: &mut impl Write, what: &str, value: impl Display) -> io::Result<()> {
    writeln!(out, "  {what:<24} {value}")
}
