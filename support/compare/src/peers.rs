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

use crate::model::Most;
use crate::options::Options;
use crate::run::{Children, Run, end_with_us};

/// Where their scripts are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");

/// How the names of temporary folders begin. The number of the process follows.
const PREFIX: &str = "many-things-at-once-compare-";

/// Time to tell a version, unless `--limit` is shorter.
const PROBE_LIMIT: Duration = Duration::from_secs(20);

/// Time to build one file and, if Go has not kept it from an earlier build, Go's own library, unless
/// `--limit` is given and shorter.
const BUILD_LIMIT: Duration = Duration::from_secs(300);

/// Up to where those are asked that hand each task over to a thread or a process.
const MOST_TASKS: Most = Some((
    10_000,
    "it hands over one task at a time, and more than 10,000 would take minutes",
));

/// What a child prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// A [`ChildReport`](crate::child_report::ChildReport).
    Report,
    /// Nothing that is of use: the work cannot be told from the start-up.
    Nothing,
    /// wrk's report: it works for a time, not for a number of pages, and says how many a second. Its
    /// work, its CPU time and its switches are brought to the number asked for; its wall time is not.
    Wrk,
}

/// A program that does the work: a peer, or this program as a child.
pub(crate) struct Program {
    pub(crate) name: Name,
    /// The most in flight, or tasks, for which it is asked.
    pub(crate) most: Most,
    pub(crate) path: OsString,
    /// How to understand what it prints.
    pub(crate) output: Output,
    /// Its first arguments: the script, and what it is to do.
    before: Vec<String>,
    /// Makes its other arguments from those that our own children get.
    convert: fn(&[String]) -> Vec<String>,
}

/// The peers in one language.
struct Scripts {
    /// The name, the file with its first argument, and the most tasks for which it is asked.
    computing: Vec<(Name, &'static str, Most)>,
    /// The package that it imports or nothing, the name, and the file.
    fetching: Vec<(&'static str, Name, &'static str)>,
}

/// The peers that are installed, and those that are not.
#[derive(Default)]
pub(crate) struct Peers {
    /// Those that fetch.
    pub(crate) io: Vec<Program>,
    /// Those that compute.
    pub(crate) cpu: Vec<Program>,
    /// One line for what is not there.
    pub(crate) left_out: Vec<String>,
    /// Programs with their versions.
    pub(crate) versions: Vec<(String, String)>,
    /// Where those are that had to be built.
    built: Option<TemporaryFolder>,
}

/// A folder for the time of this run. Neither Ctrl-C nor SIGTERM outruns its end: the run then stops
/// early, but as it always does.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// A new one, among the system's temporary files.
    fn new() -> io::Result<Self> {
        let path = env::temp_dir().join(format!("{PREFIX}{}", process::id()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    /// Removes the folders of runs that were killed: no process has their number any more.
    fn remove_abandoned() {
        let entries = fs::read_dir(env::temp_dir()).into_iter().flatten();
        for entry in entries.flatten() {
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

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // What cannot be removed is left to the system, which empties that place in time.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Peers {
    /// Looks for those that are wanted. After an interrupt it looks for no more.
    pub(crate) fn find(options: &Options, children: &Children) -> Self {
        let mut peers = Self::default();
        TemporaryFolder::remove_abandoned();
        if options.common.no_peers {
            peers.left_out.push("peers: --no-peers was given".into());
            return peers;
        }
        let limit = options.limit().min(PROBE_LIMIT);
        let probe = Probe { children, limit };
        for find in [Self::find_python, Self::find_node, Self::find_go] {
            if let Err(why) = find(&mut peers, options, &probe) {
                peers.left_out.push(why);
            }
        }
        peers.find_generators(options, &probe);
        peers
    }

    /// Keeps the version out of a line such as `curl 7.88.1 (x86_64-pc-linux-gnu) …`.
    fn add_version(&mut self, name: &str, line: &str) {
        let mut words = line.split_whitespace().filter(|word| *word != name);
        let version = words.next().unwrap_or_default().to_owned();
        self.versions.push((name.to_owned(), version));
    }

    fn find_python(&mut self, options: &Options, probe: &Probe<'_>) -> Result<(), String> {
        let scripts = Scripts {
            computing: vec![
                (cpu_peers::PYTHON, "cpu.py sequential", None),
                (cpu_peers::PYTHON_THREADS, "cpu.py threads", MOST_TASKS),
                (cpu_peers::PYTHON_PROCESSES, "cpu.py processes", MOST_TASKS),
            ],
            fetching: vec![
                ("aiohttp", io_peers::AIOHTTP, "io_aiohttp.py"),
                ("requests", io_peers::REQUESTS_THREADS, "io_threads.py"),
                ("requests", io_peers::REQUESTS_POOL, "io_pool.py"),
            ],
        };
        let Some(scripts) = scripts.wanted(options) else {
            return Ok(());
        };
        // A version manager's stand-in for python3 takes longer to start than Python itself.
        let path = "import sys; print(sys.executable)";
        let python = probe.first_line("python3", &["-c", path]);
        let python = python.map_err(|why| format!("Python: python3 {why}"))?;
        if let Ok(version) = probe.first_line(&python, &["--version"]) {
            self.add_version("Python", &version);
        }
        self.add_scripts(&scripts, &python, |package| {
            let version = format!("import {package}; print({package}.__version__)");
            let version = probe.first_line(&python, &["-c", &version]);
            version.map_err(|why| format!("Python's {package}: it {why}"))
        });
        Ok(())
    }

    fn find_node(&mut self, options: &Options, probe: &Probe<'_>) -> Result<(), String> {
        let scripts = Scripts {
            computing: vec![
                (cpu_peers::NODE, "cpu.mjs sequential", None),
                (cpu_peers::NODE_WORKERS, "cpu.mjs workers", MOST_TASKS),
            ],
            fetching: vec![
                ("", io_peers::NODE_FETCH, "io_fetch.mjs"),
                ("undici", io_peers::UNDICI, "io_undici.mjs"),
            ],
        };
        let Some(scripts) = scripts.wanted(options) else {
            return Ok(());
        };
        let version = probe.first_line("node", &["--version"]);
        self.add_version("node", &version.map_err(|why| format!("Node: node {why}"))?);
        self.add_scripts(&scripts, "node", |package| {
            // It is found as its script finds it: from this folder, or by NODE_PATH.
            let version =
                format!("require('{package}'), require('{package}/package.json').version");
            let place = "where node looks for it, which is from here or by NODE_PATH";
            let version = probe.first_line("node", &["-p", &version]);
            version.map_err(|why| format!("Node's {package}: it {why} {place}"))
        });
        Ok(())
    }

    /// Adds the scripts whose package is installed: `find` gives its version, or says why not.
    fn add_scripts(
        &mut self,
        scripts: &Scripts,
        program: &str,
        find: impl Fn(&str) -> Result<String, String>,
    ) {
        for &(name, script, most) in &scripts.computing {
            let peer = Program::scripted(name, program, script);
            self.cpu.push(Program { most, ..peer });
        }
        for scripts in scripts.fetching.chunk_by(|one, next| one.0 == next.0) {
            let package = scripts[0].0;
            if !package.is_empty() {
                match find(package) {
                    Ok(version) => self.add_version(package, &version),
                    Err(why) => {
                        self.left_out.push(why);
                        continue;
                    }
                }
            }
            let scripts = scripts.iter();
            self.io
                .extend(scripts.map(|(_, name, file)| Program::scripted(*name, program, file)));
        }
    }

    /// The only one that is built first, and only if it is to be measured.
    fn find_go(&mut self, options: &Options, probe: &Probe<'_>) -> Result<(), String> {
        if !options.wants_for(Question::Io, io_peers::GO_HTTP) {
            return Ok(());
        }
        let version = probe.first_line("go", &["env", "GOVERSION"]);
        let version = version.map_err(|why| format!("Go: go {why}"))?;
        if !cfg!(target_os = "linux") {
            let why = "Go's library reads the clock that all processes share on Linux alone";
            return Err(format!("Go's net/http: {why}"));
        }
        self.add_version("Go", version.trim_start_matches("go"));
        // A limit that was asked for holds for all that may hang.
        let limit = options.common.limit.unwrap_or(BUILD_LIMIT).min(BUILD_LIMIT);
        let program = self.build_go(probe.children, limit);
        let program =
            program.map_err(|why| format!("Go's net/http: it could not be built: {why}"))?;
        self.io.push(Program::new(io_peers::GO_HTTP, program));
        Ok(())
    }

    /// Builds it, or says in one line why not.
    fn build_go(&mut self, children: &Children, limit: Duration) -> Result<PathBuf, String> {
        let folder = TemporaryFolder::new().map_err(|error| error.to_string())?;
        let program = folder.0.join("go-http");
        self.built = Some(folder);
        let bar = ProgressBar::new_spinner().with_message("building the peer in Go");
        bar.enable_steady_tick(Duration::from_millis(100));
        let run = run(children, &mut go_build(&program), limit);
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
        let curl = Program {
            most: Some((300, "curl silently cuts more than 300 to that")),
            output: Output::Nothing,
            convert: curl,
            ..Program::new(io_peers::CURL, "curl")
        };
        let oha = Program {
            output: Output::Nothing,
            convert: oha,
            ..Program::new(io_peers::OHA, "oha")
        };
        let why = "it works for a time, and connecting more takes most of it";
        let wrk = Program {
            most: Some((1_000, why)),
            output: Output::Wrk,
            convert: wrk,
            ..Program::new(io_peers::WRK, "wrk")
        };
        for (peer, flag) in [(curl, "--version"), (oha, "--version"), (wrk, "-v")] {
            if !options.wants_for(Question::Io, peer.name) {
                continue;
            }
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

impl Program {
    /// A program that gets the arguments of our own children, and reports as they do.
    fn new(name: Name, path: impl Into<OsString>) -> Self {
        Self {
            name,
            most: None,
            path: path.into(),
            output: Output::Report,
            before: Vec::new(),
            convert: <[String]>::to_vec,
        }
    }

    /// This program as a child that runs one of its models.
    pub(crate) fn own(question: Question, name: Name, most: Most) -> Self {
        // An empty path cannot be started, and the row says so.
        let path = env::current_exe().unwrap_or_default();
        let before = ["--child", question.id(), name.id]
            .map(str::to_owned)
            .to_vec();
        Self {
            most,
            before,
            ..Self::new(name, path)
        }
    }

    /// A script, with its first argument where it has one.
    fn scripted(name: Name, interpreter: &str, script: &str) -> Self {
        let mut before: Vec<String> = script.split(' ').map(str::to_owned).collect();
        before[0] = format!("{FOLDER}/{}", before[0]);
        Self {
            before,
            ..Self::new(name, interpreter)
        }
    }

    /// Its arguments, made from those that our own children get.
    pub(crate) fn arguments(&self, arguments: &[String]) -> Vec<String> {
        [&self.before[..], &(self.convert)(arguments)].concat()
    }
}

impl Scripts {
    /// Those that are to be measured; `None` if there are none.
    fn wanted(mut self, options: &Options) -> Option<Self> {
        self.computing
            .retain(|(name, ..)| options.wants_for(Question::Cpu, *name));
        self.fetching
            .retain(|(_, name, _)| options.wants_for(Question::Io, *name));
        (!self.computing.is_empty() || !self.fetching.is_empty()).then_some(self)
    }
}

/// ORIGIN, PAGES, CONCURRENCY, DELAY and SIZE, as [`crate::io::jobs`] gives them.
fn page(arguments: &[String], name: &str) -> String {
    let (origin, delay, size) = (&arguments[0], &arguments[3], &arguments[4]);
    format!("{origin}/page/{name}?delay={delay}&size={size}")
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

fn curl(arguments: &[String]) -> Vec<String> {
    let (pages, most) = (&arguments[1], &arguments[2]);
    let url = page(arguments, &format!("[1-{pages}]"));
    words(&format!(
        "--silent --show-error --fail --noproxy * --parallel --parallel-max {most} \
         --output /dev/null {url}"
    ))
}

fn oha(arguments: &[String]) -> Vec<String> {
    let (pages, most) = (&arguments[1], &arguments[2]);
    let url = page(arguments, "oha");
    words(&format!("--no-tui -n {pages} -c {most} {url}"))
}

/// It works for a time in whole seconds: for one, and for four times the delay at the least. Its
/// time-out is beyond that: its own, of two seconds, would count slow pages as errors; and it keeps a
/// counter for each microsecond, so an hour would not fit into memory.
fn wrk(arguments: &[String]) -> Vec<String> {
    let delay = humantime::parse_duration(&arguments[3]).unwrap_or_default();
    let (most, seconds) = (&arguments[2], (4 * delay).as_secs() + 1);
    let (timeout, url) = (seconds + 1, page(arguments, "wrk"));
    words(&format!(
        "--threads 1 --connections {most} --duration {seconds}s --timeout {timeout}s {url}"
    ))
}

/// Runs what may hang as the rows are run: it has a time, and goes with this program.
fn run(children: &Children, command: &mut Command, limit: Duration) -> io::Result<Run> {
    end_with_us(command);
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
            let words = wrk(&arguments).join(" ");
            assert!(
                words.contains(&format!("--duration {duration} ")),
                "{words}"
            );
        }
    }
}
