//! Runs every job once in every round, so that a slow moment of the machine affects all of them.

use std::process::Command;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use measured::{Round, Row};

use crate::child_report::ChildReport;
use crate::job::Job;
use crate::peers::Output;
use crate::run::{Children, Run, end_with_us};
use crate::site::Site;

/// How a sweep is run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Rounds that count.
    pub(crate) rounds: u64,
    /// Time for one child.
    pub(crate) limit: Duration,
    /// No round begins that would not be over by then. Two are run in any case: of a single one
    /// nothing follows.
    pub(crate) until: Option<Instant>,
}

/// Runs all jobs in every round, and gives back their rows. After an interrupt these hold what was
/// measured before.
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
    for job in jobs.iter().filter(|job| job.row.why.is_none()) {
        let warm = |warm: &&Job| warm.row.model == job.row.model;
        if plan.until.is_none() || !warm_up.iter().any(warm) {
            warm_up.push(job);
        }
    }
    let bar = ProgressBar::new(warm_up.len() as u64 + jobs.len() as u64 * plan.rounds);
    bar.set_style(
        ProgressStyle::with_template("{prefix} {bar:20} {pos}/{len} {elapsed} {wide_msg}")
            .expect("the template is a constant, and right"),
    );
    bar.set_prefix(title.to_owned());
    let mut seen = || site.as_deref_mut().map(Site::seen).transpose();
    for job in warm_up {
        bar.inc(1);
        bar.set_message(format!("warming up: {}, {}", job.row.label, job.row.x));
        run(job, plan.limit, children);
        seen()?;
    }
    'rounds: for number in 0..plan.rounds {
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
            let Some(outcome) = run(job, plan.limit, children) else {
                break 'rounds;
            };
            let (seen, row) = (seen()?, &mut job.row);
            match outcome {
                Ok(mut round) => {
                    round.site = seen;
                    if let Some(seen) = seen {
                        if job.output == Output::Wrk {
                            scale_to(row.units, seen.requests, &mut round);
                        } else if seen.requests != row.units {
                            let (seen, asked) = (seen.requests, row.units);
                            row.why = Some(format!("the site saw {seen} requests of {asked}"));
                        }
                    }
                    row.rounds.push(round);
                }
                Err(why) => row.why = Some(why),
            }
        }
        let end = Instant::now() + start.elapsed();
        if number > 0 && plan.until.is_some_and(|until| end > until) {
            break;
        }
    }
    bar.finish_and_clear();
    Ok(jobs.into_iter().map(|job| job.row).collect())
}

/// Runs the job once: `None` after an interrupt.
fn run(job: &Job, limit: Duration, children: &Children) -> Option<Result<Round, String>> {
    let mut command = Command::new(&job.program);
    command.args(&job.arguments);
    // The site is on this machine: a proxy that the user's settings name cannot reach it.
    command.env("no_proxy", "*").env("NO_PROXY", "*");
    if job.row.peer {
        end_with_us(&mut command);
    }
    match children.run(&mut command, job.cores, limit) {
        Ok(run) => run.map(|run| round(job, &run)),
        Err(error) => Some(Err(format!("it did not start: {error}"))),
    }
}

/// What the run used, or why it does not count.
fn round(job: &Job, run: &Run) -> Result<Round, String> {
    if let Some(trouble) = run.trouble() {
        return Err(trouble);
    }
    let mut round = run.round.clone();
    match job.output {
        Output::Nothing => {}
        Output::Wrk => round.work = Some(job.row.units as f64 / requests_a_second(&run.stdout)?),
        Output::Report => add_report(job, run, &mut round)?,
    }
    Ok(round)
}

/// Makes what was used for the pages that came of what would have been used for the pages asked for.
fn scale_to(asked: u64, came: u64, round: &mut Round) {
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

/// Adds what the child reports, or says why it does not count.
fn add_report(job: &Job, run: &Run, round: &mut Round) -> Result<(), String> {
    let report: ChildReport = serde_json::from_str(run.stdout.trim())
        .map_err(|_| "it did not say what it had done".to_owned())?;
    if report.done != job.row.units {
        let missing = job.row.units.saturating_sub(report.done);
        let why = report.why.unwrap_or_else(|| "no reason given".to_owned());
        return Err(format!("{missing} of {} not done: {why}", job.row.units));
    }
    if job.answer.is_some() && report.answer != job.answer {
        let (said, right) = (report.answer, job.answer);
        return Err(format!("its answer is wrong: {said:?}, not {right:?}"));
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
    use super::*;

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
        scale_to(1_000, 4_000, &mut round);
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
