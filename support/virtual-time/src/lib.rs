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

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn an_hour_passes_at_once_and_exactly() {
        let _limit = testing::watchdog::limit();
        let start = std::time::Instant::now();
        let (output, elapsed) = run(async move {
            sleep(HOUR).await;
            7
        })
        .unwrap();
        assert_eq!((output, elapsed), (7, HOUR));
        assert!(start.elapsed() < HOUR);
    }

    #[test]
    fn the_clock_stands_still_while_a_task_runs() {
        let _limit = testing::watchdog::limit();
        let ((), elapsed) = run(async {
            std::thread::sleep(Duration::from_millis(20));
            tokio::task::yield_now().await;
        })
        .unwrap();
        assert_eq!(elapsed, Duration::ZERO);
    }

    #[test]
    fn tasks_run_beside_the_first_one_and_are_dropped_with_it() {
        let _limit = testing::watchdog::limit();
        let (send, received) = std::sync::mpsc::channel();
        let ((), elapsed) = run(async move {
            tokio::spawn(async move {
                for number in 0.. {
                    sleep(HOUR).await;
                    send.send(number).unwrap();
                }
            });
            sleep(2 * HOUR + HOUR / 2).await;
        })
        .unwrap();
        assert_eq!(elapsed, 2 * HOUR + HOUR / 2);
        // It ends, because the task and its sender are gone.
        assert_eq!(received.iter().collect::<Vec<_>>(), [0, 1]);
    }
}
