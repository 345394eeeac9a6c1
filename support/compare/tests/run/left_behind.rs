//! No process and no file is left behind, however a run ends. The other programs are mostly
//! stand-ins, written in the shell's language.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::{complaint, document, measure, required, scratch};

/// A folder with a program of this name that does this, and a folder for temporary files.
fn stand_in(folder: &str, program: &str, script: &str) -> PathBuf {
    let folder = scratch(folder);
    let _ = fs::remove_dir_all(&folder); // of an earlier run
    fs::create_dir_all(folder.join("temporary")).unwrap();
    let program = folder.join(program);
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// A folder with a program named `go` that tells a version, and whose `build` does this.
fn stand_in_for_go(folder: &str, build: &str) -> PathBuf {
    let script = format!("if [ $1 = env ]; then echo go1.99; else {build}; fi");
    stand_in(folder, "go", &script)
}

/// A build that makes a peer which sleeps.
const SLEEPS: &str = r"printf '#!/bin/sh\nexec sleep 60\n' >$3; chmod +x $3";

const HANGS: &str = "exec sleep 60";

/// The command finds the stand-in first, and puts its temporary files beside it.
fn with_stand_in<'a>(command: &'a mut Command, folder: &Path) -> &'a mut Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = [folder.to_owned()]
        .into_iter()
        .chain(std::env::split_paths(&path));
    command
        .env("PATH", std::env::join_paths(folders).unwrap())
        .env("TMPDIR", folder.join("temporary"))
        .env("LOG", folder.join("log"))
}

fn temporary(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder.join("temporary")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

/// The processes whose parent is this one.
fn children(of: u32) -> Vec<String> {
    let list = fs::read_to_string(format!("/proc/{of}/task/{of}/children"));
    let list = list.unwrap_or_default();
    list.split_whitespace().map(str::to_owned).collect()
}

/// What `/proc` shows of a process; nothing where there is none.
fn shown(process: &str, file: &str) -> String {
    fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default()
}

/// Whether a process has ended: of one that nobody has waited for, no command line is told.
fn is_gone(process: &str) -> bool {
    shown(process, "cmdline").is_empty()
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let patience = Instant::now() + Duration::from_secs(30);
    while !done() {
        assert!(Instant::now() < patience, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn start(command: &mut Command) -> Child {
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("cargo has built it")
}

/// Starts the command, and waits until it has a child that sleeps, whose number is returned too.
#[expect(unsafe_code, reason = "no safe wrapper sets a disposition in a child")]
fn until_a_child_sleeps(command: &mut Command) -> (Child, String) {
    // Where the tests themselves run under nohup, the command would ignore the end of the session.
    let heed = || {
        // SAFETY: the system's own disposition calls no function of ours.
        unsafe { libc::signal(libc::SIGHUP, libc::SIG_DFL) };
        Ok(())
    };
    // SAFETY: between fork and exec this makes one system call, and neither allocates nor locks.
    unsafe { command.pre_exec(heed) };
    let program = start(command);
    let mut sleeps = None;
    wait_until("no child sleeps", || {
        let mut children = children(program.id()).into_iter();
        sleeps = children.find(|child| shown(child, "comm").trim() == "sleep");
        sleeps.is_some()
    });
    (program, sleeps.expect("it was waited for"))
}

/// The command with the stand-in for Go in this folder.
fn with_go(command: &mut Command, folder: &Path) -> (Child, String) {
    let arguments = ["io", "--models=go-http", "--concurrency=1", "--delay=0"];
    until_a_child_sleeps(with_stand_in(command, folder).args(arguments))
}

fn kill(signal: &str, program: Child) -> Output {
    let mut kill = Command::new("kill");
    let sent = kill.args([signal, &program.id().to_string()]).status();
    assert!(sent.expect("every Unix has kill").success());
    program.wait_with_output().expect("it is our child")
}

fn interrupt(program: Child, signal: &str) -> Output {
    let output = kill(signal, program);
    let said = complaint(&output);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("interrupted"), "{said}");
    output
}

#[test]
fn ctrl_c_keeps_what_was_measured_and_leaves_no_child() {
    let program = start(&mut crate::compare(
        "io --models=tokio --concurrency=20,10 --requests=20 --delay=300ms \
         --rounds=9 --no-peers --json",
    ));
    let mut seen = BTreeSet::new();
    // The site, the warm-up of both rows, the first, and now the second: the first has a round.
    wait_until("it does not get on", || {
        seen.extend(children(program.id()));
        seen.len() >= 5
    });
    let document = document(&interrupt(program, "-INT"));
    assert!(document.interrupted);
    let mut lines = document.left_out.iter();
    assert!(lines.all(|line| !line.contains("time was up")));
    let rounds = document.rows[0].rounds.len();
    assert!((1..9).contains(&rounds), "{rounds}");
    for child in seen {
        let there = shown(&child, "cmdline");
        assert!(!there.contains("compare"), "{child} goes on: {there}");
    }
}

/// Signals, SIGKILL last, reach a run that looks for a peer, that builds one, and that measures one.
#[test]
fn no_signal_leaves_anything_behind() {
    let python = stand_in("python-hangs", "python3", HANGS);
    let node = stand_in("node-hangs", "node", HANGS);
    let curl = stand_in("curl-hangs", "curl", HANGS);
    let building = stand_in_for_go("go-build-hangs", HANGS);
    let measuring = stand_in_for_go("go-sleeps", SLEEPS);
    for (question, peer, folder) in [
        ("cpu", "python", &python),
        ("cpu", "node", &node),
        ("io", "curl", &curl),
        ("io", "go-http", &building),
        ("io", "go-http", &measuring),
    ] {
        for signal in ["-INT", "-TERM", "-HUP", "-KILL"] {
            let case = format!("{peer} in {}, {signal}", folder.display());
            let arguments = format!("{question} --models={peer}");
            let mut compare = crate::compare(&arguments);
            let (program, child) = until_a_child_sleeps(with_stand_in(&mut compare, folder));
            let built = usize::from(peer == "go-http");
            assert_eq!(temporary(folder).len(), built, "{case}");
            if signal == "-KILL" {
                kill(signal, program);
            } else {
                let output = interrupt(program, signal);
                let silent = output.stdout.is_empty();
                assert!(silent || folder == &measuring, "{case}: {output:?}");
                assert!(temporary(folder).is_empty(), "{case}");
            }
            wait_until(&format!("{case}: it goes on"), || is_gone(&child));
        }
    }
}

/// SIGKILL leaves no time to clean up. The next run does, and leaves alone what others use.
#[test]
fn the_folder_of_a_killed_run_is_removed_by_the_next() {
    let _limit = testing::watchdog::limit();
    let go = stand_in_for_go("killed", HANGS);
    let (program, _) = with_go(&mut crate::compare(""), &go);
    kill("-KILL", program);
    let abandoned = temporary(&go).pop_first().expect("the test needs one");
    let (prefix, _) = abandoned.rsplit_once('-').unwrap();
    let mine = format!("{prefix}-{}", std::process::id());
    let others = BTreeSet::from([mine, format!("{prefix}-of-somebody")]);
    for name in &others {
        fs::create_dir(go.join("temporary").join(name)).unwrap();
    }
    let mut next = crate::compare("cpu --models=sequential --numbers=9 --no-peers --rounds=2");
    measure(with_stand_in(&mut next, &go));
    assert_eq!(temporary(&go), others);
}

#[test]
fn an_interpreter_that_hangs_is_given_up_at_the_limit() {
    let _limit = testing::watchdog::limit();
    let hangs = "echo $$ >> \"$LOG\"; exec sleep 600";
    let folder = stand_in("hanging-python", "python3", hangs);
    let arguments =
        "cpu --limit=1s --models=sequential,python,python-threads --numbers=9 --rounds=2";
    let document = measure(with_stand_in(&mut crate::compare(arguments), &folder));
    let said = "Python: python3 did not tell its version within 1s".to_owned();
    assert!(document.left_out.contains(&said), "{:?}", document.left_out);
    assert!(!document.rows.is_empty(), "the rest was not measured");
    assert!(document.rows.iter().all(|row| row.model == "sequential"));
    // One question, so one limit, however many rows want it; and it is not left behind.
    let log = fs::read_to_string(folder.join("log")).unwrap();
    assert_eq!(log.lines().count(), 1, "{log}");
    wait_until("it goes on", || is_gone(log.trim()));
}

#[test]
fn a_process_that_left_its_group_holds_nothing_up() {
    let _limit = testing::watchdog::limit();
    let leaves = "setsid sh -c 'echo $$ >> \"$LOG\"; exec sleep 600' & echo \"$0\"";
    let folder = stand_in("leaving-python", "python3", leaves);
    let arguments = "cpu --limit=1s --models=sequential,python --numbers=9 --rounds=1";
    let document = measure(with_stand_in(&mut crate::compare(arguments), &folder));
    let mut sequential = document.rows.iter().filter(|row| row.model == "sequential");
    assert!(sequential.all(|row| row.why.is_none()));
    // Whoever leaves the group is out of reach: not even the folder of a run knows of it.
    for process in fs::read_to_string(folder.join("log")).unwrap().lines() {
        let _ = Command::new("kill").args(["-KILL", process]).status();
    }
}

#[test]
fn a_build_that_hangs_is_given_up_at_the_limit() {
    let _limit = testing::watchdog::limit();
    let go = stand_in_for_go("go-hangs", HANGS);
    let arguments = "io --limit=1s --models=sequential,go-http --requests=2 --concurrency=1 \
                     --delay=0 --rounds=1";
    let document = measure(with_stand_in(&mut crate::compare(arguments), &go));
    let said = "Go's net/http: it could not be built: not done within 1s".to_owned();
    assert!(document.left_out.contains(&said), "{:?}", document.left_out);
}

#[test]
fn a_peer_that_cannot_be_built_is_left_out_and_built_only_where_it_is_wanted() {
    let build = "echo '# main' >&2; echo 'no room' >&2; exit 1";
    let go = stand_in_for_go("go-fails", build);
    let few = "--requests=2 --concurrency=1 --delay=0";
    for (arguments, left_out) in [
        (format!("io --models=sequential,go-http {few}"), true),
        (format!("io --models=sequential {few}"), false),
        ("cpu --models=sequential --numbers=9".to_owned(), false),
    ] {
        let mut command = crate::compare(&arguments);
        let document = measure(with_stand_in(&mut command, &go).arg("--rounds=1"));
        let said = "Go's net/http: it could not be built: no room".to_owned();
        assert_eq!(document.left_out.contains(&said), left_out, "{arguments}");
        assert!(document.rows.iter().all(|row| row.model == "sequential"));
    }
    assert!(temporary(&go).is_empty());
}

/// The processes of a group that have not ended: proc(5) tells state and group of each.
fn group(of: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("Linux has it");
    let processes = processes.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let is_member = |process: &String| {
        // The name in parentheses may hold anything; then come state, parent and group.
        let stat = shown(process, "stat");
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        let fields: Vec<&str> = fields.split_whitespace().collect();
        fields.get(2) == Some(&of) && fields[0] != "Z"
    };
    processes.filter(is_member).collect()
}

#[test]
fn the_workers_of_a_peer_do_not_outlive_us_however_we_end() {
    if Command::new("python3").arg("--version").output().is_err() {
        assert!(!required(), "python3 is missing");
        println!("not run: python3 is missing");
        return;
    }
    let program = start(&mut crate::compare(
        "cpu --models=python-processes --cores=1 --tasks=16 --numbers=500000 --rounds=1",
    ));
    let mut peer = String::new();
    wait_until("the peer has no workers", || {
        // Each child leads a group of its own; what only looks for Python does too.
        let mut children = children(program.id()).into_iter();
        let found = children.find(|child| shown(child, "cmdline").contains("cpu.py"));
        peer = found.unwrap_or_default();
        group(&peer).len() > 1
    });
    kill("-KILL", program);
    wait_until("the workers go on", || group(&peer).is_empty());
}

#[test]
fn under_nohup_the_end_of_the_session_does_not_end_it() {
    let go = stand_in_for_go("go-nohup", SLEEPS);
    let mut nohup = Command::new("nohup");
    nohup
        .arg(env!("CARGO_BIN_EXE_compare"))
        .stdin(Stdio::null());
    let (program, _) = with_go(&mut nohup, &go);
    let status = shown(&program.id().to_string(), "status");
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = u64::from_str_radix(ignored.unwrap().trim(), 16).unwrap();
    assert_eq!(ignored & 1, 1, "SIGHUP, the first of them, is handled");
    interrupt(program, "-INT");
}
