//! A job holds a lock and calls rayon, which runs another job on the same thread. This program hangs.

use rayon::prelude::*;
use std::error::Error;
use std::io::{self, Write};
use std::sync::{Barrier, Mutex};

type Tax<'a> = &'a (dyn Fn(u64) -> u64 + Sync);

/// Works in parallel on what is locked. While this thread waits for its helper, rayon gives it any
/// other job that is there: one that wants the same lock.
fn total_under_the_lock(prices: &Mutex<Vec<u64>>, tax: Tax<'_>) -> u64 {
    let prices = prices.lock().expect("nobody panics");
    prices.par_iter().map(|price| tax(*price)).sum()
}

/// The lock is free again before rayon is called.
fn total_of_a_copy(prices: &Mutex<Vec<u64>>, tax: Tax<'_>) -> u64 {
    let prices = prices.lock().expect("nobody panics").clone();
    prices.par_iter().map(|price| tax(*price)).sum()
}

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    while_another_job_comes("of a copy", total_of_a_copy)?;
    while_another_job_comes("under the lock", total_under_the_lock)
}

/// Sums up two prices, and meanwhile comes the job to do so again. The barriers make certain what
/// otherwise happens one day.
fn while_another_job_comes(
    name: &'static str,
    total: fn(&Mutex<Vec<u64>>, Tax<'_>) -> u64,
) -> Result<(), Box<dyn Error>> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
    let prices = Mutex::new(vec![1, 2]);
    let (each_has_a_price, the_other_job_runs) = (Barrier::new(2), Barrier::new(2));
    pool.scope(|scope| {
        total(&prices, &|price| {
            each_has_a_price.wait();
            if price == 1 {
                let holder = rayon::current_thread_index();
                let (prices, the_other_job_runs) = (&prices, &the_other_job_runs);
                scope.spawn(move |_| {
                    let same = rayon::current_thread_index() == holder;
                    let _ = writeln!(io::stdout(), "{name}: another job, same thread: {same}");
                    the_other_job_runs.wait();
                    total(prices, &|price| price);
                });
            } else {
                the_other_job_runs.wait(); // the helper is busy until then
            }
            price
        });
    });
    Ok(writeln!(io::stdout(), "{name}: done")?)
}
