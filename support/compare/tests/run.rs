//! The program as a whole: what it prints, what it refuses, and that it leaves nobody behind.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

fn compare(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_compare"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("cargo has built it")
}

fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn a_tiny_run_of_io_counts_what_the_site_saw() {
    let report = scratch("compare-io.html");
    let output = compare(&[
        "io",
        "--requests=20",
        "--rounds=1",
        "--concurrency=1,4",
        "--delay=0,5ms",
        "--no-peers",
        "--json",
        "--report",
        report.to_str().unwrap(),
    ]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = document["rows"].as_array().unwrap();
    // For each delay: all but the sequential one twice, and that one once.
    assert_eq!(rows.len() % 2, 0);
    assert!(rows.len() >= 2 * (2 * 7 + 1), "{}", rows.len());
    for row in rows {
        assert_eq!(row["why"], Value::Null, "{row}");
        let rounds = row["rounds"].as_array().unwrap();
        assert_eq!(rounds.len(), 1, "{row}");
        let (round, in_flight) = (&rounds[0], row["x"].as_u64().unwrap());
        let site = &round["site"];
        assert_eq!(site["requests"], 20, "{row}");
        let seen = site["most_in_flight"].as_u64().unwrap();
        assert!((1..=in_flight).contains(&seen), "{row}");
        let seconds = |name: &str| round[name].as_f64().unwrap();
        assert!(
            seconds("start_up") + seconds("work") <= seconds("wall"),
            "{row}"
        );
        assert!(seconds("peak_memory") > 0.0, "{row}");
    }
    for fact in ["date", "command", "machine", "versions"] {
        assert!(!document[fact].is_null(), "{fact}");
    }

    let page = fs::read_to_string(report).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert!(
        page.contains("<svg ") && page.contains("<desc>"),
        "no picture"
    );
    for link in ["http://", "https://", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(link), "the page reaches out: {link}");
    }
}

#[test]
fn cpu_and_sync_give_every_row_a_round() {
    for (arguments, least) in [
        (&["cpu", "--numbers=2000", "--tasks=3"][..], 10),
        (
            &["sync", "--operations=300", "--threads=1,2", "--units=2"],
            25,
        ),
    ] {
        let common = ["--rounds=1", "--no-peers", "--json"];
        let output = compare(&[arguments, &common].concat());
        assert!(output.status.success(), "{output:?}");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let rows = document["rows"].as_array().unwrap();
        assert!(rows.len() >= least, "{}", rows.len());
        for row in rows {
            assert_eq!(row["why"], Value::Null, "{row}");
            assert_eq!(row["rounds"].as_array().unwrap().len(), 1, "{row}");
        }
    }
}

#[test]
fn peers_do_the_same_work_where_they_are_installed() {
    for (arguments, models) in [
        (
            &["cpu", "--numbers=2000", "--tasks=3"][..],
            &[
                "python",
                "python-threads",
                "python-processes",
                "node",
                "node-workers",
            ][..],
        ),
        (
            &["io", "--requests=6", "--concurrency=2", "--delay=1ms"],
            &[
                "aiohttp",
                "requests-threads",
                "requests-pool",
                "node-fetch",
                "curl",
            ],
        ),
    ] {
        let wanted = format!("--models={}", models.join(","));
        let output = compare(&[arguments, &["--rounds=1", "--json", &wanted]].concat());
        assert!(output.status.success(), "{output:?}");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let rows = document["rows"].as_array().unwrap();
        for model in models {
            let row = rows.iter().find(|row| row["model"] == *model);
            // Its answer was compared with ours, its pages with what the site saw; or there would
            // be a reason.
            assert!(row.is_none_or(|row| row["why"].is_null()), "{row:?}");
            if row.is_none() {
                println!("{model} not run: {}", document["left_out"]);
                assert!(
                    std::env::var_os("REQUIRE_TWINS").is_none(),
                    "{model} is missing"
                );
                assert!(!document["left_out"].as_array().unwrap().is_empty());
            }
        }
    }
}

#[test]
fn a_row_that_cannot_finish_says_why_and_the_others_go_on() {
    let output = compare(&[
        "io",
        "--models=sequential,tokio",
        "--concurrency=1,40",
        "--requests=40",
        "--delay=30ms",
        "--rounds=1",
        "--limit=600ms",
        "--json",
    ]);
    assert!(output.status.success(), "{output:?}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    for row in document["rows"].as_array().unwrap() {
        // One after another, 40 pages of 30 ms take twice the limit.
        if row["x"] == 1 {
            assert!(
                row["why"].as_str().unwrap().contains("not done within"),
                "{row}"
            );
            assert!(row["rounds"].as_array().unwrap().is_empty(), "{row}");
        }
    }
}

#[test]
fn a_misuse_is_one_line_and_measures_nothing() {
    for (arguments, word) in [
        (&["io", "--models=carrier-pigeon"][..], "no such model"),
        (&["io", "--models=std-mutex"], "no such model"),
        (&["io", "--rounds=0"], "zero"),
        (&["io", "--concurrency=0"], "zero"),
        (&["io", "--report=/nowhere/report.html"], "cannot write"),
        (&["disk"], "disk"),
        (&["--child"], "this program alone"),
    ] {
        let output = compare(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
        assert!(said.contains(word), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

/// Those whose parent is this process. Only Linux shows them so.
#[cfg(target_os = "linux")]
fn children(of: u32) -> Vec<String> {
    let list = fs::read_to_string(format!("/proc/{of}/task/{of}/children"));
    let list = list.unwrap_or_default();
    list.split_whitespace().map(str::to_owned).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_keeps_what_was_measured_and_leaves_no_child() {
    let program = Command::new(env!("CARGO_BIN_EXE_compare"))
        .args(["io", "--models=tokio", "--concurrency=20,10", "--no-peers"])
        .args(["--requests=20", "--delay=300ms", "--rounds=9", "--json"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cargo has built it");
    let id = program.id();
    let patience = Instant::now() + Duration::from_secs(30);
    let mut seen = BTreeSet::new();
    // The site, the warm-up, the first row, and now the second: the first has a round.
    while seen.len() < 4 {
        assert!(Instant::now() < patience, "it does not get on: {seen:?}");
        thread::sleep(Duration::from_millis(5));
        seen.extend(children(id));
    }
    let interrupt = Command::new("kill")
        .args(["-INT", &id.to_string()])
        .status();
    assert!(interrupt.expect("every Unix has kill").success());
    let output = program.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("interrupted"), "{said}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["interrupted"], true);
    let rounds = |row: usize| document["rows"][row]["rounds"].as_array().map(Vec::len);
    assert!(rounds(0) >= Some(1), "{document}");
    assert!(rounds(0) < Some(9), "it went on to the end");
    for child in seen {
        let there = fs::read_to_string(format!("/proc/{child}/cmdline")).unwrap_or_default();
        assert!(
            !there.contains("compare"),
            "{child} is left behind: {there}"
        );
    }
}

#[test]
fn what_was_printed_is_shown_again_and_set_beside_another_run() {
    let output = compare(&[
        "cpu",
        "--numbers=2000",
        "--tasks=3",
        "--rounds=2",
        "--models=sequential,scope",
        "--no-peers",
        "--json",
    ]);
    assert!(output.status.success(), "{output:?}");
    let (json, report) = (scratch("shown.json"), scratch("shown.html"));
    fs::write(&json, &output.stdout).unwrap();
    let json = json.to_str().unwrap();
    let shown = compare(&["show", json, json, "--report", report.to_str().unwrap()]);
    assert!(shown.status.success(), "{shown:?}");
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(text.contains("Count primes"), "{text}");
    // A run agrees with itself.
    assert!(text.contains("and 0 the other way round"), "{text}");
    assert!(fs::read_to_string(report).unwrap().contains("<svg "));

    let refused = compare(&["show", env!("CARGO_MANIFEST_PATH")]);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("cannot read"), "{said}");
}
