//! An update that is lost without a lock, and what a panic under the lock leaves behind.

use mutex::{Accounts, Hits};
use std::io::{self, Write};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{panic, thread};

const THREADS: usize = 8;

fn main() -> io::Result<()> {
    demo::no_arguments();
    // The panics below are meant, and their messages are printed where they are caught.
    panic::set_hook(Box::new(|_| ()));
    let mut out = io::stdout().lock();

    writeln!(out, "{THREADS} threads add 1 to a number.")?;
    writeln!(out, "  read it, then write it:  {}", lost_update())?;
    writeln!(out, "  under a Mutex:           {}", counted())?;

    writeln!(out, "A thread panics while it holds the lock.")?;
    let hits = Hits::default();
    hits.add("/");
    let message = panic_of(|| hits.each(|page, _| assert!(page != "/", "no title for {page}")));
    writeln!(out, "  Hits, while reading:       {message:?}")?;
    writeln!(out, "    counts on:               {}", hits.add("/"))?;

    let accounts = Accounts::new(vec![100, 200, 300]);
    let message = panic_of(|| accounts.change_each(|balance| *balance = with_interest(*balance)));
    writeln!(out, "  Accounts, while changing:  {message:?}")?;
    let refused = accounts.total().expect_err("the change is half done");
    writeln!(out, "    total:                   refused, {refused}")?;
    accounts.repair(vec![100, 200, 300]);
    let total = accounts.total().expect("it is repaired");
    writeln!(out, "    total, once repaired:    {total}")
}

/// Without a lock, in safe Rust. An atomic makes each step whole, not the two together. Here a
/// barrier sees to it that all have read before any writes; without it that happens now and then.
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
