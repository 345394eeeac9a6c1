// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Lets sync code call async code: a blocking client whose runtime has a thread of its own.
//!
//! From the project "Many Things at Once", where `cargo run -p async-bridge` demonstrates it and
//! `docs/src/async/async-bridge.md` explains it.
//!
//! *Notice:* `get` blocks the thread that calls it. It also works in async code, where it stops the
//! other tasks of that thread until the reply is there: use `get_async` there.
//!
//! *Use instead:* `Runtime::block_on` if one thread calls async code now and then; `.await` if you
//! can make the caller async.
//!
//! # Use it
//! ```ignore
//! use async_bridge::BlockingClient;
//!
//! async fn load(page: u32) -> String {
//!     tokio::task::yield_now().await; // the request
//!     format!("page {page}")
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let client = BlockingClient::new(load)?; // starts a thread
//!     for page in 1..=3 {
//!         println!("{}", client.get(page)?); // no async here
//!     }
//!     Ok(()) // dropping the client ends its thread
//! }
//! ```

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// Calls an async function for threads that are not async. Share it by reference or in an `Arc`.
///
/// Dropping it ends its thread and waits until it has ended. Calls that are still running are
/// dropped at their `.await`.
pub struct BlockingClient<K, V> {
    // Unbounded, since sending must not block: each caller waits for its reply, so there are never
    // more requests than callers.
    requests: UnboundedSender<Option<Request<K, V>>>, // `None` ends the thread
    thread: Option<JoinHandle<()>>,
}

struct Request<K, V> {
    key: K,
    reply: Box<dyn FnOnce(V) + Send>,
}

impl<K: Send + 'static, V: Send + 'static> BlockingClient<K, V> {
    /// Starts a thread that runs `get` for each request, as a task of its own.
    ///
    /// # Errors
    /// If the system refuses what a runtime needs, or the thread.
    pub fn new<G, F>(get: G) -> io::Result<Self>
    where
        G: Fn(K) -> F + Send + Sync + 'static,
        F: Future<Output = V> + Send + 'static,
    {
        let (requests, mut receiver) = unbounded_channel::<Option<Request<K, V>>>();
        let get = Arc::new(get);
        let serve = async move {
            while let Some(Some(request)) = receiver.recv().await {
                let get = Arc::clone(&get);
                // In a task, so that a slow request does not hold up the next one, and a panic
                // ends only its own request.
                tokio::spawn(async move { (request.reply)(get(request.key).await) });
            }
        };
        let thread = thread::Builder::new().name("blocking-client".to_owned());
        // The runtime is dropped on its own thread, where dropping it may block. It is made after
        // the thread: if there is no thread, no runtime is dropped here.
        let (hand_over, runtime) = std::sync::mpsc::channel::<Runtime>();
        let thread = thread.spawn(move || runtime.recv().map_or((), |own| own.block_on(serve)))?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let _ = hand_over.send(runtime); // never fails: the thread waits for it
        Ok(Self {
            requests,
            thread: Some(thread),
        })
    }

    /// Calls the async function and blocks until its result is there.
    ///
    /// # Errors
    /// If the call panicked, or the client was closed.
    ///
    /// # Panics
    /// In the async function itself, where it would wait forever for its own thread.
    pub fn get(&self, key: K) -> Result<V, NoReply> {
        assert!(!self.is_own_thread(), "the client waits for its own thread");
        // std's channel: tokio's `blocking_recv` would panic in async code.
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        self.request(key, move |value| {
            let _ = sender.send(value); // never fails: this caller waits
        });
        receiver.recv().map_err(|_| NoReply)
    }

    /// Like [`get`](Self::get), for async code of any runtime. If its future is dropped, the call
    /// still runs to its end.
    ///
    /// # Errors
    /// Like [`get`](Self::get).
    pub async fn get_async(&self, key: K) -> Result<V, NoReply> {
        let (sender, receiver) = oneshot::channel();
        self.request(key, move |value| {
            let _ = sender.send(value); // fails if the caller's future was dropped
        });
        receiver.await.map_err(|_| NoReply)
    }

    fn request(&self, key: K, reply: impl FnOnce(V) + Send + 'static) {
        let reply = Box::new(reply);
        // If the thread has ended, the request is dropped, and its reply with it.
        let _ = self.requests.send(Some(Request { key, reply }));
    }
}

impl<K, V> BlockingClient<K, V> {
    /// Ends the thread. Calls that wait for a reply, and later ones, return [`NoReply`].
    pub fn close(&self) {
        let _ = self.requests.send(None); // fails if the thread has ended
    }

    fn is_own_thread(&self) -> bool {
        let thread = self.thread.as_ref();
        thread.is_some_and(|own| own.thread().id() == thread::current().id())
    }
}

impl<K, V> Drop for BlockingClient<K, V> {
    fn drop(&mut self) {
        self.close();
        let is_own = self.is_own_thread(); // the last `Arc` was in a request
        if let Some(thread) = self.thread.take().filter(|_| !is_own) {
            let _ = thread.join(); // fails if it panicked, which it has reported on stderr
        }
    }
}

impl<K, V> fmt::Debug for BlockingClient<K, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BlockingClient")
    }
}

/// The call panicked, or the client was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoReply;

impl fmt::Display for NoReply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("no reply: the call panicked, or the client was closed")
    }
}

impl Error for NoReply {}
