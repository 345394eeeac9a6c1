//! The command line, checked whole before anything is measured.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::num::IntErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use bytesize::ByteSize;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use measured::{Name, Question, names, printable};

/// Bytes of the largest page that the fetchers accept.
pub(crate) const MAX_BODY: usize = 64 << 20;

/// What the command line asks for.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    /// To measure.
    Measure(Options),
    /// To read what was measured before.
    Show(Show),
}

/// Documents that `--json` has printed.
#[derive(Clone, Debug)]
pub(crate) struct Show {
    /// The one that is printed once more.
    pub(crate) first: PathBuf,
    /// One of another run, which may rank differently.
    pub(crate) second: Option<PathBuf>,
    /// Write the report as a page of HTML.
    pub(crate) report: Option<PathBuf>,
    /// Print all advice, with the figures.
    pub(crate) verbose: bool,
}

/// What is to be measured, and how.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// The one question that is named; `None` stands for all three in their short form.
    pub(crate) question: Option<Question>,
    /// Only these models and peers; empty stands for all.
    pub(crate) models: Vec<&'static str>,
    /// Whether peers are measured where they are installed.
    pub(crate) peers: bool,
    /// Rounds that count.
    pub(crate) rounds: usize,
    /// Time for one child.
    pub(crate) limit: Duration,
    /// `io`: pages in flight.
    pub(crate) concurrency: Vec<u64>,
    /// `io`: how long the site waits before it answers.
    pub(crate) delays: Vec<Duration>,
    /// `io`: pages in a round; by default it depends on how many are in flight.
    pub(crate) requests: Option<u64>,
    /// `io`: bytes of a page.
    pub(crate) size: u64,
    /// `cpu`: into how many tasks the work is cut.
    pub(crate) tasks: Vec<u64>,
    /// `cpu`: the work: below which number the primes are counted.
    pub(crate) numbers: u64,
    /// `cpu`: on how many cores it runs.
    pub(crate) cores: Vec<u64>,
    /// `sync`: how many threads contend.
    pub(crate) threads: Vec<u64>,
    /// `sync`: operations in a round.
    pub(crate) operations: u64,
    /// `sync`: how many tasks, threads or processes idle.
    pub(crate) units: Vec<u64>,
    /// Print one JSON document instead of the tables.
    pub(crate) json: bool,
    /// Print all advice, with the figures.
    pub(crate) verbose: bool,
    /// Write the report as a page of HTML.
    pub(crate) report: Option<PathBuf>,
}

const QUESTIONS: [(&str, Question, &str); 3] = [
    ("io", Question::Io, "The same pages through every fetcher"),
    ("cpu", Question::Cpu, "The same computation by every means"),
    (
        "sync",
        Question::Sync,
        "What a lock, a message, a task, a thread, a process costs",
    ),
];

fn list(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value)
        .value_delimiter(',')
        .num_args(1)
        .help(help)
}

fn positive(text: &str) -> Result<u64, String> {
    match text.replace('_', "").parse::<u64>() {
        Ok(0) => Err("must be at least 1".to_owned()),
        Ok(number) if number <= 10_000_000 => Ok(number),
        Err(error) if *error.kind() != IntErrorKind::PosOverflow => {
            Err("expects a whole number".to_owned())
        }
        Ok(_) | Err(_) => Err("must be at most ten million".to_owned()),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if duration > Duration::from_secs(3600) {
        return Err("longer than an hour".to_owned());
    }
    Ok(duration)
}

/// The site counts in microseconds.
fn delay(text: &str) -> Result<Duration, String> {
    let delay = duration(text)?;
    if delay.subsec_nanos() % 1_000 != 0 {
        return Err("expects a whole number of microseconds".to_owned());
    }
    Ok(delay)
}

/// What every question takes.
fn common(command: Command) -> Command {
    command
        .arg(list(
            "models",
            "NAMES",
            "Only these models and peers, such as tokio,smol",
        ))
        .arg(
            Arg::new("no-peers")
                .long("no-peers")
                .action(ArgAction::SetTrue)
                .help("Leave out Python, Node and other programs"),
        )
        .arg(
            Arg::new("rounds")
                .long("rounds")
                .value_name("N")
                .value_parser(positive)
                .help("Rounds that count; a warm-up goes before them [default: 3]"),
        )
        .arg(
            Arg::new("limit")
                .long("limit")
                .value_name("TIME")
                .value_parser(duration)
                .help(
                    "Time for one child, which is then ended [default: 60s, in the short form 20s]",
                ),
        )
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("Print one JSON document with all rounds, instead of the tables"),
        )
        .arg(verbose())
        .arg(report())
}

fn verbose() -> Arg {
    Arg::new("verbose")
        .long("verbose")
        .action(ArgAction::SetTrue)
        .help("Print everything that follows from the figures, not just five sentences")
}

fn report() -> Arg {
    Arg::new("report")
        .long("report")
        .value_name("FILE.html")
        .value_parser(value_parser!(PathBuf))
        .help("Write a page with charts that stands alone")
}

fn file(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .value_name(value)
        .value_parser(value_parser!(PathBuf))
        .help(help)
}

fn command() -> Command {
    let [io, cpu, sync] = QUESTIONS.map(|(name, _, about)| common(Command::new(name).about(about)));
    let io = io
        .arg(
            list("concurrency", "LIST", "Pages in flight")
                .value_parser(positive)
                .default_value("1,10,100,1000,10000"),
        )
        .arg(
            list("delay", "LIST", "How long the site waits before it answers")
                .value_parser(delay)
                .default_value("0,50ms"),
        )
        .arg(
            Arg::new("requests")
                .long("requests")
                .value_name("N")
                .value_parser(positive)
                .help("Pages in a round; by default it depends on how many are in flight"),
        )
        .arg(
            Arg::new("size")
                .long("size")
                .value_name("SIZE")
                .value_parser(value_parser!(ByteSize))
                .default_value("10KiB")
                .help("Bytes of a page"),
        );
    let cpu = cpu
        .arg(
            list("tasks", "LIST", "Into how many tasks the work is cut")
                .value_parser(positive)
                .default_value("16,1000,100000"),
        )
        .arg(
            Arg::new("numbers")
                .long("numbers")
                .value_name("N")
                .value_parser(positive)
                .default_value("1000000")
                .help("The work: below which number the primes are counted"),
        );
    let cpu = cpu.arg(
        list(
            "cores",
            "LIST",
            "On how many cores it runs [default: 1, 2, 4 … all]",
        )
        .value_parser(positive),
    );
    let sync = sync
        .arg(
            list("threads", "LIST", "How many threads contend")
                .value_parser(positive)
                .default_value("1,2,8"),
        )
        .arg(
            Arg::new("operations")
                .long("operations")
                .value_name("N")
                .value_parser(positive)
                .default_value("5000000")
                .help("Operations in a round; of messages, a tenth"),
        )
        .arg(
            list("units", "LIST", "How many tasks, threads or processes idle")
                .value_parser(positive)
                .default_value("1,100,1000,10000,100000"),
        );
    let show = Command::new("show")
        .about("Print the tables for a saved run")
        .arg(file("first", "FILE.json", "The run to print"))
        .arg(file(
            "second",
            "AGAIN.json",
            "A second run: does it rank the models in the same order?",
        ))
        .arg(verbose())
        .arg(report());
    common(Command::new("compare"))
        .about("Measures every model on the same work, each alone in a child process.")
        .after_help(
            "Without a subcommand it asks all three questions in a short form, in about two minutes.\n\
             Exit code: 0 if something was measured, 1 if nothing was, 2 for wrong arguments, 130 for\n\
             Ctrl-C, SIGTERM or SIGHUP, which also prints what was measured so far.",
        )
        .disable_help_subcommand(true)
        .args_conflicts_with_subcommands(true)
        .subcommands([io, cpu, sync, show])
}

impl Asked {
    /// Reads the program's arguments. Prints help, or what is wrong with them, and exits if asked
    /// to or if they are of no use.
    pub(crate) fn from_args() -> Self {
        let matches = command()
            .try_get_matches()
            .unwrap_or_else(|error| match error.exit_code() {
                // --help, which goes to standard output
                0 => match error.print() {
                    Ok(()) => std::process::exit(0),
                    Err(error) => fail(1, &format!("cannot write to standard output: {error}")),
                },
                _ => fail(2, &first_line(&error.to_string())),
            });
        Self::from_matches(&matches).unwrap_or_else(|error| fail(2, &format!("{error:#}")))
    }

    fn from_matches(matches: &ArgMatches) -> anyhow::Result<Self> {
        let Some(("show", matches)) = matches.subcommand() else {
            return Options::from_matches(matches).map(Self::Measure);
        };
        let show = Show {
            first: one(matches, "first")
                .context("FILE.json is missing: use compare show FILE.json")?,
            second: one(matches, "second"),
            verbose: matches.get_flag("verbose"),
            report: one(matches, "report"),
        };
        show.report.as_deref().map_or(Ok(()), writable)?;
        Ok(Self::Show(show))
    }
}

impl Options {
    fn from_matches(matches: &ArgMatches) -> anyhow::Result<Self> {
        let short = Self::short();
        let (question, matches) = match matches.subcommand() {
            None => (None, matches),
            Some((name, matches)) => {
                let question = QUESTIONS.iter().find(|question| question.0 == name);
                (question.map(|question| question.1), matches)
            }
        };
        let limit = match question {
            None => short.limit,
            Some(_) => Duration::from_secs(60),
        };
        let numbers = |id: &str, short: &[u64]| many(matches, id).unwrap_or(short.to_vec());
        let options = Self {
            question,
            models: meant(&many(matches, "models").unwrap_or_default(), question)?,
            peers: !matches.get_flag("no-peers"),
            rounds: one::<u64>(matches, "rounds").map_or(Ok(short.rounds), usize::try_from)?,
            limit: one(matches, "limit").unwrap_or(limit),
            concurrency: numbers("concurrency", &short.concurrency),
            delays: many(matches, "delay").unwrap_or(short.delays),
            requests: one(matches, "requests"),
            size: one(matches, "size").map_or(short.size, |size: ByteSize| size.as_u64()),
            tasks: numbers("tasks", &short.tasks),
            numbers: one(matches, "numbers").unwrap_or(short.numbers),
            cores: numbers("cores", &short.cores),
            threads: numbers("threads", &short.threads),
            operations: one(matches, "operations").unwrap_or(short.operations),
            units: numbers("units", &short.units),
            json: matches.get_flag("json"),
            verbose: matches.get_flag("verbose"),
            report: one(matches, "report"),
        };
        ensure!(
            !options.limit.is_zero(),
            "--limit 0s: no model can finish in no time"
        );
        if options.size > MAX_BODY as u64 {
            let most = ByteSize::b(MAX_BODY as u64);
            bail!(
                "--size {}: the fetchers take {most} at most",
                ByteSize::b(options.size)
            );
        }
        let cores = cores() as u64;
        if let Some(many) = options.cores.iter().find(|&&many| many > cores) {
            bail!("--cores {many}: this program may use {cores}");
        }
        options.report.as_deref().map_or(Ok(()), writable)?;
        Ok(options)
    }

    /// The form in which all three questions together take about two minutes.
    fn short() -> Self {
        Self {
            question: None,
            models: Vec::new(),
            peers: true,
            rounds: 3,
            limit: Duration::from_secs(20),
            concurrency: vec![1, 100, 1000],
            delays: vec![Duration::ZERO, Duration::from_millis(50)],
            requests: None,
            size: 10 << 10,
            tasks: vec![16, 10_000],
            numbers: 300_000,
            cores: some_cores(),
            threads: vec![1, 2, 8],
            operations: 1_000_000,
            units: vec![1, 100, 10_000],
            json: false,
            verbose: false,
            report: None,
        }
    }

    /// Whether this question is asked.
    pub(crate) fn asks(&self, question: Question) -> bool {
        self.question.is_none_or(|asked| asked == question)
    }

    /// Whether this model or peer is to be measured where its question is asked.
    pub(crate) fn wants(&self, name: Name) -> bool {
        self.models.is_empty() || self.models.contains(&name.id)
    }

    /// Whether this model or peer is to be measured for this question.
    pub(crate) fn wants_for(&self, question: Question, name: Name) -> bool {
        self.asks(question) && self.wants(name)
    }
}

/// How many cores this program may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The names that are meant, for the questions that are asked.
fn meant(texts: &[String], question: Option<Question>) -> anyhow::Result<Vec<&'static str>> {
    let questions: &[Question] = match &question {
        Some(question) => std::slice::from_ref(question),
        None => &[Question::Io, Question::Cpu, Question::Sync],
    };
    let mut meant = Vec::new();
    for text in texts {
        let text = text.trim();
        let found = questions
            .iter()
            .filter_map(|&question| names::find(question, text));
        let found: Vec<&str> = found.map(|name| name.id).collect();
        if found.is_empty() {
            let known = questions.iter().flat_map(|&question| names::all(question));
            let known: Vec<&str> = known.map(|name| name.id).collect();
            bail!(
                "--models {text:?}: no such model; use one of {}",
                known.join(", ")
            );
        }
        for id in found {
            if !meant.contains(&id) {
                meant.push(id);
            }
        }
    }
    Ok(meant)
}

/// 1, 2, 4 and so on, and all that there are. Only on Linux can a program be told to use fewer.
fn some_cores() -> Vec<u64> {
    let all = cores() as u64;
    if cfg!(not(target_os = "linux")) {
        return Vec::new();
    }
    let doubled = std::iter::successors(Some(1), |cores| Some(cores * 2));
    let mut cores: Vec<u64> = doubled.take_while(|&cores| cores < all).collect();
    cores.push(all);
    cores
}

/// Opened without being emptied: an older report is lost only to a newer one. Where there was none,
/// none stays behind: what follows may fail or be interrupted.
fn writable(path: &Path) -> anyhow::Result<()> {
    let new = !path.exists();
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .and_then(|_| if new { fs::remove_file(path) } else { Ok(()) })
        .with_context(|| format!("cannot write {}", path.display()))
}

fn one<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, id: &str) -> Option<T> {
    matches.try_get_one(id).ok().flatten().cloned()
}

/// Each value once: given twice, it would give rows that cannot be told apart. An option that the
/// question in hand does not have is absent, which clap calls an error.
fn many<T>(matches: &ArgMatches, id: &str) -> Option<Vec<T>>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let mut once: Vec<T> = Vec::new();
    for value in matches.try_get_many(id).ok().flatten()? {
        if !once.contains(value) {
            once.push(value.clone());
        }
    }
    Some(once)
}

/// clap says what is wrong in its first line; its usage stands in `--help`.
fn first_line(error: &str) -> String {
    let line = error.lines().next().unwrap_or_default();
    let line = line.strip_prefix("error: ").unwrap_or(line);
    format!("{line}; --help lists the options")
}

/// One clear line on standard error, and the end of the program.
pub(crate) fn fail(code: i32, message: &str) -> ! {
    // Whether anybody reads it or not, the exit code tells the same.
    let _ = writeln!(io::stderr(), "compare: {}", printable(message));
    std::process::exit(code);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        let words = line.split_whitespace();
        let matches = command().try_get_matches_from(words);
        let matches = matches.map_err(|error| first_line(&error.to_string()))?;
        match Asked::from_matches(&matches) {
            Ok(Asked::Measure(options)) => Ok(options),
            Ok(Asked::Show(show)) => panic!("{line}: {show:?}"),
            Err(error) => Err(format!("{error:#}")),
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn a_list_is_swept() {
        let options = parse("compare io --concurrency 4,1 --delay 0,20ms --requests 20").unwrap();
        assert_eq!(options.question, Some(Question::Io));
        assert_eq!(options.concurrency, [4, 1]);
        assert_eq!(options.delays, [Duration::ZERO, Duration::from_millis(20)]);
        assert_eq!(options.requests, Some(20));
        assert!(options.asks(Question::Io) && !options.asks(Question::Cpu));
    }

    #[test]
    fn what_is_named_twice_is_measured_once() {
        let line = "compare io --concurrency 4,1,4 --delay 50ms,50000us --models smol,smol";
        let options = parse(line).unwrap();
        assert_eq!(options.concurrency, [4, 1]);
        assert_eq!(options.delays, [Duration::from_millis(50)]);
        assert_eq!(options.models, ["smol"]);
        let named = parse("compare io --models async-fetch,Smol,ureq").unwrap();
        assert_eq!(named.models, ["tokio", "smol", "threads-ureq"]);
        let both = parse("compare --models sequential").unwrap();
        assert_eq!(both.models, ["sequential"]);
    }

    #[test]
    fn no_word_asks_all_three_in_short() {
        let options = parse("compare --rounds 1").unwrap();
        assert!(options.asks(Question::Io) && options.asks(Question::Sync));
        assert_eq!(options.rounds, 1);
        assert_eq!(options.concurrency, Options::short().concurrency);
        for (line, rounds, limit) in [
            ("compare", 3, 20),
            ("compare io", 3, 60),
            ("compare --rounds 2 --limit 5s", 2, 5),
            ("compare sync --rounds 2 --limit 5s", 2, 5),
        ] {
            let options = parse(line).unwrap();
            let limit = Duration::from_secs(limit);
            assert_eq!((options.rounds, options.limit), (rounds, limit), "{line}");
        }
    }

    #[test]
    fn what_cannot_be_measured_is_refused_in_one_line() {
        for (line, why) in [
            ("compare io --rounds 0", "must be at least 1"),
            ("compare io --concurrency 1,0", "must be at least 1"),
            ("compare io --concurrency many", "whole number"),
            (
                "compare io --rounds 99999999999999999999",
                "must be at most ten million",
            ),
            ("compare io --delay soon", "number"),
            ("compare io --delay 500ns", "microseconds"),
            ("compare io --delay 1us,1ms1ns", "microseconds"),
            ("compare io --limit 0s", "no time"),
            ("compare io --size 65MiB", "64.0 MiB at most"),
            ("compare io --report /nowhere/at/all.html", "cannot write"),
            ("compare io --models std-mutex", "no such model"),
            ("compare disk", "disk"),
            ("compare show", "FILE.json"),
            (
                "compare show a.json --report /nowhere/at/all.html",
                "cannot write",
            ),
            ("compare cpu --delay 1s", "--delay"),
            ("compare cpu --cores 9999999", "this program may use"),
        ] {
            let error = parse(line).expect_err(line);
            assert!(error.contains(why), "{line}: {error}");
            assert_eq!(error.lines().count(), 1, "{line}: {error}");
        }
    }
}
