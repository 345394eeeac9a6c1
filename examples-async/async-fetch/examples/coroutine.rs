//! A future runs when it is awaited, a task whenever the loop has its turn; and many, gathered.

use std::io::{self, Write};
use tokio::task::yield_now;

async fn length(word: &str) -> io::Result<usize> {
    writeln!(io::stdout(), "  {word} begins")?;
    yield_now().await; // the others have their turn
    writeln!(io::stdout(), "  ends")?; // of which word: nobody promises who goes on first
    Ok(word.len())
}

/// On one thread, as asyncio does it. With several, tasks run in parallel and in any order.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> io::Result<()> {
    writeln!(io::stdout(), "A coroutine is called, then awaited.")?;
    let future = length("coroutine");
    writeln!(io::stdout(), "  called")?;
    writeln!(io::stdout(), "  {}", future.await?)?;

    writeln!(io::stdout(), "A task is created, then awaited.")?;
    let task = tokio::spawn(length("task"));
    writeln!(io::stdout(), "  created")?;
    writeln!(io::stdout(), "  {}", task.await??)?; // one `?` for a panic of the task

    writeln!(io::stdout(), "Three are gathered.")?;
    let tasks = ["one", "two", "three"].map(|word| tokio::spawn(length(word)));
    let mut lengths = Vec::new();
    for task in tasks {
        lengths.push(task.await??); // all three are under way, whichever is awaited first
    }
    writeln!(io::stdout(), "  {lengths:?}")
}
