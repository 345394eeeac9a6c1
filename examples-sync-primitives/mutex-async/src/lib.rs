// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Shares data between async tasks: std's Mutex for plain data, tokio's for use across an `.await`.
//!
//! From the project "Many Things at Once", where `cargo run -p mutex-async` demonstrates it and
//! `docs/src/locks/mutex-async.md` explains it.
//!
//! *Notice:* `Cache` locks std's Mutex in methods that are not async, so no guard can live across
//! an `.await`. `Connection` must stay locked until its answer has arrived, so it needs tokio's. A
//! task may be cancelled at every `.await`. A request that is cancelled half way closes the stream.
//!
//! *Use instead:* `mutex` between threads; a task that owns the connection, and a channel to it, if
//! requests should not wait for each other; tokio's `SetOnce` or `OnceCell` for a value that is set
//! once, `watch` for one that changes, `Notify` for an event without a value.
//!
//! # Use it
//! ```ignore
//! use mutex_async::{Cache, Connection};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> std::io::Result<()> {
//!     let (ours, mut theirs) = tokio::io::duplex(1024); // in your program, a TcpStream
//!     tokio::io::AsyncWriteExt::write_all(&mut theirs, b"Rust\nasync\n").await?; // two answers
//!     let (connection, cache) = (Connection::new(ours), Cache::default());
//!     let language = cache.get_or_fetch("language", connection.ask("language?"));
//!     let model = cache.get_or_fetch("model", connection.ask("model?"));
//!     let (language, model) = tokio::try_join!(language, model)?;
//!     println!("{language}, {model}"); // Rust, async
//!     Ok(())
//! }
//! ```

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::Mutex as AsyncMutex;

/// Answers that were fetched before. It is plain data, and each lock lasts one look-up.
#[derive(Debug, Default)]
pub struct Cache {
    answers: Mutex<HashMap<String, Arc<str>>>,
}

impl Cache {
    /// The stored answer.
    pub fn get(&self, name: &str) -> Option<Arc<str>> {
        self.lock().get(name).cloned()
    }

    /// Stores the answer, unless there is one already. Returns the one that is stored.
    pub fn keep(&self, name: &str, answer: &str) -> Arc<str> {
        let (name, answer) = (name.to_owned(), Arc::from(answer));
        Arc::clone(self.lock().entry(name).or_insert(answer))
    }

    /// The stored answer, or the result of `fetch`, which is then stored.
    ///
    /// The lock is free while `fetch` waits. So two tasks may fetch the same name at the same time.
    /// Both then get the answer that arrived first.
    ///
    /// # Errors
    /// Those of `fetch`. They are not stored.
    pub async fn get_or_fetch<E>(
        &self,
        name: &str,
        fetch: impl Future<Output = Result<String, E>>,
    ) -> Result<Arc<str>, E> {
        if let Some(answer) = self.get(name) {
            return Ok(answer);
        }
        let answer = fetch.await?;
        Ok(self.keep(name, &answer))
    }

    /// Private and not async, so a guard lives only inside one of the methods above. Each change is
    /// one step, so poisoning can be ignored: a panic leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<str>>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection for many tasks. Each request is a line, and the next line back is its answer.
#[derive(Debug)]
pub struct Connection<S> {
    /// `None` after a request that ended half way.
    stream: AsyncMutex<Option<BufReader<S>>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Shares a stream on which no answer is outstanding.
    pub fn new(stream: S) -> Self {
        Self {
            stream: AsyncMutex::new(Some(BufReader::new(stream))),
        }
    }

    /// Sends a line and waits for its answer. Other tasks that ask meanwhile wait in a queue.
    ///
    /// There is no limit on the time or on the length of the answer. For the time, use `timeout`.
    ///
    /// # Errors
    /// Those of the stream. `InvalidInput` if the question is more than one line. `NotConnected`
    /// after a request that failed or was cancelled half way: then the stream is closed.
    pub async fn ask(&self, question: &str) -> io::Result<String> {
        if question.contains('\n') {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut place = self.stream.lock().await;
        // The stream leaves its place until the answer has been read. If this task is cancelled
        // before, the stream is dropped. Otherwise the next request would get this answer.
        let mut stream = place.take().ok_or(io::ErrorKind::NotConnected)?;
        stream.write_all(format!("{question}\n").as_bytes()).await?;
        stream.flush().await?;
        let mut answer = String::new();
        stream.read_line(&mut answer).await?;
        if answer.pop() != Some('\n') {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        *place = Some(stream);
        Ok(answer)
    }
}
