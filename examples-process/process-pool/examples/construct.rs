//! The counterpart of the Python twin: a task that dies costs its own result only.

use process_pool::{Pool, Task, serve};
use serde::{Deserialize, Serialize};

// ANCHOR: construct
#[derive(Serialize, Deserialize)]
struct Count(Option<u64>); // where to start

impl Task for Count {
    type Output = usize;
    fn run(self) -> usize {
        let Some(start) = self.0 else {
            std::process::abort()
        };
        (start..start + 1000).filter(is_prime).count()
    }
}

fn count(pool: &Pool<Count>, tasks: Vec<Count>) -> usize {
    let results = pool.map(tasks);
    results.flatten().sum() // all but those that died
}
// ANCHOR_END: construct

fn is_prime(n: &u64) -> bool {
    *n > 1 && (2..).take_while(|d| d * d <= *n).all(|d| n % d != 0)
}

fn main() -> std::io::Result<()> {
    serve::<Count>();
    let starts = (0..40).map(|n| Count(Some(n * 1000)));
    let tasks = std::iter::once(Count(None)).chain(starts).collect();
    println!("{} primes", count(&Pool::new(2)?, tasks));
    Ok(())
}
