//! What every fetcher guarantees, whatever its model. A fetcher says in its `tests/conformance.rs` what
//! it is, and joins with one line:
//!
//! ```text
//! const FETCHER: Fetcher = Fetcher {
//!     fetch,
//!     program: env!("CARGO_BIN_EXE_async-fetch"),
//!     https: true,
//!     ten_thousand_in_flight: true,
//! };
//!
//! fetcher_suite::conformance!(FETCHER);
//! ```
//!
//! Counts, orders and contents decide, as the site saw them or as they arrived; no timing does.
//! A time limit here only keeps a hang from lasting forever.

#![expect(
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "each case is the body of a test, and panics to fail it"
)]

use std::error::Error;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use demo_site::{Site, body};
use serde_json::Value;
use tempfile::tempdir;

/// The limits of one call, as each fetcher has them.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in flight at once.
    pub concurrency: usize,
    /// Time for one request in total.
    pub timeout: Duration,
    /// Bytes in the largest body that is accepted.
    pub max_body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrency: 4,
            timeout: Duration::from_secs(30),
            max_body: 1 << 20,
        }
    }
}

impl Limits {
    /// So many requests in flight, and otherwise the defaults.
    #[must_use]
    pub fn concurrency(concurrency: usize) -> Self {
        Self {
            concurrency,
            ..Self::default()
        }
    }

    /// So much time for a request, and otherwise the defaults.
    #[must_use]
    pub fn timeout(timeout: Duration) -> Self {
        Self {
            timeout,
            ..Self::default()
        }
    }
}

/// Status and body, or what went wrong as a row would say it.
pub type Outcome = Result<(u16, Vec<u8>), String>;

/// A result as an [`Outcome`].
///
/// # Errors
/// The error that it was given, in words.
pub fn outcome(result: Result<(u16, Vec<u8>), impl Error>) -> Outcome {
    result.map_err(|error| demo::report::explain(&error))
}

/// A fetcher under test.
#[derive(Clone, Copy)]
pub struct Fetcher {
    /// Its library: fetches all, results in the order of the URLs.
    pub fetch: fn(&[String], Limits) -> Vec<Outcome>,
    /// The path of its program.
    pub program: &'static str,
    /// Whether it speaks https. If not, it says so where it is asked to.
    pub https: bool,
    /// Whether it can hold so many, as one can that waits without a thread or a process for each.
    pub ten_thousand_in_flight: bool,
}

/// Makes one test of each case.
#[macro_export]
macro_rules! conformance {
    ($fetcher:expr) => {
        $crate::cases!(conformance, $fetcher;
            no_urls_no_results
            pages_arrive_whole_and_in_order
            ten_thousand_pages_arrive_once_each
            ten_thousand_in_flight
            concurrency_is_reached_and_never_exceeded
            one_at_a_time_and_connections_reused
            every_fault_costs_its_own_row
            a_server_that_is_not_there_costs_its_own_row
            the_largest_body_is_exact
            redirects_are_followed_to_a_limit
            a_redirect_to_nowhere_is_an_error_that_says_so
            letters_beyond_ascii_in_a_url_are_fetched
            a_user_in_a_url_is_ignored_or_named_in_the_error
            the_timeout_may_be_zero_or_endless
            a_bad_status_is_an_error_that_names_it
            a_connection_closed_while_idle_costs_one_row_at_most
            program_prints_json_in_order
            program_refuses_misuse_with_one_line
            program_reads_urls_from_file_and_standard_input
            program_saves_each_body_in_a_file_of_its_own
            program_draws_the_timeline
            program_says_when_its_output_is_closed
            program_stops_at_ctrl_c_with_the_rows_that_arrived
            program_stops_at_the_second_ctrl_c_if_nothing_reads_its_output
            program_trusts_only_good_certificates
            program_memory_is_bounded_by_its_limits
        );
    };
}

fn site() -> Site {
    Site::start().expect("loopback has a free port")
}

pub(crate) fn text(outcome: &Outcome) -> String {
    match outcome {
        Ok((status, body)) => format!("{status} with {} bytes", body.len()),
        Err(error) => error.clone(),
    }
}

#[track_caller]
fn assert_page(outcome: &Outcome, name: &str, size: usize) {
    let whole = matches!(outcome, Ok((200, found)) if *found == body(name, size));
    assert!(whole, "{name}: {}", text(outcome));
}

#[track_caller]
fn assert_error(outcome: &Outcome, words: &str) {
    match outcome {
        Err(error) => assert!(error.contains(words), "'{error}' does not say '{words}'"),
        Ok(_) => panic!("expected '{words}', found {}", text(outcome)),
    }
}

/// No URL, no request.
pub fn no_urls_no_results(fetcher: Fetcher) {
    assert!((fetcher.fetch)(&[], Limits::default()).is_empty());
}

/// Pages of every framing, the first the slowest: the order is that of the URLs.
pub fn pages_arrive_whole_and_in_order(fetcher: Fetcher) {
    let site = site();
    let framings = ["", "&chunked", "&close", "&drip=5ms"];
    let pages: Vec<_> = (0..24)
        .map(|i| (format!("p{i}"), i * 1999, framings[i % 4], 240 - 10 * i))
        .collect();
    let urls: Vec<_> = pages
        .iter()
        .map(|(name, size, framing, delay)| {
            site.url(&format!(
                "/page/{name}?delay={delay}ms&size={size}{framing}"
            ))
        })
        .collect();
    let found = (fetcher.fetch)(&urls, Limits::default());
    assert_eq!(found.len(), urls.len());
    for ((name, size, ..), outcome) in pages.iter().zip(&found) {
        assert_page(outcome, name, *size);
    }
}

/// Many small pages: none lost, none twice.
pub fn ten_thousand_pages_arrive_once_each(fetcher: Fetcher) {
    let site = site();
    let urls: Vec<_> = (0..10_000)
        .map(|i| site.url(&format!("/page/n{i}?size=64")))
        .collect();
    let found = (fetcher.fetch)(&urls, Limits::concurrency(64));
    assert_eq!(found.len(), urls.len());
    for (i, outcome) in found.iter().enumerate() {
        assert_page(outcome, &format!("n{i}"), 64);
    }
    let counts = site.counts();
    assert_eq!(counts.requests, 10_000);
    assert!(counts.most_in_flight <= 64, "{counts:?}");
}

/// For those that say they can: 10,000 requests are in flight at one moment, as the server counts
/// them, and all arrive. The server answers none before all are there. The program runs in a child,
/// since each connection takes a descriptor at either end. If the system's limit of descriptors is
/// lower, the test says so and tries as many as it allows; where `REQUIRE_DESCRIPTORS=1` is set it fails
/// then, so that no run there tries less unseen.
pub fn ten_thousand_in_flight(fetcher: Fetcher) {
    if !fetcher.ten_thousand_in_flight {
        return;
    }
    let limit = demo_site::raise_descriptor_limit().expect("the system tells its limit");
    let all_required = std::env::var_os("REQUIRE_DESCRIPTORS").is_some();
    let count = requests_within(limit, all_required);
    let folder = tempdir().expect(WRITABLE);
    let site = site();
    // Nobody waits for so long, unless not all requests come.
    let urls: Vec<_> = (0..count)
        .map(|i| site.url(&format!("/page/f{i}?delay=40s&size={}", i % 100)))
        .collect();
    let mut program = command(fetcher);
    program.args(["--json", "--timeout", "50s", "--concurrency"]);
    program.arg(count.to_string()).arg("--from");
    let child = spawn(program.arg(write_list(folder.path(), &urls)));
    let output = thread::scope(|scope| {
        let output = scope.spawn(|| finish(child));
        let mut all_came = false;
        while !output.is_finished() {
            all_came |= site.counts().in_flight == count;
            // Again and again, because the last request may have come and not yet wait.
            if all_came {
                site.end_pauses();
            }
            thread::sleep(Duration::from_millis(10));
        }
        output.join().unwrap_or_else(|panic| resume_unwind(panic))
    });
    assert_exit(&output, 0);
    let rows = rows(&output.stdout);
    assert_eq!(rows.len(), count);
    for (i, (row, url)) in rows.iter().zip(&urls).enumerate() {
        assert!(row["url"] == **url && row["bytes"] == i % 100, "{row}");
    }
    let counts = site.counts();
    assert_eq!(counts.requests, count as u64);
    assert_eq!(counts.most_in_flight, count);
}

/// How many requests to try with so many descriptors: 10,000, or with fewer as many as they allow.
fn requests_within(descriptors: u64, all_required: bool) -> usize {
    // What else this process has open, the other tests beside this one included.
    let allowed = usize::try_from(descriptors.saturating_sub(1000)).unwrap_or(usize::MAX);
    let count = allowed.min(10_000);
    if count < 10_000 {
        let message = format!(
            "the system allows {descriptors} descriptors, enough for {count} requests, not 10,000"
        );
        assert!(!all_required && count >= 1000, "{message}");
        println!("{message}");
    }
    count
}

/// The server counts the requests in flight: slow pages reach the limit and never exceed it.
pub fn concurrency_is_reached_and_never_exceeded(fetcher: Fetcher) {
    for concurrency in [2, 7] {
        // On a busy machine a page may end before the last of the others has started: then the
        // same with slower pages.
        let reached = [500, 2000, 8000].iter().any(|delay| {
            let site = site();
            let urls: Vec<_> = (0..3 * concurrency)
                .map(|i| site.url(&format!("/page/c{i}?delay={delay}ms&size=10")))
                .collect();
            let found = (fetcher.fetch)(&urls, Limits::concurrency(concurrency));
            assert!(found.iter().all(Result::is_ok));
            let most = site.counts().most_in_flight;
            assert!(most <= concurrency, "{most} in flight");
            most == concurrency
        });
        assert!(reached, "never {concurrency} in flight");
    }
}

/// One after another over a kept connection; a limit of 0 counts as 1.
pub fn one_at_a_time_and_connections_reused(fetcher: Fetcher) {
    for concurrency in [0, 1] {
        let site = site();
        let urls: Vec<_> = (0..20)
            .map(|i| site.url(&format!("/page/k{i}?size=500")))
            .collect();
        let found = (fetcher.fetch)(&urls, Limits::concurrency(concurrency));
        assert!(found.iter().all(Result::is_ok));
        let counts = site.counts();
        assert_eq!((counts.requests, counts.most_in_flight), (20, 1));
        // A client may look for a kept connection a moment before it is put back.
        assert!(counts.connections <= 5, "{counts:?}");
    }
}

/// Each fault between two good pages: the good ones arrive whole.
pub fn every_fault_costs_its_own_row(fetcher: Fetcher) {
    let site = site();
    let faults = [
        ("/fault/never", "timed out"),
        ("/fault/drip", "timed out"),
        ("/fault/reset", ""),
        ("/fault/short", ""),
        ("/fault/endless", "body larger than"),
        ("/fault/endless-close", "body larger than"),
        ("/fault/endless-head", ""),
        ("/fault/endless-interim", ""),
        ("/fault/garbage", ""),
        ("/fault/bad-chunk", ""),
        ("/fault/huge-headers", ""),
        ("/fault/empty", ""),
        ("/fault/status/404", "HTTP status 404"),
        ("/fault/status/500", "HTTP status 500"),
        ("/redirect-loop", "redirects"),
    ];
    // A fault that the site learns later must be met here too.
    let elsewhere = ["/fault/long", "/fault/flaky", "/fault/stale"];
    for page in demo_site::pages() {
        let path = page.example.split('?').next().unwrap_or_default();
        let is_met = elsewhere.contains(&path) || faults.iter().any(|(fault, _)| *fault == path);
        assert!(is_met || !path.starts_with("/fault/"), "{path} is not met");
    }
    let mut urls = Vec::new();
    for (i, (fault, _)) in faults.iter().enumerate() {
        urls.push(site.url(fault));
        urls.push(site.url(&format!("/page/good{i}?delay=20ms&size=5000")));
    }
    let limits = Limits {
        concurrency: 6,
        timeout: Duration::from_secs(3),
        max_body: 256 << 10,
    };
    let found = (fetcher.fetch)(&urls, limits);
    assert_eq!(found.len(), urls.len());
    for (i, ((fault, words), pair)) in faults.iter().zip(found.chunks(2)).enumerate() {
        assert_error(&pair[0], words);
        let error = pair[0].as_ref().expect_err(fault);
        assert!(!error.is_empty() && error.len() < 300, "{fault}: {error}");
        assert_page(&pair[1], &format!("good{i}"), 5000);
    }
    // What a site sends beyond the length that it declared is not part of the page.
    let long = (fetcher.fetch)(&[site.url("/fault/long?size=3000")], limits);
    let is_long = matches!(&long[0], Ok((_, found)) if found.len() != 3000);
    assert!(!is_long, "{}", text(&long[0]));
}

/// Closed port, unknown host, what is no URL at all, and what is no port.
pub fn a_server_that_is_not_there_costs_its_own_row(fetcher: Fetcher) {
    let site = site();
    // A port at which nobody listens, held so that no other test's site gets it meanwhile: it is
    // the near end of a connection.
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let closed = listener.local_addr().and_then(TcpStream::connect);
    let closed = closed.expect("the listener accepts");
    let address = closed.local_addr().expect("it is connected");
    let urls = [
        site.url("/page/before?size=10"),
        format!("http://{address}/"),
        "http://no-such-host.invalid/".to_owned(),
        "http://in valid/".to_owned(),
        "ftp://127.0.0.1/".to_owned(),
        "http://127.0.0.1:99999/".to_owned(),
        "http://127.0.0.1:x/".to_owned(),
        site.url("/redirect/1?to=http://127.0.0.1:99999/"),
        site.url("/page/after?size=10"),
    ];
    let limits = Limits::timeout(Duration::from_secs(5));
    let found = (fetcher.fetch)(&urls, limits);
    assert_page(&found[0], "before", 10);
    for outcome in &found[1..8] {
        assert_error(outcome, "");
    }
    // What is no port is not the usual one.
    for outcome in &found[5..8] {
        let said = text(outcome);
        let is_tried = said.contains("refused") || said.contains("timed out");
        assert!(!is_tried, "{said}");
    }
    assert_page(&found[8], "after", 10);
    // A port that is left out after its colon is.
    let found = ["http://127.0.0.1:/", "http://127.0.0.1/"]
        .map(|url| (fetcher.fetch)(&[url.to_owned()], limits).remove(0));
    let statuses = found.map(|outcome| outcome.map(|(status, _)| status));
    assert_eq!(statuses[0], statuses[1]);
}

/// As large as allowed arrives; one byte more does not, however the length is told.
pub fn the_largest_body_is_exact(fetcher: Fetcher) {
    let site = site();
    let limits = Limits {
        max_body: 30_000,
        ..Limits::default()
    };
    for framing in ["", "&chunked", "&close"] {
        let urls = [30_000, 30_001].map(|size| site.url(&format!("/page/b?size={size}{framing}")));
        let found = (fetcher.fetch)(&urls, limits);
        assert_page(&found[0], "b", 30_000);
        assert_error(&found[1], "body larger than 30000 bytes");
        for (max_body, size) in [(usize::MAX, 1000), (0, 0)] {
            let limits = Limits { max_body, ..limits };
            let urls =
                [size, size + 1].map(|size| site.url(&format!("/page/b?size={size}{framing}")));
            let found = (fetcher.fetch)(&urls, limits);
            assert_page(&found[0], "b", size);
            match max_body {
                0 => assert_error(&found[1], "body larger than 0 bytes"),
                _ => assert_page(&found[1], "b", size + 1),
            }
        }
    }
}

/// Ten hops are followed, eleven are not.
pub fn redirects_are_followed_to_a_limit(fetcher: Fetcher) {
    let site = site();
    let urls = [1, 10, 11].map(|hops| site.url(&format!("/redirect/{hops}?to=/page/there")));
    let found = (fetcher.fetch)(&urls, Limits::default());
    let there = (fetcher.fetch)(&[site.url("/page/there")], Limits::default());
    assert!(there[0].is_ok(), "{}", text(&there[0]));
    assert_eq!(found[0], there[0]);
    assert_eq!(found[1], there[0]);
    assert_error(&found[2], "redirects");
}

/// A redirect without `Location`: the row has its status, or says what is missing.
pub fn a_redirect_to_nowhere_is_an_error_that_says_so(fetcher: Fetcher) {
    let site = site();
    for status in [301, 302, 303, 307, 308] {
        let url = site.url(&format!("/page/nowhere?status={status}"));
        let found = (fetcher.fetch)(&[url], Limits::default());
        let error = found[0].as_ref().expect_err("there is no page");
        let status = format!("HTTP status {status}");
        assert!(
            error.contains(&status) || error.contains("missing a location header"),
            "{error}"
        );
    }
}

/// The site is asked for the bytes of its UTF-8, as they are or as a browser writes them.
pub fn letters_beyond_ascii_in_a_url_are_fetched(fetcher: Fetcher) {
    let site = site();
    let found = (fetcher.fetch)(&[site.url("/page/caf\u{e9}?size=100")], Limits::default());
    let pages = ["caf\u{e9}", "caf%C3%A9"].map(|name| Ok((200, body(name, 100))));
    assert!(pages.contains(&found[0]), "{}", text(&found[0]));
}

/// Either the page arrives all the same, or the row says that a user is not supported.
pub fn a_user_in_a_url_is_ignored_or_named_in_the_error(fetcher: Fetcher) {
    let site = site();
    let url = site
        .url("/page/mine?size=100")
        .replace("//", "//user:word@");
    let found = (fetcher.fetch)(&[url], Limits::default());
    if found[0].is_ok() {
        assert_page(&found[0], "mine", 100);
    } else {
        assert_error(&found[0], "a user in the URL is not ");
    }
}

/// A timeout of zero ends a request immediately, and no timeout is too long for the clock.
pub fn the_timeout_may_be_zero_or_endless(fetcher: Fetcher) {
    let site = site();
    let fetch = |path: &str, timeout| {
        (fetcher.fetch)(&[site.url(path)], Limits::timeout(timeout)).remove(0)
    };
    for timeout in [Duration::ZERO, Duration::from_nanos(1)] {
        assert_error(&fetch("/fault/never", timeout), "timed out");
    }
    assert_page(
        &fetch("/page/in-time?size=100", Duration::MAX),
        "in-time",
        100,
    );
}

/// 503 twice, then well: three requests see just that.
pub fn a_bad_status_is_an_error_that_names_it(fetcher: Fetcher) {
    let site = site();
    let urls = vec![site.url("/fault/flaky?times=2&key=a"); 3];
    let found = (fetcher.fetch)(&urls, Limits::concurrency(1));
    assert_error(&found[0], "HTTP status 503");
    assert_error(&found[1], "HTTP status 503");
    assert!(found[2].is_ok(), "{}", text(&found[2]));
}

/// The site closes a kept connection just as it is used again: that request may fail or be sent
/// again, and those around it arrive.
pub fn a_connection_closed_while_idle_costs_one_row_at_most(fetcher: Fetcher) {
    let site = site();
    let urls = [
        site.url("/fault/stale"),
        site.url("/page/reused?size=100"),
        site.url("/page/next?size=100"),
    ];
    let found = (fetcher.fetch)(&urls, Limits::concurrency(1));
    assert!(found[0].is_ok(), "{}", text(&found[0]));
    if found[1].is_ok() {
        assert_page(&found[1], "reused", 100);
    }
    assert_page(&found[2], "next", 100);
}

/// Why a temporary folder can be made.
const WRITABLE: &str = "the folder for temporary files can be written";

/// Whether this system has what a test needs. Where it has not, the test says so and ends.
pub(crate) fn runs_here(has_it: bool, need: &str) -> bool {
    if !has_it {
        println!("not run: {need}");
    }
    has_it
}

pub(crate) fn command(fetcher: Fetcher) -> Command {
    let mut command = Command::new(fetcher.program);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub(crate) fn spawn(command: &mut Command) -> Child {
    command
        .spawn()
        .expect("the program was built beside this test")
}

/// Waits for its end, or kills what hangs and fails.
pub(crate) fn finish(child: Child) -> Output {
    testing::program::finish(child).expect("the program ends")
}

fn output(command: &mut Command) -> Output {
    finish(spawn(command))
}

pub(crate) fn run(fetcher: Fetcher, arguments: &[&str]) -> Output {
    output(command(fetcher).args(arguments))
}

/// Writes the URLs into a file of this folder.
pub(crate) fn write_list(folder: &Path, urls: &[String]) -> PathBuf {
    let list = folder.join("urls.txt");
    fs::write(&list, urls.join("\n")).expect("the folder was made for it");
    list
}

/// The files of a folder in the order of their names.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the program made it");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    files.sort();
    files
}

pub(crate) fn rows(output: &[u8]) -> Vec<Value> {
    let text = String::from_utf8_lossy(output);
    text.lines()
        .map(|line| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: not JSON: {line}"))
        })
        .collect()
}

fn urls_of(rows: &[Value]) -> Vec<&Value> {
    rows.iter().map(|row| &row["url"]).collect()
}

#[track_caller]
pub(crate) fn assert_exit(output: &Output, code: i32) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(!error.contains("panicked"), "{error}");
}

/// One object a line, in the order of the URLs, with these keys and no others.
pub fn program_prints_json_in_order(fetcher: Fetcher) {
    let site = site();
    let slow = site.url("/page/slow?delay=200ms&size=300");
    let missing = site.url("/fault/status/404");
    let quick = site.url("/page/quick?size=20");
    let output = run(fetcher, &["--json", &slow, &missing, &quick]);
    assert_exit(&output, 1);
    let rows = rows(&output.stdout);
    let keys = |row: &Value| {
        let keys: Vec<_> = row.as_object()?.keys().cloned().collect();
        Some(keys.join(" "))
    };
    assert_eq!(rows.len(), 3);
    for (row, url, bytes) in [(&rows[0], &slow, 300), (&rows[2], &quick, 20)] {
        assert_eq!(keys(row).as_deref(), Some("bytes ms status url"));
        assert_eq!(row["url"], **url);
        assert_eq!(row["bytes"], bytes);
        assert_eq!(row["status"], 200);
        assert!(row["ms"].is_number());
    }
    // The site waited for so long before it answered.
    assert!(rows[0]["ms"].as_f64() >= Some(200.0), "{}", rows[0]);
    assert_eq!(keys(&rows[1]).as_deref(), Some("error ms url"));
    assert_eq!(rows[1]["url"], missing);
    assert_eq!(rows[1]["error"], "HTTP status 404");

    let output = run(fetcher, &["--json", &quick]);
    assert_exit(&output, 0);
}

/// The Python twin in `folder` finds the same pages, in the same order, as the program does; and a
/// fault costs it one row, which says so.
pub fn twin_finds_the_same(fetcher: Fetcher, folder: &str, packages: &[&str]) {
    second_twin_finds_the_same(fetcher, folder, "twin.py", packages);
}

/// The same of another Python twin in `folder`.
pub fn second_twin_finds_the_same(fetcher: Fetcher, folder: &str, script: &str, packages: &[&str]) {
    finds_the_same(fetcher, |urls| {
        testing::twin::python(folder, script, packages, urls)
    });
}

/// The same of the JavaScript twin in `folder`.
pub fn node_twin_finds_the_same(fetcher: Fetcher, folder: &str) {
    finds_the_same(fetcher, |urls| {
        testing::twin::node(folder, "twin.mjs", urls)
    });
}

fn finds_the_same(fetcher: Fetcher, twin: impl Fn(&[String]) -> Option<String>) {
    let site = site();
    let urls: Vec<_> = demo_site::TOUR.iter().map(|page| site.url(page)).collect();
    let Some(printed) = twin(&urls) else {
        return;
    };
    let output = output(command(fetcher).arg("--json").args(&urls));
    assert_exit(&output, 0);
    let line = |row: &Value| {
        let url = row["url"].as_str().unwrap_or_default();
        format!("{} {} {url}", row["status"], row["bytes"])
    };
    let ours: Vec<_> = rows(&output.stdout).iter().map(line).collect();
    let theirs: Vec<_> = printed.lines().collect();
    assert_eq!(theirs[..theirs.len() - 1], ours);
    // The last line tells the time that it took.
    let last = theirs[theirs.len() - 1];
    assert!(last.starts_with("12 pages in "), "{printed}");

    let faults = [
        "/fault/short",
        "/fault/garbage",
        "/fault/empty",
        "/fault/status/404",
        "/redirect-loop",
    ];
    let good = site.url("/page/good?size=100");
    let mut urls = faults.map(|fault| site.url(fault)).to_vec();
    urls.push(good.clone());
    let Some(printed) = twin(&urls) else {
        return;
    };
    let theirs: Vec<_> = printed.lines().collect();
    assert_eq!(theirs.len(), urls.len() + 1, "{printed}");
    for (row, url) in theirs.iter().zip(&urls).take(faults.len()) {
        assert!(row.starts_with(&format!("failed {url}")), "{row}");
    }
    assert_eq!(theirs[faults.len()], format!("200 100 {good}"));
}

/// Exit code 2, nothing on standard output, one line on standard error that names the error.
pub fn program_refuses_misuse_with_one_line(fetcher: Fetcher) {
    let folder = tempdir().expect(WRITABLE);
    let folder = folder.path();
    let write = |name: &str, text: &[u8]| {
        let file = folder.join(name);
        fs::write(&file, text).expect("the folder was made for it");
        file.display().to_string()
    };
    let empty = write("empty.txt", b"");
    let only_comments = write("comments.txt", b"\n# nothing\n\n");
    let binary = write("binary.txt", b"http://a/\n\xff\xfe\n");
    let second_bad = write("second.txt", b"http://127.0.0.1/\n\nexample.com\n");
    let missing = folder.join("missing.txt").display().to_string();
    let folder_itself = folder.display().to_string();
    let no_folder = folder.join("missing").join("out.svg").display().to_string();
    let under_a_file = folder.join("empty.txt").join("x").display().to_string();
    let good = "http://127.0.0.1:9/";
    let cases: [(&[&str], &str); 24] = [
        (&["example.com"], "no scheme"),
        (&["example.com/path"], "no scheme"),
        (&["ftp://example.com/"], "unknown scheme"),
        (&["http://example.com:99999/"], "bad port"),
        (&["http://example.com:x/"], "bad port"),
        (&["http://"], "no host"),
        (&[""], "no scheme"),
        (&[good, "http://not a url"], "the host contains a space"),
        // Some terminals take this for the start of a command.
        (&["http://127.0.0.1:9/\u{9b}2J"], "control character"),
        (&["--from", &empty], "no URL"),
        (&["--from", &only_comments], "no URL"),
        (&["--from", &binary], "UTF-8 (line 2)"),
        (&["--from", &second_bad], "line 3 of"),
        (&["--from", &missing], "cannot read"),
        (&["--from", &folder_itself], "cannot read"),
        (&["--from", "-"], "standard input contains no URL"),
        (&["--from", &empty, good], "cannot be used with"),
        (&["--concurrency", "0", good], "concurrency"),
        (&["--timeout", "0s", good], "timeout"),
        (&["--timeout=-1s", good], "timeout"),
        (&["--max-body", "lots", good], "max-body"),
        (&["--save", &under_a_file, good], "cannot make"),
        (&["--timeline", &no_folder, good], "cannot write"),
        (&["--no-such-option"], "no-such-option"),
    ];
    for (arguments, words) in cases {
        let output = run(fetcher, arguments);
        assert_exit(&output, 2);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.contains(words), "{arguments:?}: {error}");
        assert_eq!(error.lines().count(), 1, "{arguments:?}: {error}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    // A list without end.
    if cfg!(unix) {
        let output = run(fetcher, &["--from", "/dev/zero"]);
        assert_exit(&output, 2);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.contains("larger than 64 MiB"), "{error}");
    }
    let output = run(fetcher, &["--help"]);
    assert_exit(&output, 0);
    let help = String::from_utf8_lossy(&output.stdout);
    for option in "concurrency timeout max-body json save timeline".split(' ') {
        assert!(help.contains(&format!("--{option}")), "{option}: {help}");
    }
}

/// Empty lines, comments, Windows line ends and a byte-order mark are ignored.
pub fn program_reads_urls_from_file_and_standard_input(fetcher: Fetcher) {
    let site = site();
    let (one, two) = (site.url("/page/one?size=1"), site.url("/page/two?size=2"));
    let text = format!("\u{feff}# two pages\r\n{one}\r\n\r\n  {two}  \r\n");
    let folder = tempdir().expect(WRITABLE);
    let list = write_list(folder.path(), std::slice::from_ref(&text));
    let from_file = output(command(fetcher).args(["--json", "--from"]).arg(list));

    let mut program = command(fetcher);
    let mut child = spawn(
        program
            .args(["--json", "--from", "-"])
            .stdin(Stdio::piped()),
    );
    let mut pipe = child.stdin.take().expect("it was asked for");
    pipe.write_all(text.as_bytes())
        .expect("the program reads it");
    drop(pipe);
    for output in [from_file, finish(child)] {
        assert_exit(&output, 0);
        assert_eq!(urls_of(&rows(&output.stdout)), [&*one, &*two]);
    }
}

/// The same URL twice gives two files; no URL leaves the folder.
pub fn program_saves_each_body_in_a_file_of_its_own(fetcher: Fetcher) {
    let site = site();
    let folder = tempdir().expect(WRITABLE);
    let inside = folder.path().join("pages");
    let twice = site.url("/page/a?size=100");
    let escape = site.url("/page/..%2F..%2Fescape?size=7");
    let mut program = command(fetcher);
    program.args(["--json", "--save"]).arg(&inside);
    assert_exit(&output(program.args([&twice, &twice, &escape])), 0);
    let saved: Vec<_> = files(&inside)
        .iter()
        .map(|file| fs::read(file).expect("it can be read"))
        .collect();
    let sizes: Vec<_> = saved.iter().map(Vec::len).collect();
    assert_eq!(sizes, [100, 100, 7]);
    assert_eq!(saved[0], body("a", 100));
    assert_eq!(files(folder.path()), [inside], "something escaped");
}

/// One bar per request.
pub fn program_draws_the_timeline(fetcher: Fetcher) {
    let site = site();
    let folder = tempdir().expect(WRITABLE);
    let file = folder.path().join("out.svg");
    let good = site.url("/page/good?delay=20ms&size=5");
    let bad = site.url("/fault/status/500");
    let mut program = command(fetcher);
    let output = output(program.arg("--timeline").arg(&file).args([&good, &bad]));
    assert_exit(&output, 1);
    let drawing = fs::read_to_string(&file).expect("the program wrote it");
    assert_eq!(drawing.matches("class=\"bar\"").count(), 1, "{drawing}");
    assert_eq!(drawing.matches("class=\"failed\"").count(), 1, "{drawing}");
    assert!(drawing.contains("prefers-color-scheme: dark") && drawing.contains("</svg>"));
    // What it wrote to find out whether it can is gone.
    assert_eq!(files(folder.path()), [file]);
}

/// As with `| head -1`: nothing reads the first line, the rows, or the help.
pub fn program_says_when_its_output_is_closed(fetcher: Fetcher) {
    let site = site();
    let page = site.url("/page/a?size=10");
    for arguments in [&[page.as_str()][..], &["--json", &page], &["--help"]] {
        let (reader, writer) = io::pipe().expect("a test has two descriptors left");
        drop(reader);
        let output = output(command(fetcher).args(arguments).stdout(writer));
        assert_exit(&output, 1);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            error.contains("standard output") && error.lines().count() == 1,
            "{arguments:?}: {error}"
        );
    }
}

/// What arrived is printed, also behind one that never will; the exit code is 130.
pub fn program_stops_at_ctrl_c_with_the_rows_that_arrived(fetcher: Fetcher) {
    if !runs_here(cfg!(unix), SIGNALS) {
        return;
    }
    let site = site();
    let urls = [
        site.url("/page/first?size=10"),
        site.url("/fault/never"),
        site.url("/page/behind?size=20"),
        site.url("/fault/never"),
    ];
    let folder = tempdir().expect(WRITABLE);
    let mut program = command(fetcher);
    program.args(["--json", "--timeout", "1h", "--save"]);
    let mut child = spawn(program.arg(folder.path()).args(&urls));
    let mut lines = BufReader::new(child.stdout.take().expect("it was asked for")).lines();
    let first = lines.next().expect("a row").expect("it is text");
    wait_until("all four requests are in", || site.counts().requests == 4);
    // The row behind the gap is not printed yet, but its body is saved.
    wait_until("both pages are saved", || files(folder.path()).len() == 2);
    signal(&child, "-INT");
    let rest: Vec<String> = lines.map(|line| line.expect("it is text")).collect();
    let output = finish(child);
    assert_exit(&output, 130);
    let printed = rows(format!("{first}\n{}", rest.join("\n")).as_bytes());
    assert_eq!(urls_of(&printed), [&*urls[0], &*urls[2]]);
    wait_until("the others end", || site.counts().in_flight == 0);
}

/// Nothing reads the rows, so the program blocks in the middle of one. The second Ctrl-C ends it
/// nevertheless.
pub fn program_stops_at_the_second_ctrl_c_if_nothing_reads_its_output(fetcher: Fetcher) {
    if !runs_here(cfg!(unix), SIGNALS) {
        return;
    }
    let site = site();
    let folder = tempdir().expect(WRITABLE);
    // More text than a pipe holds. The last page is never asked for.
    let mut urls: Vec<_> = (0..40)
        .map(|i| site.url(&format!("/page/{}{i}?size=1", "x".repeat(4000))))
        .collect();
    urls.push(site.url("/page/last?size=1"));
    let (reader, writer) = io::pipe().expect("a test has two descriptors left");
    let mut program = command(fetcher);
    program.args(["--json", "--concurrency", "1", "--from"]);
    program.arg(write_list(folder.path(), &urls));
    let mut child = spawn(program.stdout(writer));
    let mut before = 0;
    wait_until("the program blocks", || {
        let now = site.counts().requests;
        let still = now > 0 && now == std::mem::replace(&mut before, now);
        thread::sleep(Duration::from_millis(500));
        still
    });
    assert!(site.counts().requests < 41, "it printed all of it");
    // Signals that come close together may arrive as one.
    wait_until("it ends", || {
        signal(&child, "-INT");
        thread::sleep(Duration::from_millis(500));
        child.try_wait().expect("it is our child").is_some()
    });
    assert_exit(&finish(child), 130);
    drop(reader);
}

/// What [`signal`] needs.
pub(crate) const SIGNALS: &str = "sending a signal to a child needs Unix";

pub(crate) fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    let killed = Command::new("kill").args([name, &id]).status();
    assert!(killed.is_ok_and(|status| status.success()));
}

#[track_caller]
pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "timed out before {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A certificate of a known authority for this host is good; an expired one, one for another host
/// and one of an unknown authority are refused, each in its own row. A fetcher without https names
/// it as what it cannot do.
pub fn program_trusts_only_good_certificates(fetcher: Fetcher) {
    use demo_site::tls::Certificate::{Expired, UnknownCa, Valid, WrongHost};
    if !runs_here(cfg!(target_os = "linux"), TEST_AUTHORITY) {
        return;
    }
    if !fetcher.https {
        let output = run(fetcher, &["--json", "https://127.0.0.1:9/"]);
        assert_exit(&output, 1);
        let rows = rows(&output.stdout);
        let error = rows[0]["error"].as_str().expect("it is refused");
        assert!(rows.len() == 1 && error.contains("https"), "{error}");
        return;
    }
    let folder = tempdir().expect(WRITABLE);
    let sites = [Valid, WrongHost, Expired, UnknownCa]
        .map(|certificate| Site::start_tls(certificate).expect("loopback has a free port"));
    let mut program = trusting(fetcher, folder.path(), &sites[0]);
    program.args(["--json", "--timeout", "20s"]);
    for site in &sites {
        program.arg(site.url("/page/secret?size=1000"));
    }
    let output = output(&mut program);
    assert_exit(&output, 1);
    let rows = rows(&output.stdout);
    assert_eq!(rows[0]["status"], 200, "{}", rows[0]);
    assert_eq!(rows[0]["bytes"], 1000);
    for (row, words) in rows[1..]
        .iter()
        .zip(["not valid for", "expired", "unknown"])
    {
        let error = row["error"].as_str().expect("it was refused");
        let error = error.to_lowercase();
        let is_named = error.contains("certificate") && error.contains(words);
        assert!(is_named, "{row}");
    }
}

/// What [`trusting`] needs: elsewhere the system's own store decides, and no variable adds to it.
pub(crate) const TEST_AUTHORITY: &str = "a test authority by SSL_CERT_FILE needs Linux";

/// The program, which trusts the authority of this site and no other.
pub(crate) fn trusting(fetcher: Fetcher, folder: &Path, site: &Site) -> Command {
    let authority = folder.join("ca.pem");
    fs::write(&authority, site.ca_pem()).expect("the folder was made for it");
    let mut command = command(fetcher);
    command
        .env("SSL_CERT_FILE", authority)
        .env_remove("SSL_CERT_DIR");
    command
}

/// Endless bodies and large pages: memory follows what is in flight, not what was asked for.
pub fn program_memory_is_bounded_by_its_limits(fetcher: Fetcher) {
    if !runs_here(
        cfg!(target_os = "linux"),
        "the peak memory of a child is in Linux's /proc",
    ) {
        return;
    }
    let site = site();
    let folder = tempdir().expect(WRITABLE);
    // 4 in flight of 4 MiB at most each, of 200 that are as large or endless: 800 MiB in all.
    let large = 4 << 20;
    let mut urls: Vec<_> = (0..200)
        .map(|i| match i % 2 {
            0 => site.url(&format!("/page/large{i}?size={large}")),
            _ => site.url("/fault/endless"),
        })
        .collect();
    // The last holds the process alive for a look at its peak.
    urls.push(site.url("/page/last?delay=1s&size=1"));
    let mut program = command(fetcher);
    program.args(["--json", "--concurrency", "4", "--max-body", "4MiB"]);
    program.arg("--from").arg(write_list(folder.path(), &urls));
    let mut child = spawn(&mut program);
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    let deadline = Instant::now() + Duration::from_secs(120);
    while child.try_wait().expect("it is our child").is_none() && Instant::now() < deadline {
        let status = fs::read_to_string(&status).unwrap_or_default();
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"))
            .and_then(|kib| kib.parse::<u64>().ok());
        peak_kib = peak_kib.max(peak.unwrap_or(0));
        thread::sleep(Duration::from_millis(20));
    }
    let output = finish(child);
    assert_exit(&output, 1);
    let rows = rows(&output.stdout);
    let arrived = rows.iter().filter(|row| row["bytes"] == large).count();
    let failed = rows.iter().filter(|row| row["error"].is_string()).count();
    assert_eq!((arrived, failed), (100, 100));
    // Six times the limit for each in flight: a vector that grows by doubling holds up to three
    // times its bytes while it moves, and the allocator keeps as much again for each thread.
    let bound_kib = (4 * 4 * 6 + 32) << 10;
    assert!(
        (1..bound_kib).contains(&peak_kib),
        "at its peak {peak_kib} KiB, where {bound_kib} KiB is allowed"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_descriptors_mean_fewer_requests() {
        for (descriptors, requests) in [
            (u64::MAX, 10_000),
            (11_000, 10_000),
            (10_999, 9_999),
            (2000, 1000),
        ] {
            assert_eq!(requests_within(descriptors, false), requests);
        }
    }

    #[test]
    #[should_panic(expected = "the system allows 1999 descriptors, enough for 999 requests")]
    fn too_few_descriptors_try_nothing() {
        requests_within(1999, false);
    }

    #[test]
    fn all_that_are_required_are_there() {
        assert_eq!(requests_within(11_000, true), 10_000);
    }

    #[test]
    #[should_panic(expected = "enough for 9999 requests, not 10,000")]
    fn where_all_are_required_one_less_fails() {
        requests_within(10_999, true);
    }
}
