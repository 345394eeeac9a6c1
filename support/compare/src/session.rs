//! A run from the command line to the last line printed.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use measured::{Document, Question, Row, agreement, printable, report};

use crate::options::{Action, Options, Show, fail};
use crate::peers::Peers;
use crate::run::Children;
use crate::site::Site;
use crate::sweep::{Plan, Skipped, sweep};
use crate::{cpu, document, idle, io as question_io, sync};

const NO_OUTPUT: &str = "cannot write to standard output";

/// Does what the command line asks for.
///
/// # Errors
/// If the site or the handler of Ctrl-C cannot be set up, a document cannot be read, or the output
/// cannot be written.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    match Action::from_args() {
        Action::Measure(options) => measure(&options),
        Action::Show(files) => show(&files),
    }
}

/// Prints the tables of a saved run, and whether a second run ranks the models in the same order.
fn show(files: &Show) -> anyhow::Result<ExitCode> {
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path);
        text.map_err(anyhow::Error::from)
            .and_then(|text| Document::from_json(&text))
            .with_context(|| format!("cannot read {}", path.display()))
    };
    let first = read(&files.first)?;
    let second = files.second.as_ref().map(read).transpose()?;
    if let Some(path) = &files.report {
        write_report(path, &first)?;
    }
    print_again(&first, second.as_ref(), files.verbose).context(NO_OUTPUT)?;
    Ok(ExitCode::SUCCESS)
}

fn print_again(first: &Document, second: Option<&Document>, verbose: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}, {}", first.date, first.command)?;
    first.print(&mut out, verbose)?;
    if let Some(second) = second {
        let agreement = agreement::of(&first.rows, &second.rows);
        writeln!(
            out,
            "\nOf the differences that this run ranks, that of {} ranks {} alike, has {} within its \
             noise and {} the other way round, and does not have {}.",
            second.date,
            agreement.alike,
            agreement.noise,
            agreement.reversed.len(),
            agreement.missing
        )?;
        for reversed in agreement.reversed {
            writeln!(out, "- {reversed}")?;
        }
    }
    Ok(())
}

fn write_report(path: &Path, document: &Document) -> anyhow::Result<()> {
    std::fs::write(path, report::html(document))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Measures and prints.
fn measure(options: &Options) -> anyhow::Result<ExitCode> {
    let children = Children::default();
    let on_interrupt = children.clone();
    on_signal(move || on_interrupt.interrupt()).context("cannot handle Ctrl-C")?;
    // Every child inherits it, whichever language it is written in.
    let _ = demo_site::raise_descriptor_limit();
    let peers = Peers::find(options, &children);
    if children.interrupted() {
        return Ok(interrupted());
    }
    let mut document = document::begin(&peers);

    // All jobs are known before the first one is run: of none at all nothing could be shown.
    let mut skipped = Skipped::default();
    let mut site = None;
    let (mut io_jobs, mut cpu_jobs, mut sync_jobs) = (Vec::new(), Vec::new(), Vec::new());
    if options.asks(Question::Io) {
        let site = site.insert(Site::start()?);
        io_jobs = question_io::jobs(options, &peers, site.origin(), &mut skipped);
    }
    if options.asks(Question::Cpu) {
        cpu_jobs = cpu::jobs(options, &peers, &mut skipped)?;
    }
    if options.asks(Question::Sync) {
        sync_jobs = sync::jobs(options, &mut skipped);
    }
    if io_jobs.is_empty() && cpu_jobs.is_empty() && sync_jobs.is_empty() {
        // What is beyond the models that were named says more than which peers are missing.
        let lines = Some(skipped.lines()).filter(|lines| !lines.is_empty());
        let why = lines.unwrap_or(peers.left_out.clone()).join("; ");
        // Not by `fail`, which would leave behind what was built.
        let why = printable(&why);
        let _ = writeln!(io::stderr(), "compare: nothing is left to measure: {why}");
        return Ok(ExitCode::from(2));
    }
    document.left_out.extend(skipped.lines());

    let mut rows: Vec<Row> = Vec::new();
    let short = options.question.is_none();
    let plan = |share: u64| Plan {
        rounds: options.rounds,
        limit: options.limit,
        until: short.then(|| Instant::now() + Duration::from_secs(share)),
    };
    if options.asks(Question::Io) {
        rows.extend(sweep("io", io_jobs, &plan(75), &children, site.as_mut())?);
        drop(site); // It is not to run beside the computations.
    }
    if options.asks(Question::Cpu) && !children.interrupted() {
        rows.extend(sweep("cpu", cpu_jobs, &plan(25), &children, None)?);
    }
    if options.asks(Question::Sync) && !children.interrupted() {
        rows.extend(sweep("sync", sync_jobs, &plan(18), &children, None)?);
    }

    let fewest = rows.iter().filter(|row| row.why.is_none());
    let fewest = fewest.map(|row| row.rounds.len()).min();
    let out_of_time = |&fewest: &usize| fewest < options.rounds && !children.interrupted();
    if let Some(fewest) = fewest.filter(out_of_time) {
        document.left_out.push(format!(
            "rounds: some rows have {fewest} of {}, as the time was up",
            options.rounds
        ));
    }
    document.finish(rows, children.interrupted());
    let mut out = io::stdout().lock();
    let printed = if options.json {
        document.print_json(&mut out)
    } else {
        document.print(&mut out, options.verbose)
    };
    // Where one cannot be written, the other keeps what was measured.
    if let Some(path) = &options.report {
        write_report(path, &document)?;
    }
    printed.context(NO_OUTPUT)?;
    if document.interrupted {
        return Ok(interrupted());
    }
    if !document.has_figures() {
        let why = document.rows.iter().find_map(|row| row.why.as_deref());
        let why = why.unwrap_or("no round ended");
        let _ = writeln!(io::stderr(), "compare: nothing was measured: {why}");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn interrupted() -> ExitCode {
    let what = "interrupted; what was measured before is kept";
    let _ = writeln!(io::stderr(), "compare: {what}");
    ExitCode::from(130)
}

/// Sets a handler for Ctrl-C, for the end of the session (SIGHUP), and for a plain kill (SIGTERM).
/// Under nohup the end of the session stays without effect: ctrlc handles it in any case.
///
/// # Errors
/// If the system refuses.
#[expect(
    unsafe_code,
    reason = "no safe wrapper tells whether a signal is ignored"
)]
fn on_signal(handler: impl FnMut() + Send + 'static) -> Result<(), ctrlc::Error> {
    // SAFETY: both dispositions are the system's own, so no function of ours runs in a handler.
    // This is the main thread, and no other exists yet that could set one too.
    let before = unsafe { libc::signal(libc::SIGHUP, libc::SIG_DFL) };
    ctrlc::set_handler(handler)?;
    if before == libc::SIG_IGN {
        // SAFETY: as above.
        unsafe { libc::signal(libc::SIGHUP, libc::SIG_IGN) };
    }
    Ok(())
}

/// A child of this program: does one piece of work and says how it went.
///
/// # Errors
/// If the arguments are not those that the parent gives, or nobody reads what it says.
pub(crate) fn child(arguments: &[String]) -> anyhow::Result<ExitCode> {
    // Where the parent is killed, its children are to go with it.
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    let Some((question, arguments)) = arguments.split_first() else {
        fail(2, "--child is for this program alone");
    };
    let report = match question.as_str() {
        "site" => {
            crate::site::serve()?;
            return Ok(ExitCode::SUCCESS);
        }
        "idle" => {
            idle::child()?;
            return Ok(ExitCode::SUCCESS);
        }
        "io" => question_io::child(arguments)?,
        "cpu" => cpu::child(arguments)?,
        "sync" => sync::child(arguments)?,
        _ => fail(2, "--child is for this program alone"),
    };
    writeln!(io::stdout(), "{}", serde_json::to_string(&report)?)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use measured::names;

    #[test]
    fn every_model_that_has_a_name_is_measured() {
        let measured = |question| -> Vec<&str> {
            match question {
                Question::Io => question_io::MODELS
                    .iter()
                    .map(|model| model.name.id)
                    .collect(),
                Question::Cpu => cpu::MODELS.iter().map(|model| model.name.id).collect(),
                Question::Sync => sync::MODELS.iter().map(|model| model.name.id).collect(),
            }
        };
        for question in [Question::Io, Question::Cpu, Question::Sync] {
            let named = names::all(question).filter(|name| !name.peer);
            let (mut named, mut measured): (Vec<&str>, _) =
                (named.map(|name| name.id).collect(), measured(question));
            named.sort_unstable();
            measured.sort_unstable();
            assert_eq!(named, measured);
        }
    }
}
