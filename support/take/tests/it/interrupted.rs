//! Ctrl-C and a full disk leave the project as it was, to the byte.
#![cfg(unix)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::project::{Files, Project, contains};

/// Where the file that a test waits for appears, relative to the folder of the fake cargo.
const REACHED: &str = "reached";
const GO_ON: &str = "go-on";

/// A cargo that stops at one of its calls, says so, and waits.
struct SlowCargo {
    folder: tempfile::TempDir,
}

impl SlowCargo {
    /// Waits in the call number `call` of `command`, counted from 1.
    fn new(command: &str, call: u32) -> Self {
        let folder = tempfile::tempdir().expect("the system has a temporary folder");
        let real = std::env::var("CARGO").expect("cargo runs this test");
        let here = folder.path().display();
        // It says what the project contains at that moment, so that a test sees the phase it is in.
        let script = format!(
            "#!/bin/sh\n\
             if [ \"$1\" = {command} ]; then\n\
             echo >> '{here}/calls'\n\
             if [ $(wc -l < '{here}/calls') -eq {call} ]; then\n\
             ls src > '{here}/listed'; mv '{here}/listed' '{here}/{REACHED}'\n\
             while [ ! -e '{here}/{GO_ON}' ]; do sleep 0.05; done\n\
             fi\nfi\n\
             exec '{real}' \"$@\"\n"
        );
        let cargo = Self { folder };
        fs::write(cargo.path(), script).expect("the folder is ours");
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(cargo.path(), executable).expect("the file is ours");
        cargo
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("cargo")
    }

    /// What is in `src` when the call is reached.
    fn reached(&self, take: &mut Child) -> String {
        wait_for(|| {
            let ended = take.try_wait().expect("it is our child");
            assert!(ended.is_none(), "take ended before that call");
            fs::read_to_string(self.folder.path().join(REACHED)).ok()
        })
    }

    fn go_on(&self) {
        fs::write(self.folder.path().join(GO_ON), "").expect("the folder is ours");
    }
}

/// What `result` returns in the end; a failure after two minutes.
fn wait_for<T>(mut result: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(result) = result() {
            return result;
        }
        assert!(start.elapsed() < Duration::from_secs(120), "not in 2 min");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Starts `take` in a process group of its own, as a shell does.
fn start(project: &Project, cargo: &SlowCargo, concept: &str) -> Child {
    let mut take = Command::new(env!("CARGO_BIN_EXE_take"));
    take.args([concept, "--yes", "--into"]).arg(&project.path);
    take.env("CARGO", cargo.path())
        .env("CARGO_TARGET_DIR", cargo.folder.path().join("target"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0);
    take.spawn().expect("it was built with this test")
}

/// Sends SIGINT to a process, or to a whole group if the number is negative.
fn interrupt(target: i64) {
    let mut kill = Command::new("kill");
    let kill = kill.args(["-s", "INT", "--", &target.to_string()]).status();
    assert!(kill.expect("every unix has kill").success());
}

/// Asserts exit code 130, one line of explanation, and a project as it was.
#[track_caller]
fn restored(mut take: Child, project: &Project, before: &Files) {
    let mut said = String::new();
    let errors = take.stderr.as_mut().expect("it is piped");
    errors.read_to_string(&mut said).expect("it prints text");
    let status = take.wait().expect("it is our child");
    assert_eq!(said, "take: interrupted; nothing was changed\n");
    assert_eq!(status.code(), Some(130));
    assert_eq!(&project.files(), before);
}

/// Ctrl-C, which a terminal sends to all processes of the group, in this call of cargo.
#[track_caller]
fn interrupted_in(project: &Project, concept: &str, command: &str, call: u32, written: bool) {
    let before = project.files();
    let cargo = SlowCargo::new(command, call);
    let mut take = start(project, &cargo, concept);
    let listed = cargo.reached(&mut take);
    assert_eq!(listed.contains(concept), written, "{listed}");
    interrupt(-i64::from(take.id()));
    restored(take, project, &before);
}

#[test]
fn ctrl_c_before_anything_is_written() {
    let project = Project::program("2024");
    interrupted_in(&project, "semaphore", "check", 1, false);
}

#[test]
fn ctrl_c_during_the_check_of_what_was_written() {
    for concept in ["semaphore", "rwlock"] {
        let project = Project::program("2024");
        interrupted_in(&project, concept, "check", 2, true);
        project.take_well(concept, &[]); // and then it can be taken
    }
}

#[test]
fn ctrl_c_during_the_documentation_tests() {
    let project = Project::library("2024");
    interrupted_in(&project, "channel", "test", 1, true);
}

#[test]
fn ctrl_c_where_there_is_a_lock_file_and_an_older_copy() {
    let project = Project::program("2024");
    project.take_well("semaphore", &[]);
    project.read("Cargo.lock");
    interrupted_in(&project, "rwlock", "check", 2, true);
}

/// `kill -INT` reaches `take` alone, and cargo goes on and succeeds.
#[test]
fn an_interrupt_that_cargo_does_not_get_is_not_forgotten() {
    let project = Project::program("2024");
    let before = project.files();
    let cargo = SlowCargo::new("check", 2);
    let mut take = start(&project, &cargo, "semaphore");
    cargo.reached(&mut take);
    interrupt(take.id().into());
    thread::sleep(Duration::from_millis(100)); // it must not end before cargo has
    assert!(take.try_wait().expect("it is our child").is_none());
    cargo.go_on();
    restored(take, &project, &before);
}

/// A terminal is needed for this, which the program `script` makes.
#[test]
#[cfg(target_os = "linux")]
fn ctrl_c_at_the_question() {
    let project = Project::program("2024");
    let before = project.files();
    let command = format!(
        "'{}' semaphore --into '{}'",
        env!("CARGO_BIN_EXE_take"),
        project.path.display()
    );
    let script = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut script) = script else {
        return skipped("script, of util-linux, is not installed");
    };
    let (mut keys, mut screen) = (
        script.stdin.take().expect("it is piped"),
        script.stdout.take().expect("it is piped"),
    );
    let (mut shown, mut byte) = (Vec::new(), [0]);
    while !shown.ends_with(b"[y/N] ") {
        let read = screen.read(&mut byte).expect("it is piped");
        let text = String::from_utf8_lossy(&shown);
        assert!(read == 1, "it ended without a question: {text}");
        shown.extend(byte);
    }
    keys.write_all(b"\x03").expect("it is piped");
    let status = wait_for(|| script.try_wait().expect("it is our child"));
    let mut rest = String::new();
    screen.read_to_string(&mut rest).expect("it prints text");
    contains(&rest, "take: interrupted; nothing was changed");
    assert_eq!(status.code(), Some(130), "{rest}");
    assert_eq!(project.files(), before);
}

/// A small disk of memory, which only root can make.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    fn new(kib: u32) -> Option<Self> {
        let folder = tempfile::tempdir().expect("the system has a temporary folder");
        let size = format!("size={kib}k,mode=1777");
        let mount = ["mount", "-t", "tmpfs", "-o", &size, "tmpfs"];
        as_root(&mount, folder.path()).then_some(Self { folder })
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if !as_root(&["umount"], self.folder.path()) {
            eprintln!("{} is still mounted", self.folder.path().display());
        }
    }
}

/// Runs a command on this folder, if need be with a sudo that does not ask.
fn as_root(command: &[&str], folder: &Path) -> bool {
    let sudo = [&["sudo", "-n"], command].concat();
    [command, &sudo].iter().any(|words| {
        let mut command = Command::new(words[0]);
        let output = command.args(&words[1..]).arg(folder).output();
        output.is_ok_and(|output| output.status.success())
    })
}

/// CI sets a variable, so that nothing is skipped there unseen.
fn skipped(why: &str) {
    assert!(std::env::var_os("REQUIRE_FAULTS").is_none(), "{why}");
    // Not a macro, whose output the harness would keep.
    let _ = writeln!(std::io::stderr(), "SKIPPED a test of take: {why}");
}

/// Fills the disk, but for this many blocks of 4 KiB.
fn fill(folder: &Path, free: usize) {
    let path = folder.join("filler");
    let mut filler = fs::File::create(&path).expect("the folder is ours");
    while filler.write_all(&[0; 4096]).is_ok() {}
    let full = filler.metadata().expect("it is open").len();
    let free = u64::try_from(free * 4096).expect("it is small");
    filler
        .set_len(full - full % 4096 - free)
        .expect("to shorten it needs no space");
}

/// The disk is full at every moment that it can be: with no block free, with one, with two …, until
/// it succeeds.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_leaves_no_trace() {
    for concept in ["semaphore", "rwlock"] {
        let Some(disk) = SmallDisk::new(256) else {
            return skipped("no small disk can be mounted here; root can mount one");
        };
        let project = Project::on(disk.folder.path());
        let mut words = Vec::new();
        for free in 0.. {
            fill(disk.folder.path(), free);
            let before = project.files();
            let output = project.take(concept, &[]);
            fs::remove_file(disk.folder.path().join("filler")).expect("the folder is ours");
            if output.status.success() {
                break;
            }
            assert_eq!(output.status.code(), Some(1), "{output:?}");
            let said = String::from_utf8(output.stderr).expect("it prints text");
            assert_eq!(said.lines().count(), 1, "{said}");
            assert_eq!(project.files(), before, "with {free} blocks free: {said}");
            words.push(said);
        }
        println!("{concept}: {words:#?}");
        assert!(words.len() >= 3, "{words:?}");
        let named = |said: &String| said.contains("No space left on device");
        assert!(words.iter().all(named), "{words:?}");
        project.cargo_well(&["check", "--quiet"]);
    }
}
