//! A job holds a lock and calls rayon, which runs another job on the same thread. It hangs.

use rayon::prelude::*;
use std::error::Error;
use std::io::{self, Write};
use std::sync::{Barrier, Mutex};

type Tax<'a> = &'a (dyn Fn(u64) -> u64 + Sync);

/// Wrong: works in parallel under the lock. While this thread waits for its helper, rayon lets it
/// run any other job, such as one that needs the same lock.
fn total_under_the_lock(prices: &Mutex<Vec<u64>>, tax: Tax<'_>) -> u64 {
    let prices = prices.lock().expect("nobody panics");
    prices.par_iter().map(|price| tax(*price)).sum()
}

/// Right: the lock is released before rayon is called.
fn total_of_a_copy(prices: &Mutex<Vec<u64>>, tax: Tax<'_>) -> u64 {
    let prices = prices.lock().expect("nobody panics").clone();
    prices.par_iter().map(|price| tax(*price)).sum()
}

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    while_another_job_comes("of a copy", total_of_a_copy)?;
    while_another_job_comes("under the lock", total_under_the_lock)
}

/// Adds two prices while another job arrives that does the same. The barriers make certain what
/// otherwise happens now and then.
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
