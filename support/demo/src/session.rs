//! A run of a fetcher: the built-in server if it is needed, the report, and Ctrl-C.

use std::collections::HashMap;
use std::error::Error;
use std::io::{self, Write as _};
use std::mem;
use std::path::PathBuf;
use std::process::exit;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use demo_site::Site;

use crate::file;
use crate::options::{Options, fail};
use crate::report::{Report, explain};
use crate::timeline::{self, Bar};

/// The command line and the report of a fetcher's `main`. It says what to fetch, takes the results,
/// and ends the program.
pub struct Session {
    urls: Vec<String>,
    odd: HashMap<usize, String>,
    concurrency: usize,
    timeout: Duration,
    max_body: usize,
    shared: Arc<Shared>,
}

/// What the thread that handles Ctrl-C needs too.
struct Shared {
    program: &'static str,
    /// Of the timeline.
    title: String,
    site: Option<Site>,
    save: Option<PathBuf>,
    state: Mutex<State>,
}

struct State {
    report: Report,
    timeline: Option<PathBuf>,
}

impl Session {
    /// Reads the command line, starts the built-in server if no URL is given, and prints the first
    /// lines. If the command line is wrong it prints the error and exits with 2.
    ///
    /// # Errors
    /// If the built-in server or the handler of Ctrl-C cannot be set up.
    pub fn start(program: &'static str, about: &'static str) -> anyhow::Result<Self> {
        let options = Options::from_args(program, about);
        // Each connection is a descriptor: the usual limit of 1,024 would end a run of thousands.
        let descriptors = demo_site::raise_descriptor_limit();
        let (site, urls) = if options.urls.is_empty() {
            let site = Site::start().context("cannot start the built-in server")?;
            let urls = demo_site::TOUR.iter().map(|page| site.url(page)).collect();
            (Some(site), urls)
        } else {
            (None, options.urls)
        };
        let in_flight = options.concurrency.min(urls.len());
        if let Ok(limit) = descriptors
            && in_flight as u64 + 50 > limit
        {
            let _ = writeln!(
                io::stderr(),
                "{program}: the system allows {limit} open files, too few for {in_flight} \
                 connections at the same time; some may fail"
            );
        }
        let what = format!(
            "{program}: {} {}{}, at most {} in flight",
            urls.len(),
            if urls.len() == 1 { "page" } else { "pages" },
            match &site {
                Some(site) => format!(" of the built-in server {}", site.url("")),
                None => String::new(),
            },
            options.concurrency,
        );
        let report = Report::new(urls.clone(), options.json);
        let shared = Arc::new(Shared {
            program,
            title: format!("{program}, at most {} in flight", options.concurrency),
            site,
            save: options.save,
            state: Mutex::new(State {
                report,
                timeline: options.timeline,
            }),
        });
        let on_interrupt = Arc::clone(&shared);
        let mut pressed = false;
        // The handler runs on a thread of its own, so it may lock and print. But if nothing reads
        // standard output, printing blocks, and the handler must be free for a second Ctrl-C. So
        // another thread prints.
        ctrlc::set_handler(move || {
            if mem::replace(&mut pressed, true) {
                // Enough time for rows that something reads.
                thread::sleep(Duration::from_secs(1));
                exit(130);
            }
            let shared = Arc::clone(&on_interrupt);
            let printing = thread::Builder::new().spawn(move || shared.end(true));
            if printing.is_err() {
                on_interrupt.end(true);
            }
        })
        .context("cannot handle Ctrl-C")?;
        // From here on Ctrl-C is handled.
        let written = shared.lock().report.head(&what);
        shared.written(written, 1);
        Ok(Self {
            urls,
            odd: options.odd,
            concurrency: options.concurrency,
            timeout: options.timeout,
            max_body: options.max_body,
            shared,
        })
    }

    /// What to fetch.
    pub fn urls(&self) -> &[String] {
        &self.urls
    }

    /// Requests in flight at the same time, at least 1.
    pub fn concurrency(&self) -> usize {
        self.concurrency
    }

    /// Total time for one request, more than zero and at most a day.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Bytes in the largest body that is accepted.
    pub fn max_body(&self) -> usize {
        self.max_body
    }

    /// Takes the result for one URL: how long it took, and its status and body, or what went
    /// wrong.
    pub fn arrived(
        &self,
        index: usize,
        elapsed: Duration,
        result: Result<(u16, Vec<u8>), impl Error>,
    ) {
        let result = result.map_err(|error| match self.odd.get(&index) {
            Some(place) => format!("{place}: {}", explain(&error)),
            None => explain(&error),
        });
        let save = self.shared.save.as_deref();
        let written = self.shared.lock().report.add(index, elapsed, result, save);
        self.shared.written(written, 1);
    }

    /// Prints the end of the report and ends the program, with exit code 0 if all pages arrived
    /// and 1 if some did not.
    ///
    /// It exits instead of returning, because a DNS lookup that was given up at its deadline still
    /// blocks a thread, and a runtime that is dropped at the end of `main` would wait for it.
    pub fn finish(self) -> ! {
        self.shared.end(false)
    }
}

impl Shared {
    /// A panic while the report was locked can only leave it incomplete.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A report that cannot be written, for instance to a closed pipe, ends the program with an error.
    fn written(&self, result: io::Result<()>, code: i32) {
        if let Err(error) = result {
            let message = format!("cannot write to standard output: {error}");
            fail(self.program, code, &message);
        }
    }

    /// Ends the program. The state is locked to the end, so that Ctrl-C and the last page do not both
    /// print.
    fn end(&self, interrupted: bool) -> ! {
        let mut state = self.lock();
        let State { report, timeline } = &mut *state;
        // Ctrl-C stops the reader of a pipe too, so its end is then not worth another exit code.
        let code = if interrupted { 130 } else { 1 };
        self.written(report.rest(), code);
        let (bars, seen) = match &self.site {
            Some(site) => (site_bars(site), Some(seen_by(site))),
            None => (report.bars(), None),
        };
        self.written(report.summary(seen.as_deref(), &bars), code);
        if let Some(path) = timeline {
            let drawing = timeline::svg(&self.title, &bars);
            if let Err(error) = file::write(path, drawing.as_bytes()) {
                let message = format!("cannot write {}: {error}", path.display());
                fail(self.program, code, &message);
            }
        }
        if interrupted {
            fail(self.program, code, "interrupted");
        }
        let (all, arrived) = report.count();
        exit(if arrived == all { 0 } else { 1 })
    }
}

fn seen_by(site: &Site) -> String {
    let counts = site.counts();
    format!(
        "The server counted {} requests, at most {} in flight at the same time.",
        counts.requests, counts.most_in_flight
    )
}

/// The requests as the server saw them start and end. One that Ctrl-C interrupted is drawn to the last
/// moment that the server recorded.
fn site_bars(site: &Site) -> Vec<Bar> {
    let requests = site.requests();
    let moments = requests
        .iter()
        .map(|request| request.ended.unwrap_or(request.started));
    let last = moments.max().unwrap_or_default();
    let bar = |request: demo_site::Request| Bar {
        label: request
            .target
            .split('?')
            .next()
            .unwrap_or_default()
            .to_owned(),
        start: request.started,
        end: request.ended.unwrap_or(last),
        failed: request.ended.is_none() || request.status.is_none_or(|status| status >= 400),
    };
    requests.into_iter().map(bar).collect()
}
