//! A run of a fetcher: the built-in server if it is needed, the report, and Ctrl-C.

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
    options: Options,
    shared: Arc<Shared>,
}

/// What the thread that handles Ctrl-C needs too.
struct Shared {
    program: &'static str,
    /// Of the timeline.
    title: String,
    site: Option<Site>,
    save: Option<PathBuf>,
    timeline: Option<PathBuf>,
    report: Mutex<Report>,
}

impl Session {
    /// Reads the command line, starts the built-in server if no URL is given, and prints the first
    /// lines. If the command line is wrong it prints the error and exits with 2.
    ///
    /// # Errors
    /// If the built-in server or the handler of Ctrl-C cannot be set up.
    pub fn start(program: &'static str, about: &'static str) -> anyhow::Result<Self> {
        let mut options = Options::from_args(program, about);
        // Each connection is a descriptor: the usual limit of 1,024 would end a run of thousands.
        let descriptors = demo_site::raise_descriptor_limit();
        let mut site = None;
        if options.urls.is_empty() {
            let started = Site::start().context("cannot start the built-in server")?;
            let urls = demo_site::TOUR.iter().map(|page| started.url(page));
            options.urls = urls.collect();
            site = Some(started);
        }
        let count = options.urls.len();
        let in_flight = options.concurrency.min(count);
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
            count,
            if count == 1 { "page" } else { "pages" },
            site.as_ref().map_or(String::new(), |site| format!(
                " of the built-in server {}",
                site.url("")
            )),
            options.concurrency,
        );
        let report = Report::new(options.urls.clone(), options.json);
        let shared = Arc::new(Shared {
            program,
            title: format!("{program}, at most {} in flight", options.concurrency),
            site,
            save: options.save.take(),
            timeline: options.timeline.take(),
            report: Mutex::new(report),
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
        let written = shared.report().head(&what);
        shared.written(written, 1);
        Ok(Self { options, shared })
    }

    /// What to fetch.
    pub fn urls(&self) -> &[String] {
        &self.options.urls
    }

    /// Requests in flight at the same time, at least 1.
    pub fn concurrency(&self) -> usize {
        self.options.concurrency
    }

    /// Total time for one request, more than zero and at most a day.
    pub fn timeout(&self) -> Duration {
        self.options.timeout
    }

    /// Bytes in the largest body that is accepted.
    pub fn max_body(&self) -> usize {
        self.options.max_body
    }

    /// Takes the result for one URL: how long it took, and its status and body, or what went
    /// wrong.
    pub fn arrived(
        &self,
        index: usize,
        elapsed: Duration,
        result: Result<(u16, Vec<u8>), impl Error>,
    ) {
        let result = result.map_err(|error| match self.options.odd.get(&index) {
            Some(place) => format!("{place}: {}", explain(&error)),
            None => explain(&error),
        });
        let save = self.shared.save.as_deref();
        let written = self.shared.report().add(index, elapsed, result, save);
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
    fn report(&self) -> MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A report that cannot be written, for instance to a closed pipe, ends the program with an error.
    fn written(&self, result: io::Result<()>, code: i32) {
        if let Err(error) = result {
            let message = format!("cannot write to standard output: {error}");
            fail(self.program, code, &message);
        }
    }

    /// Ends the program. The report is locked to the end, so that Ctrl-C and the last page do not both
    /// print.
    fn end(&self, interrupted: bool) -> ! {
        let mut report = self.report();
        // Ctrl-C stops the reader of a pipe too, so its end is then not worth another exit code.
        let code = if interrupted { 130 } else { 1 };
        self.written(report.rest(), code);
        let (bars, seen) = match &self.site {
            Some(site) => (site_bars(site), Some(site.counts())),
            None => (report.bars(), None),
        };
        let seen = seen.map(|counts| {
            format!(
                "The server counted {} requests, at most {} in flight at the same time.",
                counts.requests, counts.most_in_flight
            )
        });
        self.written(report.summary(seen.as_deref(), &bars), code);
        if let Some(path) = &self.timeline {
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

/// The requests as the server saw them start and end. One that Ctrl-C interrupted is drawn to the last
/// moment that the server recorded.
fn site_bars(site: &Site) -> Vec<Bar> {
    let requests = site.requests();
    let moments = requests
        .iter()
        .map(|request| request.ended.unwrap_or(request.started));
    let last = moments.max().unwrap_or_default();
    let bar = |request: demo_site::Request| Bar {
        label: request.target.split('?').take(1).collect(),
        start: request.started,
        end: request.ended.unwrap_or(last),
        failed: request.ended.is_none() || request.status.is_none_or(|status| status >= 400),
    };
    requests.into_iter().map(bar).collect()
}
