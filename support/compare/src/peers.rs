//! Programs in other languages on the same work, where they are installed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs, io, process};

use indicatif::ProgressBar;
use measured::names::{cpu_peers, io_peers};
use measured::{Name, Question};
use rustix::process::{Pid, test_kill_process};

use crate::options::Options;
use crate::run::{Children, Run, bind_to_us};
use crate::sweep::{Most, Reading};

/// Where their scripts are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");

/// How the names of temporary folders begin. The number of the process follows.
const PREFIX: &str = "many-things-at-once-compare-";

/// Time to tell a version, unless `--limit` is shorter.
const TO_ANSWER: Duration = Duration::from_secs(20);

/// Time to build one file and, if Go has not kept it from an earlier build, Go's own library.
const TO_BUILD: Duration = Duration::from_secs(300);

/// Up to where those are asked that hand each task over to a thread or a process.
const MOST_TASKS: Most = Some((
    10_000,
    "it hands over one task at a time, and more than 10,000 would take minutes",
));

/// A program that does the same work.
pub(crate) struct Peer {
    /// Its name.
    pub(crate) name: Name,
    /// The most in flight, or tasks, for which it is asked.
    pub(crate) most: Most,
    /// What to start.
    pub(crate) program: OsString,
    /// Makes its arguments from those that our own children get.
    pub(crate) arguments: fn(&Peer, &[String]) -> Vec<String>,
    /// How to understand what it prints.
    pub(crate) reading: Reading,
    /// What stands before those arguments: the script, and what it is to do.
    before: Vec<String>,
}

/// The peers that are installed, and those that are not.
#[derive(Default)]
pub(crate) struct Peers {
    io: Vec<Peer>,
    cpu: Vec<Peer>,
    /// One line for what is not there.
    pub(crate) left_out: Vec<String>,
    /// Programs with their versions.
    pub(crate) versions: Vec<(String, String)>,
    /// Where those are that had to be built.
    built: Option<Folder>,
}

/// A folder for the time of this run. Neither Ctrl-C nor SIGTERM outruns its end: the run then stops
/// early, but as it always does.
struct Folder(PathBuf);

impl Folder {
    /// A new one, among the system's temporary files.
    fn new() -> io::Result<Self> {
        let path = env::temp_dir().join(format!("{PREFIX}{}", process::id()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Folder {
    /// Removes the folders of runs that were killed: no process has their number any more.
    fn remove_abandoned() {
        for entry in fs::read_dir(env::temp_dir())
            .into_iter()
            .flatten()
            .flatten()
        {
            let name = entry.file_name();
            let number = name
                .to_str()
                .and_then(|name| name.strip_prefix(PREFIX)?.parse().ok());
            let Some(pid) = number.and_then(Pid::from_raw) else {
                continue;
            };
            if test_kill_process(pid) == Err(rustix::io::Errno::SRCH) {
                // Another user's folder cannot be removed, and is left to that user.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left to the system, which empties that place in time.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Peers {
    /// Looks for those that are wanted. After an interrupt it looks for no more.
    pub(crate) fn find(options: &Options, children: &Children) -> Self {
        let mut peers = Self::default();
        Folder::remove_abandoned();
        if !options.peers {
            peers.left_out.push("peers: --no-peers was given".into());
            return peers;
        }
        let limit = options.limit.min(TO_ANSWER);
        let probe = Probe { children, limit };
        peers.find_python(options, &probe);
        peers.find_node(options, &probe);
        peers.find_go(options, &probe);
        peers.find_generators(options, &probe);
        peers
    }

    /// Keeps the version out of a line such as `curl 7.88.1 (x86_64-pc-linux-gnu) …`.
    fn add_version(&mut self, name: &str, line: &str) {
        let mut words = line.split_whitespace().filter(|word| *word != name);
        let version = words.next().unwrap_or_default().to_owned();
        self.versions.push((name.to_owned(), version));
    }

    /// Those that fetch.
    pub(crate) fn io(&self) -> &[Peer] {
        &self.io
    }

    /// Those that compute.
    pub(crate) fn cpu(&self) -> &[Peer] {
        &self.cpu
    }

    fn find_python(&mut self, options: &Options, probe: &Probe<'_>) {
        let mut computing = vec![
            (cpu_peers::PYTHON, "sequential", None),
            (cpu_peers::PYTHON_THREADS, "threads", MOST_TASKS),
            (cpu_peers::PYTHON_PROCESSES, "processes", MOST_TASKS),
        ];
        computing.retain(|(name, ..)| options.wants_for(Question::Cpu, *name));
        let mut fetching = vec![
            ("aiohttp", io_peers::AIOHTTP, "io_aiohttp.py"),
            ("requests", io_peers::REQUESTS_THREADS, "io_threads.py"),
            ("requests", io_peers::REQUESTS_POOL, "io_pool.py"),
        ];
        fetching.retain(|(_, name, _)| options.wants_for(Question::Io, *name));
        if computing.is_empty() && fetching.is_empty() {
            return;
        }
        // A version manager's stand-in for python3 takes longer to start than Python itself.
        let path = "import sys; print(sys.executable)";
        let python = match probe.first_line("python3", &["-c", path]) {
            Ok(python) => python,
            Err(why) => return self.left_out.push(format!("Python: python3 {why}")),
        };
        if let Ok(version) = probe.first_line(&python, &["--version"]) {
            self.add_version("Python", &version);
        }
        for (name, how, most) in computing {
            let peer = scripted(name, &python, "cpu.py", &[how]);
            self.cpu.push(Peer { most, ..peer });
        }
        for models in fetching.chunk_by(|one, next| one.0 == next.0) {
            let package = models[0].0;
            let version = format!("import {package}; print({package}.__version__)");
            match probe.first_line(&python, &["-c", &version]) {
                Ok(version) => self.add_version(package, &version),
                Err(why) => {
                    self.left_out.push(format!("Python's {package}: it {why}"));
                    continue;
                }
            }
            for &(_, name, script) in models {
                self.io.push(scripted(name, &python, script, &[]));
            }
        }
    }

    fn find_node(&mut self, options: &Options, probe: &Probe<'_>) {
        let mut computing = vec![
            (cpu_peers::NODE, "sequential", None),
            (cpu_peers::NODE_WORKERS, "workers", MOST_TASKS),
        ];
        computing.retain(|(name, ..)| options.wants_for(Question::Cpu, *name));
        let fetch = options.wants_for(Question::Io, io_peers::NODE_FETCH);
        let undici = options.wants_for(Question::Io, io_peers::UNDICI);
        if computing.is_empty() && !fetch && !undici {
            return;
        }
        match probe.first_line("node", &["--version"]) {
            Ok(version) => self.add_version("node", &version),
            Err(why) => return self.left_out.push(format!("Node: node {why}")),
        }
        for (name, how, most) in computing {
            let peer = scripted(name, "node", "cpu.mjs", &[how]);
            self.cpu.push(Peer { most, ..peer });
        }
        if fetch {
            let fetch = scripted(io_peers::NODE_FETCH, "node", "io_fetch.mjs", &[]);
            self.io.push(fetch);
        }
        if undici {
            self.find_undici(probe);
        }
    }

    fn find_undici(&mut self, probe: &Probe<'_>) {
        // It is found as its script finds it: from this folder, or by NODE_PATH.
        let version = "require('undici'), require('undici/package.json').version";
        match probe.first_line("node", &["-p", version]) {
            Ok(version) => {
                self.add_version("undici", &version);
                self.io.push(scripted(io_peers::UNDICI, "node", "io_undici.mjs", &[]));
            }
            Err(why) => self.left_out.push(format!(
                "Node's undici: it {why} where node looks for it, which is from here or by NODE_PATH"
            )),
        }
    }

    /// The only one that is built first, and only if it is to be measured.
    fn find_go(&mut self, options: &Options, probe: &Probe<'_>) {
        if !options.wants_for(Question::Io, io_peers::GO_HTTP) {
            return;
        }
        let version = match probe.first_line("go", &["env", "GOVERSION"]) {
            Ok(version) => version,
            Err(why) => return self.left_out.push(format!("Go: go {why}")),
        };
        if !cfg!(target_os = "linux") {
            self.left_out.push(
                "Go's net/http: Go's library reads the clock that all processes share on Linux alone"
                    .into(),
            );
            return;
        }
        self.add_version("Go", version.trim_start_matches("go"));
        match self.build_go(probe.children) {
            Ok(program) => self.io.push(Peer {
                name: io_peers::GO_HTTP,
                most: None,
                program: program.into(),
                arguments: |_, arguments| arguments.to_vec(),
                reading: Reading::Report,
                before: Vec::new(),
            }),
            Err(why) => self
                .left_out
                .push(format!("Go's net/http: it could not be built: {why}")),
        }
    }

    /// Builds it, or says in one line why not.
    fn build_go(&mut self, children: &Children) -> Result<PathBuf, String> {
        let folder = Folder::new().map_err(|error| error.to_string())?;
        let program = folder.0.join("go-http");
        self.built = Some(folder);
        let bar = ProgressBar::new_spinner().with_message("building the peer in Go");
        bar.enable_steady_tick(Duration::from_millis(100));
        let run = run(children, &mut go_build(&program), TO_BUILD);
        bar.finish_and_clear();
        let run = run.map_err(|error| error.to_string())?;
        let Some(trouble) = run.trouble() else {
            return Ok(program);
        };
        // It begins with the name of the package, after a `#`.
        let mut lines = run.stderr.lines().filter(|line| !line.starts_with('#'));
        Err(lines.next().map_or(trouble, str::to_owned))
    }

    /// Programs whose start cannot be told from their work.
    fn find_generators(&mut self, options: &Options, probe: &Probe<'_>) {
        for peer in [
            Peer {
                name: io_peers::CURL,
                most: Some((300, "curl silently cuts more than 300 to that")),
                program: "curl".into(),
                arguments: curl,
                reading: Reading::Nothing,
                before: Vec::new(),
            },
            Peer {
                name: io_peers::OHA,
                most: None,
                program: "oha".into(),
                arguments: oha,
                reading: Reading::Nothing,
                before: Vec::new(),
            },
            Peer {
                name: io_peers::WRK,
                most: Some((
                    1_000,
                    "it works for a time, and connecting more takes most of it",
                )),
                program: "wrk".into(),
                arguments: wrk,
                reading: Reading::Wrk,
                before: Vec::new(),
            },
        ] {
            if !options.wants_for(Question::Io, peer.name) {
                continue;
            }
            let flag = if peer.name == io_peers::WRK {
                "-v"
            } else {
                "--version"
            };
            match probe.first_line(peer.name.id, &[flag]) {
                Ok(version) => {
                    self.add_version(peer.name.id, &version);
                    self.io.push(peer);
                }
                Err(why) => self.left_out.push(format!("{}: it {why}", peer.name.id)),
            }
        }
    }
}

/// One file and Go's own library: whatever the user's settings and the folders above say of modules
/// is not for it, nothing is fetched, and no C compiler is needed.
fn go_build(program: &Path) -> Command {
    let mut command = Command::new("go");
    command
        .args(["build", "-o"])
        .arg(program)
        .arg(format!("{FOLDER}/io_go.go"))
        .env("GOENV", "off")
        .env("GOFLAGS", "")
        .env("GO111MODULE", "off")
        .env("GOTOOLCHAIN", "local")
        .env("CGO_ENABLED", "0");
    command
}

fn scripted(name: Name, program: &str, script: &str, more: &[&str]) -> Peer {
    let mut before = vec![format!("{FOLDER}/{script}")];
    before.extend(more.iter().map(|&argument| argument.to_owned()));
    Peer {
        name,
        most: None,
        program: program.into(),
        arguments: |peer, arguments| [&peer.before, arguments].concat(),
        reading: Reading::Report,
        before,
    }
}

/// ORIGIN, PAGES, CONCURRENCY, DELAY and SIZE, as [`crate::io::jobs`] gives them.
fn page(arguments: &[String], name: &str) -> String {
    let (origin, delay, size) = (&arguments[0], &arguments[3], &arguments[4]);
    format!("{origin}/page/{name}?delay={delay}&size={size}")
}

fn curl(_: &Peer, arguments: &[String]) -> Vec<String> {
    let pages = format!("[1-{}]", arguments[1]);
    [
        "--silent",
        "--show-error",
        "--fail",
        "--noproxy",
        "*",
        "--parallel",
        "--parallel-max",
        &arguments[2],
        "--output",
        "/dev/null",
        &page(arguments, &pages),
    ]
    .map(str::to_owned)
    .to_vec()
}

fn oha(_: &Peer, arguments: &[String]) -> Vec<String> {
    [
        "--no-tui",
        "-n",
        &arguments[1],
        "-c",
        &arguments[2],
        &page(arguments, "oha"),
    ]
    .map(str::to_owned)
    .to_vec()
}

/// It works for a time in whole seconds: for one, and for four times the delay at the least. Its
/// time-out is beyond that: its own, of two seconds, would count slow pages as errors; and it keeps a
/// counter for each microsecond, so an hour would not fit into memory.
fn wrk(_: &Peer, arguments: &[String]) -> Vec<String> {
    let delay = humantime::parse_duration(&arguments[3]).unwrap_or_default();
    let seconds = (4 * delay).as_secs() + 1;
    [
        "--threads",
        "1",
        "--connections",
        &arguments[2],
        "--duration",
        &format!("{seconds}s"),
        "--timeout",
        &format!("{}s", seconds + 1),
        &page(arguments, "wrk"),
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Runs what may hang as the rows are run: it has a time, and goes with this program.
///
/// # Errors
/// If it cannot be started or waited for, or was interrupted.
fn run(children: &Children, command: &mut Command, limit: Duration) -> io::Result<Run> {
    bind_to_us(command);
    let run = children.run(command, None, limit)?;
    run.ok_or_else(|| io::ErrorKind::Interrupted.into())
}

/// Asks programs for a line.
struct Probe<'a> {
    children: &'a Children,
    limit: Duration,
}

impl Probe<'_> {
    /// The first line that the program prints, or what to say if there is none.
    fn first_line(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        let not_there = || "is not installed".to_owned();
        let mut command = Command::new(program);
        command.args(arguments);
        let run = run(self.children, &mut command, self.limit).map_err(|_| not_there())?;
        if let Some(limit) = run.timed_out {
            let limit = humantime::format_duration(limit);
            return Err(format!("did not tell its version within {limit}"));
        }
        // `wrk -v` tells its version and ends with status 1.
        let line = run.stdout.lines().next().map(str::trim);
        let line = line.filter(|line| !line.is_empty());
        line.map(str::to_owned).ok_or_else(not_there)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrk_works_for_four_times_the_delay_and_for_a_second() {
        for (delay, duration) in [("0us", "1s"), ("50000us", "1s"), ("2000000us", "9s")] {
            let arguments = ["http://host", "10", "2", delay, "9"].map(str::to_owned);
            let peer = scripted(io_peers::WRK, "wrk", "", &[]);
            let words = wrk(&peer, &arguments).join(" ");
            assert!(
                words.contains(&format!("--duration {duration} ")),
                "{words}"
            );
        }
    }
}
