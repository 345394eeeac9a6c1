//! Shares data between tasks: std's Mutex around plain data, tokio's around what is used across an `.await`.
//!
//! Run it: `cargo run -p mutex-async`
//!
//! *Notice:* `Cache` locks in methods that are not async, so no guard of std's can meet an
//! `.await`. `Connection` must stay locked until the answer is there, and so needs tokio's; and
//! since a task may be cancelled at every `.await`, a request that ends half way takes the
//! connection with it.
//!
//! *Use instead:* `mutex` between threads; a task that owns the connection, and a channel to it,
//! where requests should not wait for each other's answers.
//!
//! The page: `docs/src/locks/mutex-async.md`
//!
//! # Use it
//! ```
//! use mutex_async::{Cache, Connection};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> std::io::Result<()> {
//!     let (ours, mut theirs) = tokio::io::duplex(1024); // a TcpStream, in earnest
//!     tokio::io::AsyncWriteExt::write_all(&mut theirs, b"Rust\nasync\n").await?;
//!     let (connection, cache) = (Connection::new(ours), Cache::default());
//!     let language = cache.get_or_fetch("language", connection.ask("language?"));
//!     let model = cache.get_or_fetch("model", connection.ask("model?"));
//!     let (language, model) = tokio::try_join!(language, model)?;
//!     assert_eq!((&*language, &*model), ("Rust", "async"));
//!     Ok(())
//! }
//! ```

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::Mutex as AsyncMutex;

/// Answers that were fetched before. Plain data, and no lock outlasts a look at it.
#[derive(Debug, Default)]
pub struct Cache {
    answers: Mutex<HashMap<String, Arc<str>>>,
}

impl Cache {
    /// What is known under this name.
    pub fn get(&self, name: &str) -> Option<Arc<str>> {
        self.lock().get(name).cloned()
    }

    /// Keeps the answer, unless there is one; returns the one that is kept.
    pub fn keep(&self, name: &str, answer: &str) -> Arc<str> {
        let (name, answer) = (name.to_owned(), Arc::from(answer));
        Arc::clone(self.lock().entry(name).or_insert(answer))
    }

    /// The answer that is kept, or else the one that `fetch` brings.
    ///
    /// The lock is free while `fetch` waits. So two tasks may fetch the same at the same time; then
    /// both get what came first.
    ///
    /// # Errors
    /// Those of `fetch`. They are not kept.
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

    /// Private, and not async: a guard lives within one of the methods above. Each change is one
    /// step, so a panic leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<str>>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection for many tasks: a line goes out, and a line comes back, which is its answer.
#[derive(Debug)]
pub struct Connection<S> {
    /// None once a request has ended half way.
    stream: AsyncMutex<Option<BufReader<S>>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Shares a stream on which nothing is under way.
    pub fn new(stream: S) -> Self {
        Self {
            stream: AsyncMutex::new(Some(BufReader::new(stream))),
        }
    }

    /// Sends a line and waits for the one that answers it. Who asks meanwhile waits in line.
    ///
    /// It waits as long as the other side lets it: for less, put it into a `timeout`.
    ///
    /// # Errors
    /// Those of the stream. `InvalidInput` if the question is more than one line. `NotConnected`
    /// after a request that failed or was cancelled half way: then the stream is closed.
    pub async fn ask(&self, question: &str) -> io::Result<String> {
        if question.contains('\n') {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut place = self.stream.lock().await;
        // Out of its place until the answer is read. If this task is cancelled before, the stream is
        // dropped; back in its place, it would give the answer to whoever asks next.
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
