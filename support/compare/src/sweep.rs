//! Takes every job through every round, so that the machine's moods fall on all alike.

use std::ffi::OsString;
use std::process::Command;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use measured::table::number;
use measured::{Name, Round, Row};

use crate::child_report::ChildReport;
use crate::run::{Children, Run, bind_to_us};
use crate::site::Site;

/// A row to be, and the child that gives its rounds.
#[derive(Debug)]
pub(crate) struct Job {
    /// The row, still without rounds. Where it says why, it is not run at all.
    pub(crate) row: Row,
    /// What to start.
    pub(crate) program: OsString,
    /// Its arguments.
    pub(crate) arguments: Vec<String>,
    /// How to understand what it prints.
    pub(crate) reading: Reading,
    /// What must come out, where something does.
    pub(crate) answer: Option<u64>,
    /// On how many cores it runs; `None` stands for all.
    pub(crate) cores: Option<usize>,
}

/// Up to which number a model is asked, and why no further; `None` where nothing stops it.
pub(crate) type Most = Option<(u64, &'static str)>;

/// What is not asked of some models: the numbers that are beyond them.
#[derive(Debug, Default)]
pub(crate) struct Skipped(Vec<(&'static str, &'static str, Vec<u64>)>);

/// What a child prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A [`ChildReport`].
    Report,
    /// Nothing that is of use: the work cannot be told from the start-up.
    Nothing,
    /// wrk's report: it works for a time, not for a number of pages, and says how many a second. Its
    /// work, its CPU time and its switches are brought to the number asked for; its wall time is not.
    Wrk,
}

/// How a sweep is run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Rounds that count.
    pub(crate) rounds: usize,
    /// Time for one child.
    pub(crate) limit: Duration,
    /// No round begins that would not be over by then. Two are run in any case: of a single one
    /// nothing follows.
    pub(crate) until: Option<Instant>,
}

impl Job {
    /// A job of this program itself.
    pub(crate) fn own(row: Row, arguments: Vec<String>) -> Self {
        Self {
            row,
            // An empty name cannot be started, and the row says so.
            program: std::env::current_exe().unwrap_or_default().into(),
            arguments: [vec!["--child".to_owned()], arguments].concat(),
            reading: Reading::Report,
            answer: None,
            cores: None,
        }
    }
}

impl Skipped {
    /// Whether the model is asked for this number. What is not asked is kept for the reader.
    pub(crate) fn allows(&mut self, model: Name, most: Most, x: u64) -> bool {
        let Some((_, why)) = most.filter(|(most, _)| x > *most) else {
            return true;
        };
        match self.0.iter_mut().find(|(name, ..)| *name == model.id) {
            Some((.., xs)) if xs.contains(&x) => {}
            Some((.., xs)) => xs.push(x),
            None => self.0.push((model.id, why, vec![x])),
        }
        false
    }

    /// One line for each model.
    pub(crate) fn lines(&self) -> Vec<String> {
        let lines = self.0.iter().map(|(model, why, xs)| {
            let xs: Vec<String> = xs.iter().map(|&x| number(x as f64)).collect();
            format!("{model} at {}: {why}", xs.join(", "))
        });
        lines.collect()
    }
}

/// Runs all jobs in every round, and gives back their rows. After an interrupt these hold what was
/// measured before.
///
/// # Errors
/// If the site ends.
pub(crate) fn sweep(
    title: &str,
    mut jobs: Vec<Job>,
    plan: &Plan,
    children: &Children,
    mut site: Option<&mut Site>,
) -> anyhow::Result<Vec<Row>> {
    // The warm-up: programs come into memory, the processor awakes. What it gives is thrown away,
    // its troubles too. In the long form it is a whole round, so that the first that counts is like
    // the rest; where time is short, each model has one run, on its first piece of work.
    let mut warm_up: Vec<&Job> = Vec::new();
    for job in &jobs {
        let warm = |warm: &&Job| warm.row.model == job.row.model;
        if job.row.why.is_some() {
            continue;
        }
        if plan.until.is_none() || !warm_up.iter().any(warm) {
            warm_up.push(job);
        }
    }
    let bar = ProgressBar::new((warm_up.len() + jobs.len() * plan.rounds) as u64);
    bar.set_style(
        ProgressStyle::with_template("{prefix} {bar:20} {pos}/{len} {elapsed} {wide_msg}")
            .expect("the template is a constant, and right"),
    );
    bar.set_prefix(title.to_owned());
    for job in warm_up {
        bar.inc(1);
        bar.set_message(format!("warming up: {}, {}", job.row.label, job.row.x));
        run(job, plan.limit, children)?;
        if let Some(site) = site.as_deref_mut() {
            site.seen()?;
        }
    }
    'rounds: for round in 0..plan.rounds {
        let start = Instant::now();
        for job in &mut jobs {
            if children.interrupted() {
                break 'rounds;
            }
            bar.inc(1);
            if job.row.why.is_some() {
                continue;
            }
            bar.set_message(format!("{}, {}", job.row.label, job.row.x));
            match run(job, plan.limit, children)? {
                Outcome::Round(mut round) => {
                    if let Some(site) = site.as_deref_mut() {
                        let seen = site.seen()?;
                        round.site = Some(seen);
                        if job.reading == Reading::Wrk {
                            bring_to(job.row.units, seen.requests, &mut round);
                        } else if seen.requests != job.row.units {
                            job.row.why = Some(format!(
                                "the site saw {} requests of {}",
                                seen.requests, job.row.units
                            ));
                        }
                    }
                    job.row.rounds.push(round);
                }
                Outcome::Trouble(why) => {
                    job.row.why = Some(why);
                    if let Some(site) = site.as_deref_mut() {
                        site.seen()?;
                    }
                }
                Outcome::Interrupted => break 'rounds,
            }
        }
        let took = start.elapsed();
        let last = round + 1 == plan.rounds;
        if !last
            && round > 0
            && plan
                .until
                .is_some_and(|until| Instant::now() + took > until)
        {
            break;
        }
    }
    bar.finish_and_clear();
    Ok(jobs.into_iter().map(|job| job.row).collect())
}

enum Outcome {
    Round(Round),
    Trouble(String),
    Interrupted,
}

fn run(job: &Job, limit: Duration, children: &Children) -> anyhow::Result<Outcome> {
    let mut command = Command::new(&job.program);
    command.args(&job.arguments);
    // The site is on this machine: a proxy that the user's settings name cannot reach it.
    command.env("no_proxy", "*").env("NO_PROXY", "*");
    if job.row.peer {
        bind_to_us(&mut command);
    }
    let run = match children.run(&mut command, job.cores, limit) {
        Ok(Some(run)) => run,
        Ok(None) => return Ok(Outcome::Interrupted),
        Err(error) => return Ok(Outcome::Trouble(format!("it did not start: {error}"))),
    };
    if let Some(trouble) = run.trouble() {
        return Ok(Outcome::Trouble(trouble));
    }
    let mut round = Round {
        wall: run.wall.as_secs_f64(),
        user: run.usage.user,
        system: run.usage.system,
        peak_memory: run.usage.peak_memory,
        most_threads: run.most_threads,
        voluntary_switches: run.usage.voluntary,
        involuntary_switches: run.usage.involuntary,
        ..Round::default()
    };
    match job.reading {
        Reading::Nothing => {}
        Reading::Wrk => match requests_a_second(&run.stdout) {
            Ok(rate) => round.work = Some(job.row.units as f64 / rate),
            Err(why) => return Ok(Outcome::Trouble(why)),
        },
        Reading::Report => {
            if let Err(why) = take_word(job, &run, &mut round) {
                return Ok(Outcome::Trouble(why));
            }
        }
    }
    Ok(Outcome::Round(round))
}

/// Makes what was used for the pages that came of what would have been used for the pages asked for.
fn bring_to(asked: u64, came: u64, round: &mut Round) {
    // Its report names a rate above zero, so at least one came.
    let share = asked as f64 / came.max(1) as f64;
    round.user *= share;
    round.system *= share;
    for switches in [
        &mut round.voluntary_switches,
        &mut round.involuntary_switches,
    ] {
        *switches = (*switches as f64 * share).round() as u64;
    }
}

/// Takes over what the child says, or says why it does not count.
fn take_word(job: &Job, run: &Run, round: &mut Round) -> Result<(), String> {
    let report: ChildReport = serde_json::from_str(run.stdout.trim())
        .map_err(|_| "it did not say what it had done".to_owned())?;
    if report.done != job.row.units {
        let missing = job.row.units.saturating_sub(report.done);
        let why = report.why.unwrap_or_else(|| "no reason given".to_owned());
        return Err(format!("{missing} of {} not done: {why}", job.row.units));
    }
    if job.answer.is_some() && report.answer != job.answer {
        return Err(format!(
            "its answer is wrong: {:?}, not {:?}",
            report.answer, job.answer
        ));
    }
    let seconds = |from: u64, to: u64| to.saturating_sub(from) as f64 * 1e-9;
    round.start_up = Some(seconds(run.started, report.began));
    round.work = Some(seconds(report.began, report.ended));
    round.peak_memory = report.peak_memory.unwrap_or(round.peak_memory);
    round.ns_each = report.ns_each;
    round.bytes_each = report.bytes_each;
    Ok(())
}

/// What wrk says, or why it does not count: wrk is content with errors too.
fn requests_a_second(report: &str) -> Result<f64, String> {
    let line = |start| {
        report
            .lines()
            .map(str::trim)
            .find(|line| line.starts_with(start))
    };
    for trouble in ["Non-2xx", "Socket errors"] {
        if let Some(line) = line(trouble) {
            return Err(line.to_owned());
        }
    }
    let rate = line("Requests/sec").and_then(|line| line.split_whitespace().last());
    match rate.and_then(|rate| rate.parse().ok()) {
        Some(rate) if rate > 0.0 => Ok(rate),
        Some(_) => Err("not one page arrived in its time".to_owned()),
        None => Err("it did not say how fast it was".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use measured::names;

    use super::*;

    #[test]
    fn what_is_beyond_a_model_is_named_once_with_its_reason() {
        let mut skipped = Skipped::default();
        let most = Some((300, "it knows no more"));
        let allowed =
            [300, 1_000, 5_000, 1_000].map(|x| skipped.allows(names::io_peers::CURL, most, x));
        assert_eq!(allowed, [true, false, false, false]);
        assert!(skipped.allows(names::io::TOKIO, None, u64::MAX));
        assert_eq!(skipped.lines(), ["curl at 1,000, 5,000: it knows no more"]);
    }

    #[test]
    fn reads_the_rate_from_the_report_of_wrk() {
        let report = "Running 1s test\n  2 threads\nRequests/sec:  61234.50\nTransfer/sec: 1MB\n";
        assert_eq!(requests_a_second(report), Ok(61234.5));
    }

    #[test]
    fn what_wrk_used_is_that_of_the_pages_asked_for() {
        let mut round = Round {
            wall: 1.0,
            user: 0.4,
            system: 0.8,
            peak_memory: 4096,
            voluntary_switches: 41,
            involuntary_switches: 8,
            ..Round::default()
        };
        bring_to(1_000, 4_000, &mut round);
        assert_eq!((round.user, round.system), (0.1, 0.2));
        let switches = (round.voluntary_switches, round.involuntary_switches);
        assert_eq!(switches, (10, 2));
        assert_eq!((round.wall, round.peak_memory), (1.0, 4096));
    }

    #[test]
    fn what_wrk_did_not_get_right_does_not_count() {
        for (report, why) in [
            ("nothing", "did not say"),
            ("Requests/sec:      0.00\n", "not one page"),
            (
                "  Non-2xx or 3xx responses: 9\nRequests/sec:  9.00\n",
                "Non-2xx or 3xx responses: 9",
            ),
            (
                "  Socket errors: connect 0, read 0, write 0, timeout 3\nRequests/sec:  9.00\n",
                "timeout 3",
            ),
        ] {
            let error = requests_a_second(report).expect_err(report);
            assert!(error.contains(why), "{error}");
        }
    }
}
