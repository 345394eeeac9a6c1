// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The worker's side: reads requests from standard input and answers on standard output.

use std::env;
use std::io::{self, Write};
use std::process;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ureq::Agent;

use super::client::{self, agent};
use super::{FetchError, Limits, Page, frame};

/// What the last argument of a worker begins with. An environment variable would reach the programs
/// that `parse` starts as well.
const WORKER_ARGUMENT: &str = "process-fetch-worker=";

/// The arguments of a worker. In a test binary they select the test `process_fetch_worker`, and
/// the last one is a second filter that matches no test. In any other program only [`serve`] reads
/// them.
pub(super) fn arguments(limits: Limits) -> [String; 4] {
    let (timeout, max_body) = (limits.timeout.as_secs_f64(), limits.max_body);
    [
        "process_fetch_worker".to_owned(),
        "--nocapture".to_owned(),
        "--test-threads=1".to_owned(),
        format!("{WORKER_ARGUMENT}{timeout},{max_body}"),
    ]
}

fn own_argument() -> Option<String> {
    let argument = env::args_os().nth(4)?.into_string().ok()?;
    argument.strip_prefix(WORKER_ARGUMENT).map(str::to_owned)
}

pub(super) fn is_worker() -> bool {
    own_argument().is_some()
}

/// In a worker, fetches and parses pages and never returns. In any other process it does nothing.
///
/// Call it first in `main`: a worker is this program started again, and everything before this call
/// happens in each worker as well. `parse` does the risky work. What it returns is sent to the
/// program, so the less that is, the better. It may crash, panic or hang, but not print on standard
/// output, which is where the answers go.
///
/// A test binary has no `main` of yours. Tests that fetch need this test beside them:
///
/// ```ignore
/// #[test] fn process_fetch_worker() { process_fetch::serve(|page| page); }
/// ```
pub fn serve(parse: impl Fn(Page) -> Page) {
    serve_with(agent, parse);
}

/// As [`serve`], with an agent of your own in each worker.
pub fn serve_with(agent: impl FnOnce() -> Agent, parse: impl Fn(Page) -> Page) {
    let Some(argument) = own_argument() else {
        return;
    };
    let limits = argument.split_once(',').and_then(|(timeout, max_body)| {
        Some(Limits {
            concurrency: 1,
            timeout: Duration::try_from_secs_f64(timeout.parse().ok()?).unwrap_or(Duration::MAX),
            max_body: max_body.parse().ok()?,
        })
    });
    let Some(limits) = limits else {
        eprintln!("the argument {WORKER_ARGUMENT}… is for the program itself");
        process::exit(2);
    };
    let (sender, requests) = mpsc::channel();
    thread::spawn(move || {
        // No limit: what arrives here is the program's own.
        while let Ok(request) = frame::receive(usize::MAX, io::stdin()) {
            // It fails only if the loop below has ended, and then the process ends too.
            let _ = sender.send(request);
        }
        // The end of the pipe: the program is gone, even if by `kill -9`. This thread notices,
        // because the other one may hang in `parse`.
        process::exit(0);
    });
    let agent = agent();
    let mut stdout = io::stdout();
    let mut answered = stdout.write_all(frame::READY).and_then(|()| stdout.flush());
    while answered.is_ok() {
        let Ok(request) = requests.recv() else { break };
        let page = match frame::read_request(&request) {
            Ok(request) => client::fetch(&agent, request, limits),
            Err(error) => Err(FetchError::Invalid(error.to_string())),
        };
        let page = page.map(&parse).and_then(|page| {
            if page.body.len() > limits.max_body {
                return Err(FetchError::TooLarge(limits.max_body));
            }
            Ok(page)
        });
        answered = frame::send_answer(&page, &stdout);
    }
    process::exit(0);
}
