//! The program as a whole: what it prints, what it refuses, and that it leaves nothing behind.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

#[cfg(target_os = "linux")]
mod left_behind;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use measured::{Document, Row};

/// The site is on this machine, so no client may ask this proxy, which does not exist.
const NO_PROXY: &str = "http://127.0.0.1:1";

fn compare(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_compare"));
    command
        .args(arguments.split_whitespace())
        .env("http_proxy", NO_PROXY)
        .env("HTTP_PROXY", NO_PROXY)
        .stdin(Stdio::null());
    command
}

/// Runs the command to its end, which must be a good one, and reads the document that it prints.
fn measure(command: &mut Command) -> Document {
    let output = command.arg("--json").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    document(&output)
}

fn document(output: &Output) -> Document {
    let text = String::from_utf8_lossy(&output.stdout);
    Document::from_json(&text).unwrap()
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn assert_one_round(row: &Row) {
    assert_eq!((&row.why, row.rounds.len()), (&None, 1), "{row:?}");
}

fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn a_tiny_run_of_io_counts_what_the_site_saw() {
    let report = scratch("compare-io.html");
    let arguments =
        "io --requests=8 --rounds=1 --concurrency=1,4 --delay=0,5ms --no-peers --report";
    let document = measure(compare(arguments).arg(&report));
    let rows = &document.rows;
    // For each delay: all but the sequential one twice, and that one once.
    assert_eq!(rows.len() % 2, 0);
    assert!(rows.len() >= 2 * (2 * 7 + 1), "{}", rows.len());
    for row in rows {
        assert_one_round(row);
        let round = &row.rounds[0];
        let seen = round.site.unwrap();
        assert_eq!(seen.requests, 8, "{row:?}");
        assert!((1..=row.x).contains(&seen.most_in_flight), "{row:?}");
        let told = round.start_up.unwrap() + round.work.unwrap();
        assert!(told <= round.wall, "{row:?}");
        assert!(round.peak_memory > 0, "{row:?}");
    }
    assert!(!document.date.is_empty() && !document.command.is_empty());
    assert!(!document.machine.is_empty() && !document.versions.is_empty());

    let page = fs::read_to_string(report).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert!(page.contains("<svg ") && page.contains("<desc>"), "{page}");
    for link in ["http://", "https://", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(link), "the page reaches out: {link}");
    }
}

#[test]
fn cpu_and_sync_give_every_row_a_round() {
    for (arguments, least) in [
        ("cpu --numbers=2000 --tasks=3", 10),
        ("sync --operations=300 --threads=1,2 --units=2", 25),
    ] {
        let rows = measure(compare(arguments).args(["--rounds=1", "--no-peers"])).rows;
        assert!(rows.len() >= least, "{}", rows.len());
        rows.iter().for_each(assert_one_round);
    }
}

/// Threads that wait for one that is refused must be let go, or the row would burn its whole limit.
#[cfg(target_os = "linux")]
#[test]
fn a_refused_thread_is_the_reason_and_nobody_waits_for_it() {
    // Stacks so large that a few take all that there is, and room for what else a thread needs.
    let limited = "ulimit -v 8000000; RUST_MIN_STACK=500000000 exec \"$0\" \"$@\"";
    for model in ["std-mutex", "std-channel", "tokio-mutex", "tokio-channel"] {
        let output = Command::new("timeout")
            .args(["60", "sh", "-c", limited, env!("CARGO_BIN_EXE_compare")])
            .args(["--child", "sync", model, "64", "6400"])
            .output()
            .expect("Linux has them");
        let said = complaint(&output);
        assert_eq!(output.status.code(), Some(1), "{model}: {said}");
        assert!(said.contains("threads were granted"), "{model}: {said}");
    }
}

/// Whether a test must fail where a peer is missing, instead of saying so.
fn required() -> bool {
    std::env::var_os("REQUIRE_TWINS").is_some()
}

/// Where these peers are installed, each must have as many rows as there are groups, all of them with
/// a round: its answer was compared with ours, its pages with what the site saw.
fn peers_do_the_same_work(arguments: &str, models: &str, groups: usize) {
    let arguments = format!("{arguments} --models={models} --rounds=1 --json");
    let output = compare(&arguments).output().unwrap();
    if output.status.code() == Some(2) && !required() {
        println!("not run: {}", complaint(&output));
        return; // Not one of them is installed.
    }
    assert!(output.status.success(), "{output:?}");
    let document = document(&output);
    for model in models.split(',') {
        let rows = document.rows.iter().filter(|row| row.model == model);
        let count = rows.inspect(|row| assert_one_round(row)).count();
        if count == 0 {
            println!("{model} not run: {:?}", document.left_out);
            assert!(!required(), "{model} is missing");
            assert!(!document.left_out.is_empty());
        } else {
            assert_eq!(count, groups, "{model}");
        }
    }
}

#[test]
fn peers_that_are_installed_compute_the_same() {
    let models = "python,python-threads,python-processes,node,node-workers";
    peers_do_the_same_work("cpu --numbers=2000 --tasks=3 --cores=1", models, 3);
}

#[test]
fn peers_that_are_installed_fetch_the_same() {
    let models = "aiohttp,requests-threads,requests-pool,node-fetch,undici,go-http,curl";
    peers_do_the_same_work("io --requests=6 --concurrency=2 --delay=1ms", models, 1);
}

#[test]
fn a_row_that_cannot_finish_says_why_and_the_others_go_on() {
    let arguments = "io --models=sequential,tokio --concurrency=1,40 --requests=40 --delay=30ms \
                     --rounds=1 --limit=600ms --json";
    let output = compare(arguments).output().unwrap();
    let rows = document(&output).rows;
    let names: Vec<_> = rows.iter().map(|row| (&*row.model, row.x)).collect();
    assert_eq!(names, [("sequential", 1), ("tokio", 1), ("tokio", 40)]);
    for row in &rows {
        // One after another, 40 pages of 30 ms take twice the limit.
        if row.x == 1 {
            let why = row.why.as_deref().unwrap();
            assert!(why.contains("not done within 600ms"), "{row:?}");
        }
        assert_eq!(row.rounds.len(), usize::from(row.why.is_none()), "{row:?}");
    }
    // Where the machine is busy, the limit may be too short for the last row too.
    assert_eq!(output.status.success(), rows[2].why.is_none(), "{output:?}");
}

#[test]
fn only_what_is_asked_for_can_be_missing() {
    for (arguments, missing) in [
        (
            "sync --models=std-mutex --operations=300 --units=2",
            &[][..],
        ),
        ("cpu --models=sequential --numbers=9", &[]),
        (
            "io --models=tokio,curl --concurrency=1 --delay=0 --requests=20",
            &["curl: it is not installed"],
        ),
    ] {
        let command = &mut compare(arguments);
        let lines = measure(command.arg("--rounds=1").env("PATH", "/nowhere")).left_out;
        // The other lines are about the build, and about rows that this model is not asked for.
        let lines = lines.iter().filter(|line| line.contains("installed"));
        assert_eq!(lines.collect::<Vec<_>>(), missing, "{arguments}");
    }
}

#[test]
fn what_is_beyond_a_model_is_left_out_with_its_reason() {
    let document = measure(&mut compare(
        "io --models=sequential,tokio --concurrency=1,2,3 --requests=3 --delay=0 \
         --rounds=1 --no-peers",
    ));
    let lines = document.left_out;
    let said = "sequential at 2, 3: one after another is one in flight".to_owned();
    assert!(lines.contains(&said), "{lines:?}");
    assert_eq!(document.rows.len(), 4);
}

#[test]
fn a_row_for_which_there_are_too_few_files_is_not_run() {
    let limited = "ulimit -n 120 && exec \"$0\" \"$@\"";
    let arguments = "io --models=tokio,threads-std --concurrency=10,100 --requests=200 --delay=0";
    let mut command = Command::new("sh"); // Every Unix has a shell.
    command
        .args(["-c", limited, env!("CARGO_BIN_EXE_compare")])
        .args(arguments.split(' '))
        .args(["--rounds=1", "--no-peers"]);
    for row in measure(&mut command).rows {
        if row.x == 10 {
            assert_one_round(&row);
        } else {
            let why = "it needs 150 open files, and the system grants 120";
            assert_eq!((row.why.as_deref(), row.rounds.len()), (Some(why), 0));
        }
    }
}

#[test]
fn a_misuse_is_one_line_and_measures_nothing() {
    for (arguments, word) in [
        ("io --models=carrier-pigeon", "no such model"),
        ("io --models=std-mutex", "no such model"),
        ("io --rounds=0", "at least 1"),
        ("io --concurrency=0", "at least 1"),
        ("io --report=/nowhere/report.html", "cannot write"),
        ("disk", "disk"),
        ("--child", "this program alone"),
        (
            "io --models=sequential --concurrency=10",
            "sequential at 10: one",
        ),
        (
            "io --models=process-fetch --concurrency=1000",
            "process-fetch at 1,000: it does not",
        ),
        (
            "sync --models=process --units=2000",
            "process at 2,000: more processes",
        ),
        ("io --models=wrk --no-peers", "--no-peers was given"),
    ] {
        let output = compare(arguments).output().unwrap();
        let said = complaint(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments}: {said}");
        assert!(said.contains(word), "{arguments}: {said}");
        assert!(output.stdout.is_empty(), "{arguments}");
    }
}

#[test]
fn what_was_printed_is_shown_again_and_set_beside_another_run() {
    let arguments = "cpu --numbers=2000 --tasks=3 --rounds=2 --models=sequential,scope --no-peers";
    let output = compare(arguments).arg("--json").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let (json, report) = (scratch("shown.json"), scratch("shown.html"));
    fs::write(&json, &output.stdout).unwrap();
    let show = |files: &[&PathBuf]| compare("show").args(files).output().unwrap();
    let shown = show(&[&json, &json, &"--report".into(), &report]);
    assert!(shown.status.success(), "{shown:?}");
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(text.contains("Count primes"), "{text}");
    // A run agrees with itself.
    let agrees = "0 the other way round, and does not have 0.";
    assert!(text.contains(agrees), "{text}");
    assert!(fs::read_to_string(report).unwrap().contains("<svg "));

    // No report is left behind where there is nothing to report.
    let empty = scratch("empty.html");
    for (arguments, code) in [("show /nowhere.json", 1), ("io --models=carrier", 2)] {
        let refused = compare(arguments).arg("--report").arg(&empty).output();
        assert_eq!(refused.unwrap().status.code(), Some(code), "{arguments}");
    }
    assert!(!empty.exists());

    let (reader, closed) = std::io::pipe().unwrap();
    drop(reader);
    let mut unread = compare("show");
    let unread = unread.arg(&json).stdout(closed).output().unwrap();
    let unreadable = show(&[&env!("CARGO_MANIFEST_PATH").into()]);
    for (output, why) in [
        (unread, "compare: cannot write to standard output: "),
        (unreadable, "compare: cannot read"),
    ] {
        let said = complaint(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.starts_with(why), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}
