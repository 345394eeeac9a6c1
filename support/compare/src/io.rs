//! `compare io`: the same pages through every fetcher, by the very libraries that readers copy.

use std::error::Error;
use std::time::Duration;

use measured::names::{groups, io as names};
use measured::table::number;
use measured::{Question, Row};

use crate::child_report::ChildReport;
use crate::job::{Job, Selection};
use crate::model::{self, Model};
use crate::options::{MAX_BODY, Options};
use crate::peers::Peers;
use crate::run::{now, peak_memory};

type Fetch = fn(&Work, &mut Tally);

/// All ways to fetch, the simplest first.
pub(crate) const MODELS: &[Model<Fetch>] = &[
    Model::up_to(
        1,
        "one after another is one in flight",
        names::SEQUENTIAL,
        threads_std,
    ),
    Model::new(names::THREAD_PER_URL, thread_per_url),
    Model::new(names::THREADS_STD, threads_std),
    Model::new(names::THREADS_UREQ, threads_ureq),
    Model::new(names::TOKIO, tokio),
    Model::new(names::SMOL, smol),
    Model::new(names::ASYNC_STD, async_std),
    Model::new(names::REACTOR, reactor),
    Model::up_to(
        process_fetch::MOST_PROCESSES as u64,
        "it does not start so many processes",
        names::PROCESS_FETCH,
        processes,
    ),
];

/// What a child is to fetch.
pub(crate) struct Work {
    urls: Vec<String>,
    concurrency: usize,
}

/// How the pages fared.
#[derive(Default)]
pub(crate) struct Tally {
    arrived: u64,
    why: Option<String>,
}

/// Time for one page. The child's own limit is there for what is slower.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The limits, of the type of whichever library; they all name them alike.
macro_rules! limits {
    ($library:ident, $concurrency:expr) => {
        $library::Limits {
            concurrency: $concurrency,
            timeout: TIMEOUT,
            max_body: MAX_BODY,
        }
    };
}

fn threads_std(work: &Work, tally: &mut Tally) {
    let limits = limits!(thread_fetch_std, work.concurrency);
    let client = thread_fetch_std::Client::new();
    thread_fetch_std::fetch_each(&client, &work.urls, limits, |page| tally.add(page.result));
}

/// As many pages as may be in flight make a batch, in which each has a thread for itself.
fn thread_per_url(work: &Work, tally: &mut Tally) {
    for batch in work.urls.chunks(work.concurrency) {
        let limits = limits!(thread_fetch_std, batch.len());
        // A client for each batch, because a thread of its own has a connection of its own.
        let client = thread_fetch_std::Client::new();
        thread_fetch_std::fetch_each(&client, batch, limits, |page| tally.add(page.result));
    }
}

fn threads_ureq(work: &Work, tally: &mut Tally) {
    let limits = limits!(thread_fetch, work.concurrency);
    let config = thread_fetch::config(2).proxy(None).build();
    let agents = thread_fetch::agents_with(work.concurrency.min(work.urls.len()), config);
    thread_fetch::fetch_each(&agents, &work.urls, limits, |page| tally.add(page.result));
}

fn tokio(work: &Work, tally: &mut Tally) {
    let limits = limits!(async_fetch, work.concurrency);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let _ = rustls::crypto::ring::default_provider().install_default();
    match (runtime, async_fetch::client_builder().no_proxy().build()) {
        (Ok(runtime), Ok(client)) => {
            let requests = work.urls.iter().map(|url| client.get(url));
            runtime.block_on(async_fetch::fetch_each(requests, limits, |page| {
                tally.add(page.result);
                std::future::ready(())
            }));
        }
        (Err(error), _) => tally.add::<()>(Err(error)),
        (_, Err(error)) => tally.add::<()>(Err(error)),
    }
}

fn smol(work: &Work, tally: &mut Tally) {
    let limits = limits!(async_fetch_smol, work.concurrency);
    let client = async_fetch_smol::Client::new();
    let all = async_fetch_smol::fetch_each(&client, &work.urls, limits, |page| {
        tally.add(page.result);
        std::future::ready(())
    });
    smol::block_on(all);
}

fn async_std(work: &Work, tally: &mut Tally) {
    let limits = limits!(async_fetch_async_std, work.concurrency);
    let client = async_fetch_async_std::Client::new();
    let all = async_fetch_async_std::fetch_each(&client, &work.urls, limits, |page| {
        tally.add(page.result);
        std::future::ready(())
    });
    async_std::task::block_on(all);
}

fn reactor(work: &Work, tally: &mut Tally) {
    let limits = limits!(reactor, work.concurrency);
    let all = reactor::block_on(async |reactor| {
        let client = reactor::Client::new(&reactor);
        let add = async |page: reactor::Fetched| tally.add(page.result);
        reactor::fetch_each(&client, &work.urls, limits, add).await;
    });
    if let Err(error) = all {
        tally.add::<()>(Err(error));
    }
}

fn processes(work: &Work, tally: &mut Tally) {
    let limits = limits!(process_fetch, work.concurrency);
    process_fetch::fetch_each(&work.urls, limits, |page| tally.add(page.result));
}

impl Tally {
    fn add<T>(&mut self, result: Result<T, impl Error>) {
        match result {
            Ok(_) => self.arrived += 1,
            Err(error) => {
                self.why.get_or_insert_with(|| with_causes(&error));
            }
        }
    }
}

/// The error and its causes: "too many open files" is the last of them.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

/// Files that a program has open beside its connections: its own, and those of its runtime.
const OTHER_FILES: u64 = 50;

/// Why a row cannot be run where a process may open so many files: its client or the site, which is
/// under the same limit, would fail in the midst of it, or wait forever for one to be closed.
fn too_few_files(connections: u64, granted: u64) -> Option<String> {
    let needed = connections + OTHER_FILES;
    (needed > granted).then(|| {
        let [needed, granted] = [needed, granted].map(|files| number(files as f64));
        format!("it needs {needed} open files, and the system grants {granted}")
    })
}

/// How many pages a round fetches, if the command line does not say.
fn pages(options: &Options, concurrency: u64, delay: Duration) -> u64 {
    let pages = options.io.requests.unwrap_or_else(|| {
        let short = options.question.is_none();
        if delay.is_zero() {
            if short { 500 } else { 2_000 }
        } else if short {
            (2 * concurrency).clamp(10, 1_000)
        } else {
            // Waiting is most of it: four times in turn show it as well as forty.
            (4 * concurrency).clamp(20, 10_000)
        }
        .max(concurrency)
    });
    pages.max(1)
}

/// A job for each model, delay and number in flight.
pub(crate) fn jobs(selection: &mut Selection<'_>, peers: &Peers, origin: &str) -> Vec<Job> {
    let options = selection.options;
    // What is not told is taken to be enough: the row itself then shows whether it is.
    let granted = demo_site::raise_descriptor_limit().unwrap_or(u64::MAX);
    let mut jobs = Vec::new();
    for &delay in &options.io.delay {
        for &concurrency in &options.io.concurrency {
            // The short form asks for these at one point alone.
            if options.question.is_none() && delay.is_zero() && concurrency != 100 {
                continue;
            }
            let group = if delay.is_zero() {
                groups::AT_ONCE.to_owned()
            } else {
                groups::waiting(humantime::format_duration(delay))
            };
            let units = pages(options, concurrency, delay);
            let row = |name| Row {
                delay: delay.as_secs_f64(),
                why: too_few_files(concurrency.min(units), granted),
                ..Row::new(Question::Io, &group, name, "in flight", concurrency, units)
            };
            let arguments = [
                origin.to_owned(),
                units.to_string(),
                concurrency.to_string(),
                format!("{}us", delay.as_micros()),
                options.io.size.as_u64().to_string(),
            ];
            jobs.extend(selection.jobs(MODELS, &peers.io, &arguments, row));
        }
    }
    jobs
}

/// The child: fetches and says how it went.
pub(crate) fn child(arguments: &[String]) -> anyhow::Result<ChildReport> {
    let [name, origin, pages, concurrency, delay, size] = arguments else {
        anyhow::bail!("MODEL ORIGIN PAGES CONCURRENCY DELAY SIZE are meant");
    };
    let fetch = model::find(MODELS, name)?;
    // Each connection is a descriptor. Rows that need more than there are were not asked for.
    let _ = demo_site::raise_descriptor_limit();
    let work = Work {
        urls: (0..pages.parse::<u64>()?)
            .map(|page| format!("{origin}/page/{page}?delay={delay}&size={size}"))
            .collect(),
        concurrency: concurrency.parse()?,
    };
    let mut tally = Tally::default();
    let began = now();
    fetch(&work, &mut tally);
    Ok(ChildReport {
        began,
        ended: now(),
        done: tally.arrived,
        why: tally.why,
        peak_memory: peak_memory(),
        ..ChildReport::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_needs_more_files_than_there_are_says_so() {
        assert_eq!(too_few_files(974, 1_024), None);
        assert_eq!(
            too_few_files(10_000, 1_024).unwrap(),
            "it needs 10,050 open files, and the system grants 1,024"
        );
        assert_eq!(too_few_files(10_000, u64::MAX), None);
    }
}
