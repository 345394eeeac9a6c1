//! A program that forgets `serve` gets an error that says so, and no flood of processes: this one.

use process_fetch::{FetchError, Limits, fetch_all};

fn main() {
    let urls = ["http://127.0.0.1:9/"];
    let is_worker = std::env::args().any(|argument| argument.starts_with("process-fetch-worker="));
    let words = if is_worker {
        "a worker may not start workers"
    } else {
        "call process_fetch::serve first in main"
    };
    match fetch_all(urls, Limits::default()).remove(0) {
        Err(FetchError::Worker(error)) => assert!(error.to_string().contains(words), "{error}"),
        other => unreachable!("{other:?}"),
    }
}
