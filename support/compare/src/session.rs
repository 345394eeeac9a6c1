//! A run from the command line to the last line printed.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use measured::{Document, Question, Row, agreement, printable, report};

use crate::job::Selection;
use crate::options::{Action, Options, OutputOptions, SavedRuns, fail};
use crate::peers::Peers;
use crate::run::Children;
use crate::site::Site;
use crate::sweep::{Plan, sweep};
use crate::{cpu, document, idle, io as question_io, sync};

const NO_OUTPUT: &str = "cannot write to standard output";

/// Does what the command line asks for.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    match Action::from_args() {
        Action::Measure(options) => measure(&options),
        Action::Show(saved) => show(&saved),
    }
}

/// Prints the tables of a saved run, and whether a second run ranks the models in the same order.
fn show(saved: &SavedRuns) -> anyhow::Result<ExitCode> {
    let read = |path: &PathBuf| {
        let mut text = String::new();
        // As much as no run prints: `/dev/zero` has no end.
        let file = File::open(path).map(|file| file.take(64 << 20));
        let read = file.and_then(|mut file| file.read_to_string(&mut text));
        read.map_err(anyhow::Error::from)
            .and_then(|_| Document::from_json(&text))
            .with_context(|| format!("cannot read {}", path.display()))
    };
    let first = saved.first.as_ref().map(read).transpose()?;
    let first = first.context("the command line names a file")?;
    let second = saved.second.as_ref().map(read).transpose()?;
    write_report(&saved.output, &first)?;
    print_again(&first, second.as_ref(), saved.output.verbose).context(NO_OUTPUT)?;
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

fn write_report(output: &OutputOptions, document: &Document) -> anyhow::Result<()> {
    let Some(path) = &output.report else {
        return Ok(());
    };
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
    let mut document = document::new(&peers);

    // All jobs are known before the first one is run: of none at all nothing could be shown.
    let mut selection = Selection::new(options);
    let mut site = None;
    let mut questions = Vec::new();
    for question in Question::ALL {
        if !options.asks(question) {
            continue;
        }
        let jobs = match question {
            Question::Io => {
                let site = site.insert(Site::start()?);
                question_io::jobs(&mut selection, &peers, site.origin())
            }
            Question::Cpu => cpu::jobs(&mut selection, &peers)?,
            Question::Sync => sync::jobs(&mut selection),
        };
        questions.push((question, jobs));
    }
    let skipped = selection.skipped();
    if questions.iter().all(|(_, jobs)| jobs.is_empty()) {
        // What is beyond the models that were named says more than which peers are missing.
        let lines = Some(skipped).filter(|lines| !lines.is_empty());
        let why = lines.unwrap_or(peers.left_out.clone()).join("; ");
        return Ok(complain(2, &format!("nothing is left to measure: {why}")));
    }
    document.left_out.extend(skipped);

    let mut rows: Vec<Row> = Vec::new();
    let short = options.question.is_none();
    for (question, jobs) in questions {
        if children.interrupted() {
            break;
        }
        // The site ends with its question: it is not to run beside the computations.
        let (seconds, mut site) = match question {
            Question::Io => (75, site.take()),
            Question::Cpu => (25, None),
            Question::Sync => (18, None),
        };
        let plan = Plan {
            rounds: options.common.rounds,
            limit: options.limit(),
            until: short.then(|| Instant::now() + Duration::from_secs(seconds)),
        };
        rows.extend(sweep(question.id(), jobs, &plan, &children, site.as_mut())?);
    }

    let finished = rows.iter().filter(|row| row.why.is_none());
    let fewest = finished.map(|row| row.rounds.len() as u64).min();
    let all = options.common.rounds;
    if let Some(fewest) = fewest.filter(|&fewest| fewest < all && !children.interrupted()) {
        document.left_out.push(format!(
            "rounds: some rows have {fewest} of {all}, as the time was up"
        ));
    }
    document.finish(rows, children.interrupted());
    let mut out = io::stdout().lock();
    let printed = if options.common.json {
        document.print_json(&mut out)
    } else {
        document.print(&mut out, options.common.output.verbose)
    };
    // Where one cannot be written, the other keeps what was measured.
    write_report(&options.common.output, &document)?;
    printed.context(NO_OUTPUT)?;
    if document.interrupted {
        return Ok(interrupted());
    }
    if !document.has_figures() {
        let why = document.rows.iter().find_map(|row| row.why.as_deref());
        let why = why.unwrap_or("no round ended");
        return Ok(complain(1, &format!("nothing was measured: {why}")));
    }
    Ok(ExitCode::SUCCESS)
}

fn interrupted() -> ExitCode {
    complain(130, "interrupted; what was measured before is kept")
}

/// Says why, in one line. Unlike `fail` this ends nothing, so that what was built can be removed.
fn complain(code: u8, why: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "compare: {}", printable(why));
    ExitCode::from(code)
}

/// Sets a handler for Ctrl-C, for the end of the session (SIGHUP), and for a plain kill (SIGTERM).
/// Under nohup the end of the session stays without effect: ctrlc handles it in any case.
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
pub(crate) fn child(arguments: &[String]) -> anyhow::Result<ExitCode> {
    // Where the parent is killed, its children are to go with it.
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    let question = arguments.first().map_or("", String::as_str);
    let report = match question {
        "site" => return crate::site::serve().map(|()| ExitCode::SUCCESS),
        "idle" => return Ok(idle::child().map(|()| ExitCode::SUCCESS)?),
        "io" => question_io::child(&arguments[1..])?,
        "cpu" => cpu::child(&arguments[1..])?,
        "sync" => sync::child(&arguments[1..])?,
        _ => fail(2, "--child is for this program alone"),
    };
    writeln!(io::stdout(), "{}", serde_json::to_string(&report)?)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use measured::names;

    use super::*;
    use crate::model::Model;

    fn assert_all_named<F>(question: Question, models: &[Model<F>]) {
        let named = names::all(question).filter(|name| !name.peer);
        let mut named: Vec<&str> = named.map(|name| name.id).collect();
        let mut measured: Vec<&str> = models.iter().map(|model| model.name.id).collect();
        named.sort_unstable();
        measured.sort_unstable();
        assert_eq!(named, measured);
    }

    #[test]
    fn every_model_that_has_a_name_is_measured() {
        assert_all_named(Question::Io, question_io::MODELS);
        assert_all_named(Question::Cpu, cpu::MODELS);
        assert_all_named(
            Question::Sync,
            &sync::GROUPS.map(|(_, models)| models).concat(),
        );
    }
}
