//! Tasks with a limit, with an error, with a panic, and one that is started again.

use async_tasks::{Cause, supervise, try_all};
use std::io::{self, Write};
use std::panic;
use std::sync::Arc;
use std::time::Duration;
use virtual_time::{run, sleep};

const STEP: Duration = Duration::from_millis(100);

fn main() -> io::Result<()> {
    demo::no_arguments();
    panic::set_hook(Box::new(|_| {})); // the panics below are reported by their tasks alone
    let mut out = io::stdout().lock();

    writeln!(
        out,
        "6 tasks wait for 100 ms each, at most 2 at the same time."
    )?;
    let (outputs, elapsed) = run(try_all(2, (0..6).map(double)))?;
    let outputs = outputs.unwrap_or_default();
    writeln!(out, "  all ended after {} ms", elapsed.as_millis())?;
    writeln!(out, "  outputs in input order: {outputs:?}")?;

    writeln!(
        out,
        "Of 6 tasks, task 1 fails after 100 ms; the others need an hour."
    )?;
    let running = Arc::new(()); // each task has a clone, so its count tells how many exist
    let futures = (0..6).map(|number| fail_in_task_1(number, Arc::clone(&running)));
    let (result, elapsed) = run(try_all(3, futures))?;
    if let Err(failed) = result {
        writeln!(out, "  {failed}")?;
    }
    let left = Arc::strong_count(&running) - 1;
    writeln!(
        out,
        "  returned after {} ms; tasks left: {left}",
        elapsed.as_millis()
    )?;

    writeln!(out, "Of 3 tasks, task 2 panics.")?;
    let (result, _) = run(try_all(3, (0..3).map(panic_in_task_2)))?;
    if let Err(failed) = result {
        let panic = message(failed.cause);
        writeln!(out, "  future {} panicked with: {panic}", failed.index)?;
    }

    writeln!(
        out,
        "A supervisor restarts a task that panics, up to 3 times."
    )?;
    for panics in [2, 5] {
        let (result, _) = run(supervise(3, |attempt| panic_until(attempt, panics)))?;
        match result {
            Ok(attempt) => writeln!(out, "  {panics} panics: it succeeded at start {attempt}")?,
            Err(_) => writeln!(
                out,
                "  {panics} panics: the supervisor gave up after start 4"
            )?,
        }
    }
    Ok(())
}

async fn double(number: u32) -> Result<u32, String> {
    sleep(STEP).await;
    Ok(2 * number)
}

async fn fail_in_task_1(number: u32, _running: Arc<()>) -> Result<(), String> {
    if number == 1 {
        sleep(STEP).await;
        return Err("the disk is full".into());
    }
    sleep(Duration::from_secs(3600)).await;
    Ok(())
}

async fn panic_in_task_2(number: u32) -> Result<(), String> {
    sleep(STEP).await;
    assert!(number != 2, "no such table");
    Ok(())
}

async fn panic_until(attempt: u32, panics: u32) -> u32 {
    assert!(attempt >= panics, "not yet");
    attempt + 1
}

/// The words of the error, or of the panic.
fn message(cause: Cause<String>) -> String {
    match cause {
        Cause::Error(error) => error,
        Cause::Join(error) => {
            let panic = error.try_into_panic().ok();
            let message = panic.and_then(|panic| panic.downcast_ref::<&str>().copied());
            message.unwrap_or("a panic without words").to_owned()
        }
    }
}
