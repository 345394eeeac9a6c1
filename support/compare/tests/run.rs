//! The program as a whole: what it prints, what it refuses, and that it leaves nobody behind.

#![cfg(unix)]

#[cfg(target_os = "linux")]
#[path = "run/probes.rs"]
mod probes;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Under a proxy that nobody has started: the site is on this machine, and no client may ask there.
fn compare(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_compare"))
        .args(arguments)
        .env("http_proxy", "http://127.0.0.1:1")
        .env("HTTP_PROXY", "http://127.0.0.1:1")
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

/// Threads that wait for one that is refused must be let go, or the row would burn its whole limit.
#[cfg(target_os = "linux")]
#[test]
fn a_refused_thread_is_the_reason_and_nobody_waits_for_it() {
    // Stacks so large that a few take all that there is, and room for what else a thread needs.
    let limited = "ulimit -v 8000000; RUST_MIN_STACK=500000000 exec \"$0\" \"$@\"";
    for model in ["std-mutex", "std-channel", "tokio-mutex", "tokio-channel"] {
        let work = ["--child", "sync", model, "64", "6400"];
        let output = Command::new("timeout")
            .args(["60", "sh", "-c", limited, env!("CARGO_BIN_EXE_compare")])
            .args(work)
            .output()
            .expect("Linux has them");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{model}: {said}");
        assert!(said.contains("threads were granted"), "{model}: {said}");
    }
}

/// Whether a test must fail where a peer is missing, in place of saying so.
fn required() -> bool {
    std::env::var_os("REQUIRE_TWINS").is_some()
}

#[test]
fn peers_do_the_same_work_where_they_are_installed() {
    for (arguments, models, groups) in [
        (
            &["cpu", "--numbers=2000", "--tasks=3", "--cores=1"][..],
            &[
                "python",
                "python-threads",
                "python-processes",
                "node",
                "node-workers",
            ][..],
            3,
        ),
        (
            &["io", "--requests=6", "--concurrency=2", "--delay=1ms"],
            &[
                "aiohttp",
                "requests-threads",
                "requests-pool",
                "node-fetch",
                "undici",
                "go-http",
                "curl",
            ],
            1,
        ),
    ] {
        let wanted = format!("--models={}", models.join(","));
        let output = compare(&[arguments, &["--rounds=1", "--json", &wanted]].concat());
        let required = required();
        if output.status.code() == Some(2) && !required {
            println!("not run: {}", String::from_utf8_lossy(&output.stderr));
            continue; // Not one of them is installed.
        }
        assert!(output.status.success(), "{output:?}");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let rows = document["rows"].as_array().unwrap();
        for model in models {
            let rows = rows.iter().filter(|row| row["model"] == *model);
            let rows: Vec<_> = rows.collect();
            for row in &rows {
                // Its answer was compared with ours, its pages with what the site saw; or there
                // would be a reason.
                assert_eq!(row["why"], Value::Null, "{row}");
            }
            if rows.is_empty() {
                println!("{model} not run: {}", document["left_out"]);
                assert!(!required, "{model} is missing");
                assert!(!document["left_out"].as_array().unwrap().is_empty());
            } else {
                assert_eq!(rows.len(), groups, "{model}");
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
    let rows = document["rows"].as_array().unwrap();
    let names = rows.iter().map(|row| (&row["model"], &row["x"]));
    let names: Vec<String> = names.map(|(model, x)| format!("{model} {x}")).collect();
    assert_eq!(names, ["\"sequential\" 1", "\"tokio\" 1", "\"tokio\" 40"]);
    for row in rows {
        // One after another, 40 pages of 30 ms take twice the limit.
        if row["x"] == 1 {
            assert!(
                row["why"]
                    .as_str()
                    .unwrap()
                    .contains("not done within 600ms"),
                "{row}"
            );
            assert!(row["rounds"].as_array().unwrap().is_empty(), "{row}");
        } else {
            // Where the machine is busy, the limit may be too short for this one too.
            let rounds = row["rounds"].as_array().unwrap().len();
            assert_eq!(rounds, usize::from(row["why"].is_null()), "{row}");
        }
    }
}

#[test]
fn only_what_is_asked_for_can_be_missing() {
    let curl = "curl: it is not installed";
    for (arguments, missing) in [
        (
            &["sync", "--models=std-mutex", "--operations=300"][..],
            &[][..],
        ),
        (&["cpu", "--models=sequential", "--numbers=9"], &[]),
        (
            &["io", "--models=tokio,curl", "--concurrency=1", "--delay=0"],
            &[curl],
        ),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_compare"))
            .args(arguments)
            .args(["--rounds=1", "--json"])
            .env("PATH", "/nowhere")
            .stdin(Stdio::null())
            .output()
            .expect("cargo has built it");
        assert!(output.status.success(), "{output:?}");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let lines = document["left_out"].as_array().unwrap();
        let lines = lines.iter().map(|line| line.as_str().unwrap());
        // Of the tests' build, and of the rows that this model is not asked for.
        let lines = lines.filter(|line| line.contains("installed"));
        assert_eq!(lines.collect::<Vec<_>>(), missing, "{arguments:?}");
    }
}

#[test]
fn what_is_beyond_a_model_is_left_out_with_its_reason() {
    let output = compare(&[
        "io",
        "--models=sequential,tokio",
        "--concurrency=1,2,3",
        "--requests=3",
        "--delay=0",
        "--rounds=1",
        "--no-peers",
        "--json",
    ]);
    assert!(output.status.success(), "{output:?}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let lines = document["left_out"].as_array().unwrap();
    let said = Value::from("sequential at 2, 3: one after another is one in flight");
    assert!(lines.contains(&said), "{lines:?}");
    assert_eq!(document["rows"].as_array().unwrap().len(), 4);
}

#[test]
fn a_row_for_which_there_are_too_few_files_is_not_run() {
    let compare = env!("CARGO_BIN_EXE_compare");
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 120 && exec \"$0\" \"$@\"", compare, "io"])
        .args(["--models=tokio,threads-std", "--concurrency=10,100"])
        .args(["--requests=200", "--delay=0", "--rounds=1", "--no-peers"])
        .arg("--json")
        .stdin(Stdio::null())
        .output()
        .expect("every Unix has a shell");
    assert!(output.status.success(), "{output:?}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    for row in document["rows"].as_array().unwrap() {
        let rounds = row["rounds"].as_array().unwrap().len();
        if row["x"] == 10 {
            assert_eq!((&row["why"], rounds), (&Value::Null, 1), "{row}");
        } else {
            let why = "it needs 150 open files, and the system grants 120";
            assert_eq!((&row["why"], rounds), (&Value::from(why), 0), "{row}");
        }
    }
}

#[test]
fn a_misuse_is_one_line_and_measures_nothing() {
    for (arguments, word) in [
        (&["io", "--models=carrier-pigeon"][..], "no such model"),
        (&["io", "--models=std-mutex"], "no such model"),
        (&["io", "--rounds=0"], "at least 1"),
        (&["io", "--concurrency=0"], "at least 1"),
        (&["io", "--report=/nowhere/report.html"], "cannot write"),
        (&["disk"], "disk"),
        (&["--child"], "this program alone"),
        (
            &["io", "--models=sequential", "--concurrency=10"],
            "sequential at 10: one",
        ),
        (
            &["io", "--models=process-fetch", "--concurrency=1000"],
            "process-fetch at 1,000: it does not",
        ),
        (
            &["sync", "--models=process", "--units=2000"],
            "process at 2,000: more processes",
        ),
        (
            &["io", "--models=wrk", "--no-peers"],
            "--no-peers was given",
        ),
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
fn kill(signal: &str, program: &std::process::Child) {
    let kill = Command::new("kill")
        .args([signal, &program.id().to_string()])
        .status();
    assert!(kill.expect("every Unix has kill").success());
}

#[cfg(target_os = "linux")]
fn interrupt(program: std::process::Child, signal: &str) -> Output {
    kill(signal, &program);
    let output = program.wait_with_output().expect("it is our child");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("interrupted"), "{said}");
    output
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
    // The site, the warm-up of both rows, the first, and now the second: the first has a round.
    while seen.len() < 5 {
        assert!(Instant::now() < patience, "it does not get on: {seen:?}");
        thread::sleep(Duration::from_millis(5));
        seen.extend(children(id));
    }
    let output = interrupt(program, "-INT");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["interrupted"], true);
    let lines = document["left_out"].as_array().unwrap().iter();
    let time_up = lines.filter(|line| line.as_str().unwrap().contains("time was up"));
    assert_eq!(time_up.count(), 0, "it was interrupted");
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
    let agrees = "0 the other way round, and does not have 0.";
    assert!(text.contains(agrees), "{text}");
    assert!(fs::read_to_string(report).unwrap().contains("<svg "));

    // No report is left behind where there is nothing to report.
    let empty = scratch("empty.html");
    for (arguments, code) in [
        (["show", "/nowhere.json"], 1),
        (["io", "--models=carrier"], 2),
    ] {
        let empty = ["--report", empty.to_str().unwrap()];
        let refused = compare(&[arguments, empty].concat());
        assert_eq!(refused.status.code(), Some(code), "{refused:?}");
    }
    assert!(!empty.exists());

    let (reader, closed) = std::io::pipe().unwrap();
    drop(reader);
    let unread = Command::new(env!("CARGO_BIN_EXE_compare"))
        .args(["show", json])
        .stdout(closed)
        .stderr(Stdio::piped())
        .spawn()
        .expect("cargo has built it");
    let unread = unread.wait_with_output().unwrap();
    assert_eq!(unread.status.code(), Some(1), "{unread:?}");
    let said = String::from_utf8(unread.stderr).unwrap();
    assert!(
        said.starts_with("compare: cannot write to standard output: "),
        "{said}"
    );

    let refused = compare(&["show", env!("CARGO_MANIFEST_PATH")]);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.starts_with("compare: cannot read"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

/// That nothing is left behind by peers, mostly with stand-ins for the programs.
#[cfg(target_os = "linux")]
mod stand_ins {
    use std::io;
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;
    use std::path::Path;

    use super::*;

    /// A folder with a program of this name that does this.
    fn stand_in(folder: &str, program: &str, script: &str) -> io::Result<PathBuf> {
        let folder = scratch(folder);
        let _ = fs::remove_dir_all(&folder); // of an earlier run
        fs::create_dir_all(folder.join("temporary"))?;
        let program = folder.join(program);
        fs::write(&program, format!("#!/bin/sh\n{script}\n"))?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
        Ok(folder)
    }

    /// A folder with a program named `go` that tells a version, and whose `build` does this.
    fn stand_in_for_go(folder: &str, build: &str) -> io::Result<PathBuf> {
        let script = format!("if [ $1 = env ]; then echo go1.99; else {build}; fi");
        stand_in(folder, "go", &script)
    }

    /// Compare where the program in that folder is found first, and where temporary files go into a folder beside it.
    fn compare_with(go: &Path) -> Command {
        with_path(Command::new(env!("CARGO_BIN_EXE_compare")), go)
    }

    fn with_path(mut command: Command, go: &Path) -> Command {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut folders = vec![go.to_owned()];
        folders.extend(std::env::split_paths(&path));
        let path = std::env::join_paths(folders).expect("they came out of a PATH");
        command
            .env("PATH", path)
            .env("TMPDIR", go.join("temporary"))
            .stdin(Stdio::null());
        command
    }

    fn temporary(go: &Path) -> usize {
        let folder = fs::read_dir(go.join("temporary"));
        folder.expect("the stand-in made it").count()
    }

    #[test]
    fn a_peer_that_cannot_be_built_is_left_out_and_built_only_where_it_is_wanted() {
        let build = "echo '# main' >&2; echo 'no room' >&2; exit 1";
        let go = stand_in_for_go("go-fails", build).unwrap();
        for (arguments, left_out) in [
            (&["io", "--models=sequential,go-http"][..], true),
            (&["io", "--models=sequential"], false),
            (&["cpu", "--models=sequential", "--numbers=9"], false),
        ] {
            let mut command = compare_with(&go);
            command.args(arguments).args(["--rounds=1", "--json"]);
            if arguments[0] == "io" {
                command.args(["--requests=2", "--concurrency=1", "--delay=0"]);
            }
            let output = command.output().expect("cargo has built it");
            assert!(output.status.success(), "{output:?}");
            let document: Value = serde_json::from_slice(&output.stdout).unwrap();
            let lines = document["left_out"].as_array().unwrap();
            let said = Value::from("Go's net/http: it could not be built: no room");
            assert_eq!(lines.contains(&said), left_out, "{lines:?}");
            let rows = document["rows"].as_array().unwrap();
            assert!(rows.iter().all(|row| row["model"] == "sequential"));
        }
        assert_eq!(temporary(&go), 0, "something is left behind");
    }

    /// The processes of a group that have not ended: proc(5) tells state and group of each.
    fn group(of: &str) -> Vec<String> {
        let mut members = Vec::new();
        for entry in fs::read_dir("/proc").expect("Linux has it") {
            let process = entry.expect("it lists them").file_name();
            let process = process.to_string_lossy();
            let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            // The name in parentheses may hold anything; then come state, parent and group.
            let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
            let fields: Vec<&str> = fields.split_whitespace().collect();
            if fields.get(2) == Some(&of) && fields[0] != "Z" {
                members.push(process.into_owned());
            }
        }
        members
    }

    #[test]
    fn the_workers_of_a_peer_do_not_outlive_us_however_we_end() {
        let python = Command::new("python3").arg("--version").output();
        if python.is_err() {
            assert!(!required(), "python3 is missing");
            println!("not run: python3 is missing");
            return;
        }
        let mut program = Command::new(env!("CARGO_BIN_EXE_compare"))
            .args([
                "cpu",
                "--models=python-processes",
                "--cores=1",
                "--tasks=16",
            ])
            .args(["--numbers=500000", "--rounds=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("cargo has built it");
        let (mut peer, mut members) = (String::new(), Vec::new());
        wait_until("the peer has no workers", || {
            // Each child leads a group of its own; what only looks for Python does too.
            for child in children(program.id()) {
                let command = fs::read_to_string(format!("/proc/{child}/cmdline"));
                if command.is_ok_and(|command| command.contains("cpu.py")) {
                    members = group(&child);
                    peer = child;
                }
            }
            members.len() > 1
        });
        program.kill().unwrap();
        program.wait().unwrap();
        wait_until("the workers go on", || group(&peer).is_empty());
    }

    fn is_sleep(process: &str) -> bool {
        let name = fs::read_to_string(format!("/proc/{process}/comm"));
        name.is_ok_and(|name| name.trim() == "sleep")
    }

    fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
        let patience = Instant::now() + Duration::from_secs(30);
        while !done() {
            assert!(Instant::now() < patience, "{what}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Where the tests themselves run under nohup, a child of theirs would ignore the end of the session.
    #[expect(unsafe_code, reason = "no safe wrapper sets a disposition in a child")]
    fn heed_the_end_of_the_session(command: &mut Command) {
        let heed = || {
            // SAFETY: the system's own disposition calls no function of ours.
            unsafe { libc::signal(libc::SIGHUP, libc::SIG_DFL) };
            Ok(())
        };
        // SAFETY: between fork and exec this makes one system call, and neither allocates nor locks.
        unsafe { command.pre_exec(heed) };
    }

    /// Whether a process has ended: of one that nobody has waited for, no command line is told.
    fn is_gone(process: &str) -> bool {
        let line = fs::read(format!("/proc/{process}/cmdline"));
        line.map_or(true, |line| line.is_empty())
    }

    /// Starts it with the peer in Go, and gives back that peer's number too, which sleeps.
    fn with_a_peer_that_sleeps(compare: &mut Command) -> (std::process::Child, String) {
        let arguments = ["io", "--models=go-http", "--concurrency=1", "--delay=0"];
        until_a_child_sleeps(compare.args(arguments))
    }

    /// Starts it, and gives back the number of its child that sleeps too.
    fn until_a_child_sleeps(compare: &mut Command) -> (std::process::Child, String) {
        heed_the_end_of_the_session(compare);
        let program = compare
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("cargo has built it");
        let mut sleeps = None;
        wait_until("no child sleeps", || {
            let mut children = children(program.id()).into_iter();
            sleeps = children.find(|child| is_sleep(child));
            sleeps.is_some()
        });
        (program, sleeps.expect("it was waited for"))
    }

    const SLEEPS: &str = r"printf '#!/bin/sh\nexec sleep 60\n' >$3; chmod +x $3";

    #[test]
    fn no_signal_leaves_anything_behind() {
        for signal in ["-INT", "-TERM", "-HUP"] {
            let go = stand_in_for_go(&format!("go-sleeps{signal}"), SLEEPS).unwrap();
            let (program, peer) = with_a_peer_that_sleeps(&mut compare_with(&go));
            assert_eq!(temporary(&go), 1);
            interrupt(program, signal);
            assert_eq!(temporary(&go), 0, "something is left behind");
            wait_until("the peer goes on", || is_gone(&peer));
        }
    }

    #[test]
    fn what_hangs_before_anything_is_measured_is_ended_with_us() {
        let hangs = "exec sleep 60";
        for (peer, folder) in [
            ("python", stand_in("python-hangs", "python3", hangs)),
            ("node", stand_in("node-hangs", "node", hangs)),
            ("curl", stand_in("curl-hangs", "curl", hangs)),
            ("go-http", stand_in_for_go("go-build-hangs", hangs)),
        ] {
            let folder = folder.unwrap();
            let question = if ["curl", "go-http"].contains(&peer) {
                "io"
            } else {
                "cpu"
            };
            let start = || {
                let models = format!("--models={peer}");
                until_a_child_sleeps(compare_with(&folder).args([question, &models]))
            };
            for signal in ["-INT", "-TERM", "-HUP"] {
                let (program, child) = start();
                let output = interrupt(program, signal);
                assert!(output.stdout.is_empty(), "{output:?}");
                assert_eq!(temporary(&folder), 0, "something is left behind");
                wait_until("what hangs goes on", || is_gone(&child));
            }
            let (mut program, child) = start();
            program.kill().unwrap();
            program.wait().unwrap();
            wait_until("what hangs goes on", || is_gone(&child));
        }
    }

    #[test]
    fn a_peer_does_not_outlive_us_however_we_end() {
        let go = stand_in_for_go("go-outlives", SLEEPS).unwrap();
        let (mut program, peer) = with_a_peer_that_sleeps(&mut compare_with(&go));
        program.kill().unwrap();
        program.wait().unwrap();
        wait_until("the peer goes on", || is_gone(&peer));
    }

    #[test]
    fn under_nohup_the_end_of_the_session_does_not_end_it() {
        let go = stand_in_for_go("go-nohup", SLEEPS).unwrap();
        let mut nohup = with_path(Command::new("nohup"), &go);
        nohup.arg(env!("CARGO_BIN_EXE_compare"));
        let (program, _) = with_a_peer_that_sleeps(&mut nohup);
        let status = fs::read_to_string(format!("/proc/{}/status", program.id())).unwrap();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = u64::from_str_radix(ignored.unwrap().trim(), 16).unwrap();
        assert_eq!(ignored & 1, 1, "SIGHUP, the first of them, is handled");
        interrupt(program, "-INT");
    }
}
