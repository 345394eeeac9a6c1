//! Threads that borrow, that panic, that have names and a larger stack.

use std::io::{self, Write};
use std::thread::{self, Builder};
use thread_scope::map_chunks;

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    let text = String::from("a thread of its own");
    let spawned = thread::spawn(move || text.len()); // `text` belongs to the thread now
    let length = spawned.join().expect("the closure does not panic");
    writeln!(out, "thread::spawn moved a text into a thread.")?;
    writeln!(out, "  join returned its result: {length} characters")?;

    let numbers: Vec<u64> = (1..=1_000).collect();
    writeln!(out, "Four threads borrow 1,000 numbers of main:")?;
    let sums = map_chunks(&numbers, 4, |chunk| {
        let thread = thread::current();
        let name = thread.name().unwrap_or("no name").to_owned();
        (name, chunk.iter().sum::<u64>())
    });
    let mut total = 0;
    for (name, sum) in sums.into_iter().flatten() {
        writeln!(out, "  the thread named \"{name}\" found {sum}")?;
        total += sum;
    }
    writeln!(out, "  the sum of all is {total}")?;

    writeln!(out, "The thread of the number 600 panics:")?;
    let results = map_chunks(&numbers, 4, |chunk| {
        assert!(!chunk.contains(&600), "600 is not allowed");
        chunk.len()
    });
    for (number, result) in results.iter().enumerate() {
        match result {
            Ok(length) => writeln!(out, "  chunk {number}: {length} numbers")?,
            Err(panic) => {
                let said = panic.downcast_ref::<&str>().unwrap_or(&"something else");
                writeln!(out, "  chunk {number}: it panicked and said \"{said}\"")?;
            }
        }
    }

    let large = Builder::new().stack_size(256 << 20); // the default is 2 MiB
    let depth = large.spawn(|| depth(1_000_000))?.join();
    let depth = depth.expect("the stack is large enough");
    writeln!(out, "A thread with a stack of 256 MiB:")?;
    writeln!(out, "  it called a function {depth} levels deep")
}

fn depth(n: u64) -> u64 {
    if n == 0 {
        0
    } else {
        1 + std::hint::black_box(depth(n - 1))
    }
}
