//! Four workers, a bounded queue, and jobs that panic.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::{Arc, Barrier};
use std::thread;
use thread_pool::Pool;

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();
    let pool = Pool::new(4, 2);
    writeln!(out, "A pool of 4 threads whose queue has a capacity of 2.")?;

    let all_are_here = Arc::new(Barrier::new(4));
    let tickets = [(); 4].map(|()| {
        let all_are_here = Arc::clone(&all_are_here);
        pool.submit(move || {
            all_are_here.wait(); // returns when 4 jobs have arrived, so they run at the same time
            thread::current().name().map(String::from)
        })
    });
    let names: BTreeSet<_> = tickets
        .into_iter()
        .flat_map(|ticket| ticket.wait())
        .collect();
    let names: Vec<_> = names.into_iter().flatten().collect();
    writeln!(
        out,
        "4 jobs wait for each other, and all of them end. So they ran at the same time, on"
    )?;
    writeln!(out, "  {}", names.join(", "))?;

    let gate = Arc::new(Barrier::new(5));
    let busy = [(); 4].map(|()| {
        let gate = Arc::clone(&gate);
        pool.submit(move || gate.wait().is_leader())
    });
    let waiting = [(); 2].map(|()| pool.submit(|| true));
    writeln!(out, "While 4 jobs run and 2 are queued,")?;
    let refused = match pool.try_submit(|| ()) {
        Ok(_ticket) => "accepts a third one",
        Err(_job) => "gives the job back, because the queue is full",
    };
    writeln!(out, "  try_submit {refused}")?;
    gate.wait();
    let done = busy.into_iter().chain(waiting);
    let done = done.filter_map(|ticket| ticket.wait().ok()).count();
    writeln!(out, "  and all {done} jobs end when the 4 may continue")?;

    let tickets: Vec<_> = (0..1_000)
        .map(|n| pool.submit(move || 1_000 / (n % 100)))
        .collect();
    let (good, bad): (Vec<_>, Vec<_>) = tickets
        .into_iter()
        .map(|ticket| ticket.wait())
        .partition(Result::is_ok);
    writeln!(out, "Of 1,000 jobs, every hundredth divides by zero:")?;
    writeln!(out, "  {} results, {} panics", good.len(), bad.len())?;

    let last = pool.submit(|| "the last job");
    drop(pool);
    let last = last.wait().expect("it does not panic");
    writeln!(out, "Dropping the pool finished {last}.")
}
