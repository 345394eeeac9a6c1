//! The command line, checked whole before anything is measured.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::num::IntErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use bytesize::ByteSize;
use clap::{ArgAction, Args, Parser};
use measured::{Name, Question, names, printable};

/// Bytes of the largest page that the fetchers accept.
pub(crate) const MAX_BODY: usize = 64 << 20;

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Action {
    Measure(Box<Options>),
    Show(SavedRuns),
}

/// What is to be measured, and how.
#[derive(Debug)]
pub(crate) struct Options {
    /// The question that is named; `None` means all three in their short form.
    pub(crate) question: Option<Question>,
    /// Only these models and peers; empty means all.
    pub(crate) models: Vec<&'static str>,
    pub(crate) common: CommonOptions,
    pub(crate) io: IoOptions,
    pub(crate) cpu: CpuOptions,
    pub(crate) sync: SyncOptions,
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
    Io {
        #[command(flatten)]
        common: CommonOptions,
        #[command(flatten)]
        io: IoOptions,
    },
    /// The same computation by every means
    Cpu {
        #[command(flatten)]
        common: CommonOptions,
        #[command(flatten)]
        cpu: CpuOptions,
    },
    /// What a lock, a message, a task, a thread, a process costs
    Sync {
        #[command(flatten)]
        common: CommonOptions,
        #[command(flatten)]
        sync: SyncOptions,
    },
    /// Print the tables for a saved run
    Show(SavedRuns),
}

// The options that every question has.
#[derive(Args, Debug)]
pub(crate) struct CommonOptions {
    /// Only these models and peers, such as tokio,smol
    #[arg(long, value_name = "NAMES", value_delimiter = ',', num_args = 1, action = ArgAction::Append)]
    pub(crate) models: Vec<String>,
    /// Leave out Python, Node and other programs
    #[arg(long)]
    pub(crate) no_peers: bool,
    /// Rounds that count; a warm-up goes before them
    #[arg(long, value_name = "N", value_parser = positive, default_value = "3")]
    pub(crate) rounds: u64,
    /// Time for one child, which is then ended [default: 60s, in the short form 20s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) limit: Option<Duration>,
    /// Print one JSON document with all rounds, instead of the tables
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

// The options that `show` has as well.
#[derive(Args, Debug)]
pub(crate) struct OutputOptions {
    /// Print everything that follows from the figures, not just five sentences
    #[arg(long)]
    pub(crate) verbose: bool,
    /// Write a page with charts that stands alone
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct IoOptions {
    /// Pages in flight
    #[arg(long, value_name = "LIST", value_delimiter = ',', num_args = 1, action = ArgAction::Set,
        value_parser = positive, default_value = "1,10,100,1000,10000")]
    pub(crate) concurrency: Vec<u64>,
    /// How long the site waits before it answers
    #[arg(long, value_name = "LIST", value_delimiter = ',', num_args = 1, action = ArgAction::Set,
        value_parser = delay, default_value = "0,50ms")]
    pub(crate) delay: Vec<Duration>,
    /// Pages in a round; by default it depends on how many are in flight
    #[arg(long, value_name = "N", value_parser = positive)]
    pub(crate) requests: Option<u64>,
    /// Bytes of a page
    #[arg(long, value_name = "SIZE", default_value = "10KiB")]
    pub(crate) size: ByteSize,
}

#[derive(Args, Debug)]
pub(crate) struct CpuOptions {
    /// Into how many tasks the work is cut
    #[arg(long, value_name = "LIST", value_delimiter = ',', num_args = 1, action = ArgAction::Set,
        value_parser = positive, default_value = "16,1000,100000")]
    pub(crate) tasks: Vec<u64>,
    /// The work: below which number the primes are counted
    #[arg(long, value_name = "N", value_parser = positive, default_value = "1000000")]
    pub(crate) numbers: u64,
    /// On how many cores it runs [default: 1, 2, 4 … all]
    #[arg(long, value_name = "LIST", value_delimiter = ',', num_args = 1, action = ArgAction::Set,
        value_parser = positive)]
    pub(crate) cores: Vec<u64>,
}

#[derive(Args, Debug)]
pub(crate) struct SyncOptions {
    /// How many threads contend
    #[arg(long, value_name = "LIST", value_delimiter = ',', num_args = 1, action = ArgAction::Set,
        value_parser = positive, default_value = "1,2,8")]
    pub(crate) threads: Vec<u64>,
    /// Operations in a round; of messages, a tenth
    #[arg(long, value_name = "N", value_parser = positive, default_value = "5000000")]
    pub(crate) operations: u64,
    /// How many tasks, threads or processes idle
    #[arg(long, value_name = "LIST", value_delimiter = ',', num_args = 1, action = ArgAction::Set,
        value_parser = positive, default_value = "1,100,1000,10000,100000")]
    pub(crate) units: Vec<u64>,
}

#[derive(Args, Debug)]
pub(crate) struct SavedRuns {
    /// The run to print
    #[arg(value_name = "FILE.json")]
    pub(crate) first: Option<PathBuf>,
    /// A second run: does it rank the models in the same order?
    #[arg(value_name = "AGAIN.json")]
    pub(crate) second: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
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
        let options = |question, common| Options {
            question,
            ..Options::short(common)
        };
        let mut options = match line.subcommand {
            None => options(None, line.common),
            Some(Subcommand::Io { common, io }) => Options {
                io,
                ..options(Some(Question::Io), common)
            },
            Some(Subcommand::Cpu { common, cpu }) => Options {
                cpu,
                ..options(Some(Question::Cpu), common)
            },
            Some(Subcommand::Sync { common, sync }) => Options {
                sync,
                ..options(Some(Question::Sync), common)
            },
            Some(Subcommand::Show(saved)) => {
                let first = saved.first.as_ref();
                first.context("FILE.json is missing: use compare show FILE.json")?;
                saved.output.check()?;
                return Ok(Self::Show(saved));
            }
        };
        options.complete()?;
        Ok(Self::Measure(Box::new(options)))
    }
}

impl Options {
    /// The form in which all three questions together take about two minutes.
    fn short(common: CommonOptions) -> Self {
        Self {
            question: None,
            models: Vec::new(),
            common,
            io: IoOptions {
                concurrency: vec![1, 100, 1000],
                delay: vec![Duration::ZERO, Duration::from_millis(50)],
                requests: None,
                size: ByteSize::kib(10),
            },
            cpu: CpuOptions {
                tasks: vec![16, 10_000],
                numbers: 300_000,
                cores: Vec::new(),
            },
            sync: SyncOptions {
                threads: vec![1, 2, 8],
                operations: 1_000_000,
                units: vec![1, 100, 10_000],
            },
        }
    }

    /// Fills in what depends on the machine and on other options, and checks what clap cannot.
    fn complete(&mut self) -> anyhow::Result<()> {
        self.models = resolve(&self.common.models, self.question)?;
        ensure!(
            self.common.limit != Some(Duration::ZERO),
            "--limit 0s: no model can finish in no time"
        );
        let (size, most) = (self.io.size, ByteSize::b(MAX_BODY as u64));
        ensure!(
            size <= most,
            "--size {size}: the fetchers take {most} at most"
        );
        let cores = cores() as u64;
        if let Some(many) = self.cpu.cores.iter().find(|&&many| many > cores) {
            bail!("--cores {many}: this program may use {cores}");
        }
        if self.cpu.cores.is_empty() {
            self.cpu.cores = default_cores();
        }
        keep_first(&mut self.io.delay);
        for list in [
            &mut self.io.concurrency,
            &mut self.cpu.tasks,
            &mut self.cpu.cores,
            &mut self.sync.threads,
            &mut self.sync.units,
        ] {
            keep_first(list);
        }
        self.common.output.check()
    }

    /// Time for one child.
    pub(crate) fn limit(&self) -> Duration {
        let seconds = if self.question.is_none() { 20 } else { 60 };
        let default = Duration::from_secs(seconds);
        self.common.limit.unwrap_or(default)
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
fn resolve(texts: &[String], question: Option<Question>) -> anyhow::Result<Vec<&'static str>> {
    let asked = |asked: &Question| question.is_none_or(|question| question == *asked);
    let questions = || Question::ALL.into_iter().filter(asked);
    let mut meant = Vec::new();
    // A comma at the end names nothing.
    let named = texts.iter().map(|text| text.trim());
    let named: Vec<&str> = named.filter(|text| !text.is_empty()).collect();
    ensure!(
        texts.is_empty() || !named.is_empty(),
        "--models names no model; leave it out to measure all"
    );
    for text in named {
        let found = questions().flat_map(|question| names::find_all(question, text));
        let before = meant.len();
        meant.extend(found.map(|name| name.id));
        if meant.len() == before {
            let known = questions().flat_map(names::all).map(|name| name.id);
            let known = known.collect::<Vec<_>>().join(", ");
            bail!("--models {text:?}: no such model; use one of {known}");
        }
    }
    keep_first(&mut meant);
    Ok(meant)
}

/// 1, 2, 4 and so on, and all that there are. Only on Linux can a program be told to use fewer.
fn default_cores() -> Vec<u64> {
    let all = cores() as u64;
    if cfg!(not(target_os = "linux")) {
        return Vec::new();
    }
    let doubled = std::iter::successors(Some(1), |cores| Some(cores * 2));
    let mut cores: Vec<u64> = doubled.take_while(|&cores| cores < all).collect();
    cores.push(all);
    cores
}

impl OutputOptions {
    /// Opens the report without emptying it: an older report is lost only to a newer one. Where there
    /// was none, none stays behind: what follows may fail or be interrupted.
    fn check(&self) -> anyhow::Result<()> {
        let Some(path) = &self.report else {
            return Ok(());
        };
        let new = !path.exists();
        OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .and_then(|_| if new { fs::remove_file(path) } else { Ok(()) })
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Keeps each value once: given twice, it would give rows that cannot be told apart.
fn keep_first<T: PartialEq>(values: &mut Vec<T>) {
    for value in std::mem::take(values) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
}

/// The first line of clap's error says what is wrong. The usage is shown by `--help`.
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
pub(crate) mod tests {
    use super::*;

    pub(crate) fn parse(line: &str) -> Result<Options, String> {
        let words = line.split_whitespace();
        let arguments = CommandLine::try_parse_from(words);
        let arguments = arguments.map_err(|error| first_line(&error.to_string()))?;
        match Action::new(arguments) {
            Ok(Action::Measure(options)) => Ok(*options),
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
        assert_eq!(options.io.concurrency, [4, 1]);
        assert_eq!(
            options.io.delay,
            [Duration::ZERO, Duration::from_millis(20)]
        );
        assert_eq!(options.io.requests, Some(20));
        assert!(options.asks(Question::Io) && !options.asks(Question::Cpu));
    }

    #[test]
    fn what_is_named_twice_is_measured_once() {
        let line = "compare io --concurrency 4,1,4 --delay 50ms,50000us --models smol,smol";
        let options = parse(line).unwrap();
        assert_eq!(options.io.concurrency, [4, 1]);
        assert_eq!(options.io.delay, [Duration::from_millis(50)]);
        assert_eq!(options.models, ["smol"]);
        let named = parse("compare io --models async_fetch,Smol,ureq").unwrap();
        assert_eq!(named.models, ["tokio", "smol", "threads-ureq"]);
        let both = parse("compare --models sequential").unwrap();
        assert_eq!(both.models, ["sequential"]);
        let blanks = parse("compare io --models tokio,,smol, --models Smol").unwrap();
        assert_eq!(blanks.models, ["tokio", "smol"]);
        let several = parse("compare sync --models rwlock").unwrap();
        assert_eq!(
            several.models,
            [
                "std-rwlock",
                "parking-lot-rwlock",
                "tokio-rwlock",
                "our-rwlock"
            ]
        );
    }

    #[test]
    fn no_word_asks_all_three_in_short() {
        let options = parse("compare --rounds 1").unwrap();
        assert!(options.asks(Question::Io) && options.asks(Question::Sync));
        assert_eq!(options.common.rounds, 1);
        assert_eq!(options.io.concurrency, [1, 100, 1000]);
        for (line, rounds, limit) in [
            ("compare", 3, 20),
            ("compare io", 3, 60),
            ("compare --rounds 2 --limit 5s", 2, 5),
            ("compare sync --rounds 2 --limit 5s", 2, 5),
        ] {
            let options = parse(line).unwrap();
            let limit = Duration::from_secs(limit);
            assert_eq!(
                (options.common.rounds, options.limit()),
                (rounds, limit),
                "{line}"
            );
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
            ("compare io --models ,", "names no model"),
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
