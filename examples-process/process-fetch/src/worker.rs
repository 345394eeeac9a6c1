//! The worker's side: takes URLs from standard input and answers on standard output.

use std::env;
use std::io;
use std::process;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;

use super::resolver::Names;
use super::{FetchError, Page, frame};

/// The first argument of a worker. An environment variable would reach what `parse` starts, too.
pub(super) const WORKER_ARGUMENT: &str = "--process-fetch-worker";

/// Bytes that are read or sent at most at once, and in the largest head. By default each connection
/// takes 128 KiB for either.
const BUFFER: usize = 16 << 10;

/// A year. ureq adds the timeout to the clock, and panics if the sum is beyond it.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 3600);

pub(super) fn is_worker() -> bool {
    env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == WORKER_ARGUMENT)
}

/// In a worker, fetches and parses pages and never returns; otherwise does nothing.
///
/// Call it first in `main`: a worker is this program started again, and whatever stands before
/// this call happens in each worker, too. `parse` does the risky work. What it returns is sent to
/// the program, so the less that is, the better. It may crash, panic or hang, but not print on
/// standard output: that is where the answers go.
pub fn serve(parse: impl Fn(Page) -> Page) {
    if !is_worker() {
        return;
    }
    let mut arguments = env::args().skip(2);
    let timeout = arguments.next().and_then(|text| text.parse().ok());
    let max_body = arguments.next().and_then(|text| text.parse().ok());
    let (Some(timeout), Some(max_body)) = (timeout, max_body) else {
        eprintln!("{WORKER_ARGUMENT} is for the program itself");
        process::exit(2);
    };
    let timeout = Duration::try_from_secs_f64(timeout).unwrap_or(LONGEST_TIMEOUT);
    let agent = agent(timeout.min(LONGEST_TIMEOUT));
    let (sender, urls) = mpsc::channel();
    thread::spawn(move || {
        // No limit: what comes here is the program's own.
        while let Ok(url) = frame::receive(usize::MAX, io::stdin()) {
            // It fails only if the loop below has ended, and then the process ends too.
            let _ = sender.send(url);
        }
        // The end of the pipe: the program is gone, even if by `kill -9`. It is this thread that
        // notices, because the other may hang in `parse`.
        process::exit(0);
    });
    let mut answered = frame::send(b"ready", &[], io::stdout());
    while answered.is_ok()
        && let Ok(url) = urls.recv()
    {
        let page = fetch(&agent, &String::from_utf8_lossy(&url), max_body);
        let page = page.map(&parse).and_then(|page| {
            if page.body.len() > max_body {
                return Err(FetchError::TooLarge(max_body as u64));
            }
            Ok(page)
        });
        answered = frame::send_answer(&page, io::stdout());
    }
    process::exit(0);
}

fn agent(timeout: Duration) -> Agent {
    // No proxy: straight to the site, whatever HTTP_PROXY says.
    let config = Agent::config_builder()
        .timeout_global(Some(timeout))
        .input_buffer_size(BUFFER)
        .output_buffer_size(BUFFER)
        .max_redirects(10)
        .http_status_as_error(false) // `fetch` names the status.
        .proxy(None)
        .tls_config(
            TlsConfig::builder()
                .root_certs(RootCerts::PlatformVerifier)
                .build(),
        )
        .build();
    Agent::with_parts(config, DefaultConnector::default(), Names::default())
}

fn fetch(agent: &Agent, url: &str, max_body: usize) -> Result<Page, FetchError> {
    let mut response = agent.get(url).call()?;
    let status = response.status();
    if !status.is_success() {
        return Err(FetchError::Status(status.as_u16()));
    }
    // Counted while it arrives: what the site declares as length may be a lie.
    let body = response
        .body_mut()
        .with_config()
        .limit(max_body as u64)
        .read_to_vec()?;
    Ok(Page {
        status: status.as_u16(),
        body,
    })
}

impl From<ureq::Error> for FetchError {
    fn from(error: ureq::Error) -> Self {
        match error {
            ureq::Error::Timeout(_) => Self::TimedOut,
            ureq::Error::BodyExceedsLimit(limit) => Self::TooLarge(limit),
            // An error crosses to another process as words.
            error => Self::Http(error.to_string()),
        }
    }
}
