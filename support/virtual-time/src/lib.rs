//! Runs a demonstration's tasks by a clock that moves only while all of them wait: a sleep of
//! 100 ms takes 100 ms by that clock and no time by the one on the wall. So a demonstration can
//! print times that are the same on every machine.
//!
//! It stands apart because a paused clock needs tokio's `test-util`, which a concept's own
//! dependency lines must not name: readers copy them.

pub use tokio::time::{sleep, timeout};

use std::io;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::time::Instant;

/// Runs `main`, and what it spawns, on this thread. Returns its output and how long it took by the
/// clock of its tasks. Tasks that are not done by then are dropped.
///
/// # Errors
/// If the system refuses what a runtime needs.
pub fn run<T>(main: impl Future<Output = T>) -> io::Result<(T, Duration)> {
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    Ok(runtime.block_on(async {
        let start = Instant::now();
        (main.await, start.elapsed())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_passes_at_once_and_exactly() {
        let hour = Duration::from_secs(3600);
        let start = std::time::Instant::now();
        let (output, elapsed) = run(async move {
            sleep(hour).await;
            7
        })
        .unwrap();
        assert_eq!((output, elapsed), (7, hour));
        assert!(start.elapsed() < hour);
    }
}
