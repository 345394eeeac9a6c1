//! Updates that are lost without a lock, and what a panic under the lock means for the data.

use mutex::{Accounts, Hits};
use std::io::{self, Write};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{panic, thread};

const THREADS: usize = 8;

fn main() -> io::Result<()> {
    demo::no_arguments();
    // The panics below are intended, and their messages are printed as results.
    panic::set_hook(Box::new(|_| ()));
    let mut out = io::stdout().lock();

    writeln!(out, "{THREADS} threads each add 1 to a number.")?;
    let lost = lost_update();
    writeln!(out, "  read it, then write it:  {lost}: updates are lost")?;
    writeln!(out, "  under a Mutex:           {}", counted())?;

    writeln!(
        out,
        "\nA thread panics while it reads the hits of each page."
    )?;
    let hits = Hits::new();
    hits.add("/");
    let message = panic_of(|| hits.each(|page, _| assert!(page != "/", "no title for {page}")));
    writeln!(out, "  message of the panic:    {message}")?;
    let next = hits.add("/");
    writeln!(
        out,
        "  the next hit:            {next}: nothing was half done"
    )?;

    writeln!(
        out,
        "\nA thread panics while it adds interest to each account."
    )?;
    let accounts = Accounts::new(vec![100, 200, 300]);
    let message = panic_of(|| accounts.change_each(|balance| *balance = with_interest(*balance)));
    writeln!(out, "  message of the panic:    {message}")?;
    let refused = accounts.total().expect_err("the change is half done");
    writeln!(out, "  total:                   refused: {refused}")?;
    accounts.repair(vec![100, 200, 300]);
    let total = accounts.total().expect("the accounts are repaired");
    writeln!(out, "  total after the repair:  {total}")
}

/// Without a lock, in safe Rust: each step is atomic, the two together are not. The barrier makes
/// all threads read before any of them writes. Without it that happens only sometimes.
fn lost_update() -> u64 {
    let number = AtomicU64::new(0);
    let all_have_read = Barrier::new(THREADS);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let seen = number.load(Ordering::Relaxed);
                all_have_read.wait();
                number.store(seen + 1, Ordering::Relaxed);
            });
        }
    });
    number.into_inner()
}

fn counted() -> u64 {
    let hits = Hits::default();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| hits.add("/"));
        }
    });
    hits.get("/")
}

fn with_interest(balance: u64) -> u64 {
    assert!(balance < 300, "no rate for {balance}");
    balance + balance / 10
}

fn panic_of<T: Send>(work: impl FnOnce() -> T + Send) -> String {
    let panicked = thread::scope(|scope| scope.spawn(work).join());
    let payload = panicked.err().expect("this work panics");
    *payload.downcast().expect("a formatted message is a String")
}
