// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Produces values in async code one by one: lazily, bounded, in order or as they finish.
//!
//! From the project "Many Things at Once", where `cargo run -p async-stream` demonstrates it and
//! `docs/src/async/async-stream.md` explains it.
//!
//! *Notice:* a stream does nothing while nobody polls it. So each request here is a task of its
//! own: it continues while the code that reads the stream is busy with something else.
//!
//! *Use instead:* `buffered` of `futures-util` alone, if the loop body is quick; `try_all` of
//! `async-tasks` for all results together; a channel if the producer is not yours.
//!
//! # Use it
//! ```ignore
//! use async_stream::fetch_stream;
//! use futures_util::StreamExt;
//!
//! async fn get(page: u32) -> String {
//!     tokio::task::yield_now().await; // the request
//!     format!("page {page}")
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() {
//!     let mut pages = fetch_stream(1..=20, 4, get); // four at a time, as they finish
//!     while let Some(page) = pages.next().await {
//!         println!("{page}");
//!     }
//! }
//! ```

use futures_util::{Stream, StreamExt, stream};
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::panic;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;

/// Calls `get` for each URL, at most `n` at the same time, each as a task of its own. The results
/// come as they finish. Nothing starts before the first poll. Dropping the stream aborts its tasks,
/// and a panic of a task continues in the code that reads the stream.
///
/// # Panics
/// If `n` is 0; when it is polled, if that is outside of a tokio runtime.
pub fn fetch_stream<U, F>(
    urls: impl IntoIterator<Item = U>,
    n: usize,
    get: impl FnMut(U) -> F,
) -> impl Stream<Item = F::Output> + Unpin
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    tasks(urls, n, get).buffer_unordered(n)
}

/// Like [`fetch_stream`], with the results in the order of the URLs. A slow first request holds
/// back the results of those behind it, of which there are at most `n - 1`.
///
/// # Panics
/// Like [`fetch_stream`].
pub fn fetch_in_order<U, F>(
    urls: impl IntoIterator<Item = U>,
    n: usize,
    get: impl FnMut(U) -> F,
) -> impl Stream<Item = F::Output> + Unpin
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    tasks(urls, n, get).buffered(n)
}

fn tasks<U, F>(
    urls: impl IntoIterator<Item = U>,
    n: usize,
    mut get: impl FnMut(U) -> F,
) -> impl Stream<Item = Task<F::Output>> + Unpin
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    assert!(n > 0, "with n = 0 nothing would ever start");
    stream::iter(
        urls.into_iter()
            .map(move |url| Task(tokio::spawn(get(url)))),
    )
}

/// A list that comes in pages. `load` gets the address of a page, and returns its items and the
/// address of the next page, if there is one. The stream yields the items. It loads a page when the
/// items of the page before are used up, and ends after the last page or the first error.
pub fn pages<C, T, E, F>(first: C, load: impl FnMut(C) -> F) -> impl Stream<Item = Result<T, E>>
where
    F: Future<Output = Result<(Vec<T>, Option<C>), E>>,
{
    // The state is passed from call to call: items that are left, where the next are, and `load`.
    let start = (VecDeque::new(), Some(first), load);
    stream::unfold(start, |(mut items, mut cursor, mut load)| async move {
        loop {
            if let Some(item) = items.pop_front() {
                return Some((Ok(item), (items, cursor, load)));
            }
            match load(cursor.take()?).await {
                Ok((page, next)) => (items, cursor) = (VecDeque::from(page), next),
                Err(error) => return Some((Err(error), (items, None, load))),
            }
        }
    })
}

/// Runs the stream in a task of its own, up to `capacity` items ahead of the code that reads it.
/// It starts immediately. Dropping what this returns aborts the task and drops the stream.
///
/// # Panics
/// If `capacity` is 0, or outside of a tokio runtime.
pub fn ahead<S>(stream: S, capacity: usize) -> Ahead<S::Item>
where
    S: Stream + Send + 'static,
    S::Item: Send + 'static,
{
    let (sender, receiver) = mpsc::channel(capacity.min(Semaphore::MAX_PERMITS));
    let producer = tokio::spawn(async move {
        let mut stream = pin!(stream);
        // First a place in the channel, then the item, so that none waits outside of it.
        while let Ok(place) = sender.reserve().await {
            match stream.next().await {
                Some(item) => place.send(item),
                None => break,
            }
        }
    });
    Ahead {
        receiver,
        producer: Some(Task(producer)),
    }
}

/// The stream that [`ahead`] returns.
pub struct Ahead<T> {
    receiver: mpsc::Receiver<T>,
    producer: Option<Task<()>>,
}

impl<T> Stream for Ahead<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        // `ready!` returns `Pending`, and by then the channel has stored the waker.
        let item = ready!(self.receiver.poll_recv(context));
        if item.is_none() {
            // The channel is closed: because the stream has ended, or because it has panicked.
            if let Some(producer) = &mut self.producer {
                ready!(Pin::new(producer).poll(context));
                self.producer = None; // a future is not polled again after `Ready`
            }
        }
        Poll::Ready(item)
    }
}

impl<T> fmt::Debug for Ahead<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Ahead").finish_non_exhaustive()
    }
}

/// A task that does not outlive its handle, and whose panic continues where it is awaited.
struct Task<T>(JoinHandle<T>);

impl<T> Future for Task<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        match ready!(Pin::new(&mut self.0).poll(context)) {
            Ok(output) => Poll::Ready(output),
            // Nobody aborts it before it is dropped, so this is a panic, or the runtime has ended.
            Err(error) => panic::resume_unwind(error.into_panic()),
        }
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort(); // does nothing if the task has ended
    }
}
