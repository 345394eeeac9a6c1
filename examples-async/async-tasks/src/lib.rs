// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Runs many async tasks, a limited number at a time, and loses no result, error or panic of them.
//!
//! From the project "Many Things at Once", where `cargo run -p async-tasks` demonstrates it and
//! `docs/src/async/async-tasks.md` explains it.
//!
//! *Notice:* the first failure aborts the other tasks and waits until they have ended. A task ends
//! at its next `.await`: a blocking call or a long computation cannot be aborted.
//!
//! *Use instead:* `JoinSet` alone for a few tasks; `buffered` of `futures` if all of it may run in
//! one task; a `TaskTracker` of `tokio-util` for tasks without a result.
//!
//! # Use it
//! ```ignore
//! use async_tasks::try_all;
//!
//! async fn load(page: u32) -> Result<u32, String> {
//!     tokio::task::yield_now().await; // the request
//!     if page == 7 { Err(format!("page {page} is missing")) } else { Ok(page * 10) }
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() {
//!     match try_all(4, (0..20).map(load)).await { // four at a time
//!         Ok(pages) => println!("{pages:?}"),
//!         Err(failed) => println!("{failed}"),
//!     }
//! }
//! ```

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::future::Future;
use tokio::task::{Id, JoinError, JoinSet};

/// Runs each future as a task, at most `limit` at the same time, and returns their outputs in the
/// order of the input.
///
/// At the first failure, an error or a panic, it starts no further task, aborts the others and
/// waits until they have ended. If this future is dropped, all its tasks are aborted.
///
/// # Errors
/// The first failure, and every failure of the other tasks until they have ended.
///
/// # Panics
/// If `limit` is 0, or outside of a tokio runtime.
pub async fn try_all<I, T, E>(limit: usize, futures: I) -> Result<Vec<T>, Failed<E>>
where
    I: IntoIterator,
    I::Item: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let mut outputs = Vec::new();
    let put = |index, output| {
        if outputs.len() <= index {
            outputs.resize_with(index + 1, || None);
        }
        outputs[index] = Some(output);
    };
    try_each(limit, futures, put).await?;
    Ok(outputs.into_iter().flatten().collect()) // all are there, or `?` had returned
}

/// Like [`try_all`], but passes each output and its index to `each` as soon as its task has ended.
/// So no more than `limit` outputs exist at the same time, however many tasks there are.
///
/// # Errors
/// Like [`try_all`]. `each` has then been called for every task that succeeded.
///
/// # Panics
/// Like [`try_all`].
pub async fn try_each<I, T, E>(
    limit: usize,
    futures: I,
    mut each: impl FnMut(usize, T),
) -> Result<(), Failed<E>>
where
    I: IntoIterator,
    I::Item: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    assert!(limit > 0, "with a limit of 0 no task could ever start");
    let mut futures = futures.into_iter().enumerate().fuse();
    let mut tasks = JoinSet::new(); // aborts its tasks if it is dropped
    let mut indices = HashMap::new();
    let mut failures = Vec::new();
    loop {
        while failures.is_empty() && tasks.len() < limit {
            let Some((index, future)) = futures.next() else {
                break;
            };
            indices.insert(tasks.spawn(future).id(), index);
        }
        let Some(ended) = tasks.join_next_with_id().await else {
            break; // all have ended
        };
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let index = index_of(&mut indices, id);
        let aborted = !failures.is_empty();
        match ended {
            Ok((_, Ok(output))) => each(index, output),
            Ok((_, Err(error))) => failures.push((index, Cause::Error(error))),
            Err(error) if error.is_cancelled() && aborted => {} // by the line below
            Err(error) => failures.push((index, Cause::Join(error))),
        }
        if !failures.is_empty() {
            tasks.abort_all();
        }
    }
    let mut failures = failures.into_iter();
    failures.next().map_or(Ok(()), |(index, cause)| {
        Err(Failed {
            index,
            cause,
            others: failures.collect(),
        })
    })
}

/// Where in the input the task's future was.
fn index_of(indices: &mut HashMap<Id, usize>, id: Id) -> usize {
    let index = indices.remove(&id);
    index.expect("every task is entered when it is spawned")
}

/// A task failed, and all others have ended.
#[derive(Debug)]
pub struct Failed<E> {
    /// Which of the futures failed first, counted from 0.
    pub index: usize,
    /// Why it failed.
    pub cause: Cause<E>,
    /// What else failed before it could be aborted, with its index.
    pub others: Vec<(usize, Cause<E>)>,
}

/// Why a task failed.
#[derive(Debug)]
pub enum Cause<E> {
    /// Its future returned this error.
    Error(E),
    /// It panicked (`into_panic` gives the payload), or the runtime was shut down.
    Join(JoinError),
}

impl<E: fmt::Display> fmt::Display for Failed<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "future {} failed: {}", self.index, self.cause)?;
        if !self.others.is_empty() {
            write!(formatter, " (and {} more failed)", self.others.len())?;
        }
        Ok(())
    }
}

impl<E: fmt::Display> fmt::Display for Cause<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(formatter),
            Self::Join(error) => error.fmt(formatter),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> Error for Failed<E> {}

/// Runs a task and starts it again each time it panics, `restarts` times at most. `start` is told
/// how often the task has been started before.
///
/// # Errors
/// The last panic, or that the runtime was shut down.
///
/// # Panics
/// If it is polled outside of a tokio runtime.
pub async fn supervise<F>(
    restarts: u32,
    mut start: impl FnMut(u32) -> F,
) -> Result<F::Output, JoinError>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let mut task = JoinSet::new(); // of one task, which is aborted if this future is dropped
    for attempt in 0..restarts {
        task.spawn(start(attempt));
        match ended(&mut task).await {
            Err(error) if error.is_panic() => {}
            result => return result,
        }
    }
    task.spawn(start(restarts));
    ended(&mut task).await
}

async fn ended<T: 'static>(task: &mut JoinSet<T>) -> Result<T, JoinError> {
    let ended = task.join_next().await;
    ended.expect("a task was spawned before")
}
