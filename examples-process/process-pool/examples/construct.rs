//! The counterpart of the Python twin: a task that dies costs its own result only.

use process_pool::{Pool, Task, serve};
use serde::{Deserialize, Serialize};
use std::process::abort;

// ANCHOR: construct
#[derive(Serialize, Deserialize)]
struct Work(Option<u64>); // where to start

impl Task for Work {
    type Output = usize;
    fn run(self) -> usize {
        let start = self.0.unwrap_or_else(|| abort());
        count_primes(start)
    }
}

fn count(pool: &Pool<Work>, all: Vec<Work>) -> usize {
    let results = pool.map(all);
    results.flatten().sum() // all but those that died
}
// ANCHOR_END: construct

// ANCHOR: yours
fn count_primes(start: u64) -> usize {
    (start..start + 1000).filter(is_prime).count()
}

fn is_prime(n: &u64) -> bool {
    *n > 1
        && (2..)
            .take_while(|d| d * d <= *n)
            .all(|d| !n.is_multiple_of(d))
}
// ANCHOR_END: yours

fn main() -> std::io::Result<()> {
    serve::<Work>();
    let starts = (0..40).map(|n| Work(Some(n * 1000)));
    let tasks = std::iter::once(Work(None)).chain(starts).collect();
    println!("{} primes", count(&Pool::new(2)?, tasks));
    Ok(())
}
