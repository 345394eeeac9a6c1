//! Programs in other languages on the same work, where they are installed.

use std::ffi::OsString;
use std::process::{Command, Stdio};

use measured::Question;

use crate::sweep::Reading;

/// Where their scripts are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");

/// They send one task at a time, and with more would take minutes.
const MOST_TASKS: u64 = 10_000;

/// A program that does the same work.
pub(crate) struct Peer {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// The same in words.
    pub(crate) label: &'static str,
    /// The most in flight, or tasks, for which it is asked.
    pub(crate) most: u64,
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
}

impl Peers {
    /// Looks for them. Nothing is looked for where none is wanted.
    pub(crate) fn find(wanted: bool) -> Self {
        let mut peers = Self::default();
        if !wanted {
            peers.left_out.push("peers: --no-peers was given".into());
            return peers;
        }
        peers.find_python();
        peers.find_node();
        peers.find_generators();
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

    /// The names of all that could be installed, for a check of the command line.
    pub(crate) fn names(question: Question) -> &'static [&'static str] {
        match question {
            Question::Io => &[
                "aiohttp",
                "requests-threads",
                "requests-pool",
                "node-fetch",
                "curl",
                "oha",
                "wrk",
            ],
            Question::Cpu => &[
                "python",
                "python-threads",
                "python-processes",
                "node",
                "node-workers",
            ],
            Question::Sync => &[],
        }
    }

    fn find_python(&mut self) {
        // A version manager's stand-in for python3 takes longer to start than Python itself.
        let path = "import sys; print(sys.executable)";
        let Some(python) = first_line("python3", &["-c", path]) else {
            self.left_out
                .push("Python: python3 is not installed".into());
            return;
        };
        if let Some(version) = first_line(&python, &["--version"]) {
            self.add_version("Python", &version);
        }
        for (name, label, how, most) in [
            (
                "python",
                "Python, one after another",
                "sequential",
                u64::MAX,
            ),
            (
                "python-threads",
                "Python, ThreadPoolExecutor",
                "threads",
                MOST_TASKS,
            ),
            (
                "python-processes",
                "Python, ProcessPoolExecutor",
                "processes",
                MOST_TASKS,
            ),
        ] {
            let peer = scripted(name, label, &python, "cpu.py", &[how]);
            self.cpu.push(Peer { most, ..peer });
        }
        for (package, models) in [
            (
                "aiohttp",
                &[("aiohttp", "Python, asyncio and aiohttp", "io_aiohttp.py")][..],
            ),
            (
                "requests",
                &[
                    (
                        "requests-threads",
                        "Python, a thread for each URL, requests",
                        "io_threads.py",
                    ),
                    (
                        "requests-pool",
                        "Python, ThreadPoolExecutor and requests.Session",
                        "io_pool.py",
                    ),
                ],
            ),
        ] {
            let version = format!("import {package}; print({package}.__version__)");
            let Some(version) = first_line(&python, &["-c", &version]) else {
                self.left_out
                    .push(format!("Python's {package}: it is not installed"));
                continue;
            };
            self.add_version(package, &version);
            for &(name, label, script) in models {
                self.io.push(scripted(name, label, &python, script, &[]));
            }
        }
    }

    fn find_node(&mut self) {
        match first_line("node", &["--version"]) {
            Some(version) => {
                self.add_version("node", &version);
                self.io.push(scripted(
                    "node-fetch",
                    "Node, fetch",
                    "node",
                    "io_fetch.mjs",
                    &[],
                ));
                for (name, label, how, most) in [
                    ("node", "Node, one after another", "sequential", u64::MAX),
                    (
                        "node-workers",
                        "Node, a worker for each core",
                        "workers",
                        MOST_TASKS,
                    ),
                ] {
                    let peer = scripted(name, label, "node", "cpu.mjs", &[how]);
                    self.cpu.push(Peer { most, ..peer });
                }
            }
            None => self.left_out.push("Node: node is not installed".into()),
        }
    }

    /// Programs whose start cannot be told from their work.
    fn find_generators(&mut self) {
        for peer in [
            Peer {
                name: "curl",
                label: "curl --parallel",
                most: 300, // more are silently cut to this
                program: "curl".into(),
                arguments: curl,
                reading: Reading::Nothing,
                before: Vec::new(),
            },
            Peer {
                name: "oha",
                label: "oha, which only makes load",
                most: u64::MAX,
                program: "oha".into(),
                arguments: oha,
                reading: Reading::Nothing,
                before: Vec::new(),
            },
            Peer {
                name: "wrk",
                label: "wrk, which only makes load",
                most: u64::MAX,
                program: "wrk".into(),
                arguments: wrk,
                reading: Reading::Wrk,
                before: Vec::new(),
            },
        ] {
            let flag = if peer.name == "wrk" {
                "-v"
            } else {
                "--version"
            };
            match first_line(peer.name, &[flag]) {
                Some(version) => {
                    self.add_version(peer.name, &version);
                    self.io.push(peer);
                }
                None => self
                    .left_out
                    .push(format!("{}: it is not installed", peer.name)),
            }
        }
    }
}

fn scripted(
    name: &'static str,
    label: &'static str,
    program: &str,
    script: &str,
    more: &[&str],
) -> Peer {
    let mut before = vec![format!("{FOLDER}/{script}")];
    before.extend(more.iter().map(|&argument| argument.to_owned()));
    Peer {
        name,
        label,
        most: u64::MAX,
        program: program.into(),
        arguments: |peer, arguments| [&peer.before, arguments].concat(),
        reading: Reading::Word,
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

fn wrk(_: &Peer, arguments: &[String]) -> Vec<String> {
    [
        "--threads",
        "1",
        "--connections",
        &arguments[2],
        "--duration",
        "1s",
        &page(arguments, "wrk"),
    ]
    .map(str::to_owned)
    .to_vec()
}

/// The first line that it prints; `None` if it is not there or not as meant.
fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    // `wrk -v` tells its version and ends with status 1.
    let line = text.lines().next()?.trim();
    (!line.is_empty()).then(|| line.to_owned())
}
