//! The command line, checked whole before anything is measured.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::num::IntErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use bytesize::ByteSize;
use clap::{ArgAction, Args, Parser};
use measured::{Name, Question, names, printable};

/// Bytes of the largest page that the fetchers accept.
pub(crate) const MAX_BODY: usize = 64 << 20;

/// What the command line asks for.
#[derive(Clone, Debug)]
pub(crate) enum Action {
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

// Plain comments: clap would print doc comments as the description.
#[derive(Parser)]
#[command(
    name = "compare",
    about = "Measures every model on the same work, each alone in a child process.",
    after_help = "Without a subcommand it asks all three questions in a short form, in about two minutes.\n\
                  Exit code: 0 if something was measured, 1 if nothing was, 2 for wrong arguments, 130 for\n\
                  Ctrl-C, SIGTERM or SIGHUP, which also prints what was measured so far.",
    disable_help_subcommand = true,
    args_conflicts_with_subcommands = true
)]
struct CommandLine {
    #[command(flatten)]
    common: CommonOptions,
    #[command(subcommand)]
    subcommand: Option<Subcommand>,
}

#[derive(clap::Subcommand)]
enum Subcommand {
    /// The same pages through every fetcher
    Io(IoOptions),
    /// The same computation by every means
    Cpu(CpuOptions),
    /// What a lock, a message, a task, a thread, a process costs
    Sync(SyncOptions),
    /// Print the tables for a saved run
    Show(Saved),
}

// The options that every question has.
#[derive(Args)]
struct CommonOptions {
    /// Only these models and peers, such as tokio,smol
    #[arg(long, value_name = "NAMES", value_delimiter = ',', num_args = 1, action = ArgAction::Set)]
    models: Vec<String>,
    /// Leave out Python, Node and other programs
    #[arg(long)]
    no_peers: bool,
    /// Rounds that count; a warm-up goes before them [default: 3]
    #[arg(long, value_name = "N", value_parser = positive)]
    rounds: Option<u64>,
    /// Time for one child, which is then ended [default: 60s, in the short form 20s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    limit: Option<Duration>,
    /// Print one JSON document with all rounds, instead of the tables
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    output: OutputOptions,
}

// The options that `show` has as well.
#[derive(Args)]
struct OutputOptions {
    /// Print everything that follows from the figures, not just five sentences
    #[arg(long)]
    verbose: bool,
    /// Write a page with charts that stands alone
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
}

#[derive(Args)]
struct IoOptions {
    #[command(flatten)]
    common: CommonOptions,
    /// Pages in flight
    #[arg(long, value_name = "LIST", value_delimiter = ',', num_args = 1, action = ArgAction::Set,
        value_parser = positive, default_value = "1,10,100,1000,10000")]
    concurrency: Vec<u64>,
    /// How long the site waits before it answers
    #[arg(long, value_name = "LIST", value_delimiter = ',', num_args = 1, action = ArgAction::Set,
        value_parser = delay, default_value = "0,50ms")]
    delay: Vec<Duration>,
    /// Pages in a round; by default it depends on how many are in flight
    #[arg(long, value_name = "N", value_parser = positive)]
    requests: Option<u64>,
    /// Bytes of a page
    #[arg(long, value_name = "SIZE", default_value = "10KiB")]
    size: ByteSize,
}

#[derive(Args)]
struct CpuOptions {
    #[command(flatten)]
    common: CommonOptions,
    /// Into how many tasks the work is cut
    #[arg(long, value_name = "LIST", value_delimiter = ',', num_args = 1, action = ArgAction::Set,
        value_parser = positive, default_value = "16,1000,100000")]
    tasks: Vec<u64>,
    /// The work: below which number the primes are counted
    #[arg(long, value_name = "N", value_parser = positive, default_value = "1000000")]
    numbers: u64,
    /// On how many cores it runs [default: 1, 2, 4 … all]
    #[arg(long, value_name = "LIST", value_delimiter = ',', num_args = 1, action = ArgAction::Set,
        value_parser = positive)]
    cores: Vec<u64>,
}

#[derive(Args)]
struct SyncOptions {
    #[command(flatten)]
    common: CommonOptions,
    /// How many threads contend
    #[arg(long, value_name = "LIST", value_delimiter = ',', num_args = 1, action = ArgAction::Set,
        value_parser = positive, default_value = "1,2,8")]
    threads: Vec<u64>,
    /// Operations in a round; of messages, a tenth
    #[arg(long, value_name = "N", value_parser = positive, default_value = "5000000")]
    operations: u64,
    /// How many tasks, threads or processes idle
    #[arg(long, value_name = "LIST", value_delimiter = ',', num_args = 1, action = ArgAction::Set,
        value_parser = positive, default_value = "1,100,1000,10000,100000")]
    units: Vec<u64>,
}

#[derive(Args)]
struct Saved {
    /// The run to print
    #[arg(value_name = "FILE.json")]
    first: Option<PathBuf>,
    /// A second run: does it rank the models in the same order?
    #[arg(value_name = "AGAIN.json")]
    second: Option<PathBuf>,
    #[command(flatten)]
    output: OutputOptions,
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

impl Action {
    /// Reads the program's arguments. Prints help, or what is wrong with them, and exits if asked
    /// to or if they are of no use.
    pub(crate) fn from_args() -> Self {
        let line = CommandLine::try_parse().unwrap_or_else(|error| match error.exit_code() {
            // --help, which goes to standard output
            0 => match error.print() {
                Ok(()) => std::process::exit(0),
                Err(error) => fail(1, &format!("cannot write to standard output: {error}")),
            },
            _ => fail(2, &first_line(&error.to_string())),
        });
        Self::new(line).unwrap_or_else(|error| fail(2, &format!("{error:#}")))
    }

    fn new(line: CommandLine) -> anyhow::Result<Self> {
        let Some(Subcommand::Show(saved)) = line.subcommand else {
            return Options::new(line).map(Self::Measure);
        };
        let OutputOptions { verbose, report } = saved.output;
        let show = Show {
            first: saved
                .first
                .context("FILE.json is missing: use compare show FILE.json")?,
            second: saved.second,
            verbose,
            report,
        };
        show.report.as_deref().map_or(Ok(()), writable)?;
        Ok(Self::Show(show))
    }
}

impl Options {
    fn new(line: CommandLine) -> anyhow::Result<Self> {
        let short = Self::short();
        let one_question = |question| Self {
            question: Some(question),
            limit: Duration::from_secs(60),
            ..Self::short()
        };
        let (common, chosen) = match line.subcommand {
            Some(Subcommand::Io(io)) => {
                let options = Self {
                    concurrency: once(io.concurrency),
                    delays: once(io.delay),
                    requests: io.requests,
                    size: io.size.as_u64(),
                    ..one_question(Question::Io)
                };
                (io.common, options)
            }
            Some(Subcommand::Cpu(cpu)) => {
                let options = Self {
                    tasks: once(cpu.tasks),
                    numbers: cpu.numbers,
                    cores: if cpu.cores.is_empty() {
                        short.cores
                    } else {
                        once(cpu.cores)
                    },
                    ..one_question(Question::Cpu)
                };
                (cpu.common, options)
            }
            Some(Subcommand::Sync(sync)) => {
                let options = Self {
                    threads: once(sync.threads),
                    operations: sync.operations,
                    units: once(sync.units),
                    ..one_question(Question::Sync)
                };
                (sync.common, options)
            }
            None | Some(Subcommand::Show(_)) => (line.common, short),
        };
        let options = Self {
            models: meant(&common.models, chosen.question)?,
            peers: !common.no_peers,
            rounds: common.rounds.map_or(Ok(chosen.rounds), usize::try_from)?,
            limit: common.limit.unwrap_or(chosen.limit),
            json: common.json,
            verbose: common.output.verbose,
            report: common.output.report,
            ..chosen
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

/// Each value once: given twice, it would give rows that cannot be told apart.
fn once<T: PartialEq>(values: Vec<T>) -> Vec<T> {
    let mut once = Vec::new();
    for value in values {
        if !once.contains(&value) {
            once.push(value);
        }
    }
    once
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
        let arguments = CommandLine::try_parse_from(words);
        let arguments = arguments.map_err(|error| first_line(&error.to_string()))?;
        match Action::new(arguments) {
            Ok(Action::Measure(options)) => Ok(options),
            Ok(Action::Show(show)) => panic!("{line}: {show:?}"),
            Err(error) => Err(format!("{error:#}")),
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        <CommandLine as clap::CommandFactory>::command().debug_assert();
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
