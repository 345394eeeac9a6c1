//! Fetches many URLs at once in worker processes, so that a page that crashes its parser costs one row.
//!
//! Run it: `cargo run -p process-fetch`
//!
//! *Notice:* a worker is this same program, started again; it fetches the page and does the risky
//! work on it, and if it dies or hangs there, only that page is lost and another takes its place.
//!
//! *Use instead:* `thread-fetch`, if nothing you do with a page can crash or hang: it needs no
//! processes and copies no page. `process-pool` for any other work, and to try again after a death.
//!
//! The page: `docs/src/processes/process-fetch.md`
//!
//! # Use it
//! ```no_run
//! use process_fetch::{Limits, fetch_all, serve};
//!
//! fn main() {
//!     serve(|page| page); // First in main: a worker stays in here. Here it would parse the page.
//!     let urls = ["https://example.com/", "https://example.org/"].map(String::from);
//!     let pages = fetch_all(&urls, Limits::default());
//!     for (url, page) in urls.iter().zip(pages) {
//!         match page {
//!             Ok(page) => println!("{url}: {} bytes", page.body.len()),
//!             Err(error) => println!("{url}: {error}"),
//!         }
//!     }
//! }
//! ```

mod frame;
mod process;
mod resolver;
mod worker;

use std::env;
use std::io;
use std::process::{Command, ExitStatus};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use process::Process;
pub use worker::serve;

/// What one call of [`fetch_all`] may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in flight at once, and so the number of processes; 0 counts as 1, and more than
    /// [`MOST_PROCESSES`] as that.
    pub concurrency: usize,
    /// Time for one request in total: connecting, redirects, headers and body. A worker that has
    /// not answered one second later, because it hangs on the page, is killed.
    pub timeout: Duration,
    /// Bytes in the largest body that is accepted, from the site and from the worker.
    pub max_body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrency: 8,
            timeout: Duration::from_secs(10),
            max_body: 10 << 20,
        }
    }
}

/// No more processes than this, whatever is asked for: each takes megabytes.
pub const MOST_PROCESSES: usize = 256;

/// A page that arrived whole, with a 2xx status.
#[derive(Debug)]
pub struct Page {
    /// The HTTP status of the answer.
    pub status: u16,
    /// The whole body, or what the worker made of it.
    pub body: Vec<u8>,
}

/// Why a page did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The site answered with this status, which is not 2xx.
    #[error("HTTP status {0}")]
    Status(u16),
    /// The body is larger than [`Limits::max_body`].
    #[error("body larger than {0} bytes")]
    TooLarge(u64),
    /// The page was not there whole within [`Limits::timeout`], or the worker hung on it.
    #[error("timed out")]
    TimedOut,
    /// No connection, a broken answer, an untrusted certificate, too many redirects, …
    #[error("request failed: {0}")]
    Http(String),
    /// The worker died of this page, or while it had it.
    #[error("the worker died, {0}")]
    Died(ExitStatus),
    /// No worker could be started, or it sent what is no answer.
    #[error("the worker failed")]
    Worker(#[source] Arc<io::Error>),
}

/// How one of the URLs fared.
#[derive(Debug)]
pub struct Fetched {
    /// Its place among the URLs.
    pub index: usize,
    /// From the start of its request to the end of its body, or to the error.
    pub elapsed: Duration,
    /// The page, or why there is none.
    pub result: Result<Page, FetchError>,
}

/// Fetches every URL and returns the results in the order of the URLs.
///
/// It returns when the last worker is gone.
pub fn fetch_all(urls: &[String], limits: Limits) -> Vec<Result<Page, FetchError>> {
    let mut all = Vec::with_capacity(urls.len());
    fetch_each(urls, limits, |fetched| all.push(fetched));
    all.sort_by_key(|fetched| fetched.index);
    all.into_iter().map(|fetched| fetched.result).collect()
}

/// Fetches every URL and hands over each result as it arrives, on the calling thread, so that no
/// more than [`Limits::concurrency`] bodies are held at once, and the one in `arrived`.
pub fn fetch_each(urls: &[String], limits: Limits, arrived: impl FnMut(Fetched)) {
    // An empty name cannot be started, and the rows say so.
    let this_program = || Command::new(env::current_exe().unwrap_or_default());
    fetch_each_by(this_program, urls, limits, arrived);
}

/// As [`fetch_each`], with workers that this command starts: under another user, in a sandbox, or
/// with less memory. It ends in a program that calls [`serve`]; that one's arguments are added.
pub fn fetch_each_by(
    program: impl Fn() -> Command + Sync,
    urls: &[String],
    limits: Limits,
    mut arrived: impl FnMut(Fetched),
) {
    let workers = limits.concurrency.clamp(1, MOST_PROCESSES).min(urls.len());
    let queue = Mutex::new(urls.iter().enumerate());
    // No room in the channel: a worker's page is handed over before it gets the next URL.
    let (results, inbox) = mpsc::sync_channel(0);
    // Why there is one worker less; the first reason stays.
    let refused = OnceLock::new();
    // The scope owns the threads, and each thread its process: it ends when the last of them has.
    thread::scope(|scope| {
        for _ in 0..workers {
            let (program, queue, refused, results) = (&program, &queue, &refused, results.clone());
            let keeper = move || {
                if let Err(error) = keep(program, queue, limits, results) {
                    let _ = refused.set(Arc::new(error));
                }
            };
            // If the system refuses one more, those that it granted do all the work.
            if let Err(error) = thread::Builder::new().spawn_scoped(scope, keeper) {
                let _ = refused.set(Arc::new(error));
                break;
            }
        }
        drop(results); // The last thread's copy is now the last, and closes the channel.
        for fetched in inbox {
            arrived(fetched);
        }
    });
    // Something is left in the queue only if in the end there was not a single worker.
    let left = queue.into_inner().unwrap_or_else(PoisonError::into_inner);
    for (error, (index, _)) in refused.get().iter().cycle().zip(left) {
        let result = Err(FetchError::Worker(Arc::clone(error)));
        arrived(Fetched {
            index,
            elapsed: Duration::ZERO,
            result,
        });
    }
}

/// Keeps one worker going: gives it the next URL from the queue until there is none, and starts
/// another if it is lost.
fn keep<'a>(
    program: impl Fn() -> Command,
    queue: &Mutex<impl Iterator<Item = (usize, &'a String)>>,
    limits: Limits,
    results: SyncSender<Fetched>,
) -> io::Result<()> {
    // Before it takes a URL: one that it could give to nobody would be lost.
    let mut process = Process::start(program(), limits)?;
    loop {
        // The lock is free again at the end of this statement. In the condition of a `while let`
        // it would be held for the whole body, and the pages would come one after another.
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some((index, url)) = next else {
            return Ok(());
        };
        let start = Instant::now();
        let answer = process.fetch(url);
        let elapsed = start.elapsed();
        let lost = answer.is_err();
        let result = answer.unwrap_or_else(Err);
        if results
            .send(Fetched {
                index,
                elapsed,
                result,
            })
            .is_err()
        {
            return Ok(()); // The receiver panicked: nobody waits for the rest.
        }
        if lost {
            process = Process::start(program(), limits)?;
        }
    }
}
