//! A whole run, as `--json` prints it and the report shows it.

use std::fs;
use std::time::SystemTime;

use serde::Serialize;

use crate::advice::{self, Advice};
use crate::peers::Peers;
use crate::rows::Row;

/// A run: where, when, with what, and all that came out.
#[derive(Debug, Serialize)]
pub(crate) struct Document {
    /// When it began, in UTC.
    pub(crate) date: String,
    /// The command line.
    pub(crate) command: String,
    /// The machine, in a few lines: a name and a value each.
    pub(crate) machine: Vec<(String, String)>,
    /// Compiler, libraries and peers: a name and a version each.
    pub(crate) versions: Vec<(String, String)>,
    /// Whether Ctrl-C ended it: rows may lack rounds.
    pub(crate) interrupted: bool,
    /// What was not measured, and why.
    pub(crate) left_out: Vec<String>,
    /// All rows with all their rounds.
    pub(crate) rows: Vec<Row>,
    /// What follows from them.
    pub(crate) advice: Vec<Advice>,
}

/// The libraries whose versions belong beside the figures.
const LIBRARIES: [&str; 13] = [
    "async-std",
    "crossbeam-channel",
    "flume",
    "hyper",
    "hyper-util",
    "parking_lot",
    "postcard",
    "rayon",
    "reqwest",
    "rustls",
    "smol",
    "tokio",
    "ureq",
];

impl Document {
    /// The document of a run that begins now, still without rows.
    pub(crate) fn begin(peers: &Peers) -> Self {
        let rustc = env!("COMPARE_RUSTC").trim_start_matches("rustc ");
        let mut versions = vec![("rustc".to_owned(), rustc.to_owned())];
        versions.extend(libraries(include_str!("../../../Cargo.lock")));
        versions.extend(peers.versions.iter().cloned());
        let arguments = std::env::args().skip(1);
        let mut left_out = peers.left_out.clone();
        if cfg!(debug_assertions) {
            left_out.push(
                "optimisation: this is a debug build; its figures say nothing (use --release)"
                    .to_owned(),
            );
        }
        Self {
            date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            command: ["compare".to_owned()]
                .into_iter()
                .chain(arguments)
                .collect::<Vec<_>>()
                .join(" "),
            machine: machine(),
            versions,
            interrupted: false,
            left_out,
            rows: Vec::new(),
            advice: Vec::new(),
        }
    }

    /// Takes the rows, and draws from them what they support.
    pub(crate) fn finish(&mut self, rows: Vec<Row>, interrupted: bool) {
        self.advice = advice::from(&rows);
        self.rows = rows;
        self.interrupted = interrupted;
    }
}

/// The processor, its cores, the memory and the system; what is not told is left out.
fn machine() -> Vec<(String, String)> {
    let field = |file: &str, name: &str| {
        let text = fs::read_to_string(file).ok()?;
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let system = rustix::system::uname();
    let system = [system.sysname(), system.release(), system.machine()]
        .map(|part| part.to_string_lossy().into_owned());
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.strip_suffix(" kB")?.parse::<f64>().ok())
        .map(|kib| format!("{:.1} GiB", kib / f64::from(1 << 20)));
    [
        ("processor", field("/proc/cpuinfo", "model name")),
        ("cores that it may use", Some(cores.to_string())),
        ("memory", memory),
        ("system", Some(system.join(" "))),
        (
            "descriptors that it may open",
            demo_site::raise_descriptor_limit()
                .ok()
                .map(|limit| limit.to_string()),
        ),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}

/// Names and versions from the lock file with which this program was built.
fn libraries(lock: &str) -> Vec<(String, String)> {
    let value = |line: &str, key: &str| {
        let rest = line.strip_prefix(key)?.strip_prefix(" = \"")?;
        Some(rest.strip_suffix('"')?.to_owned())
    };
    let lines: Vec<&str> = lock.lines().collect();
    let pairs = lines
        .windows(2)
        .filter_map(|pair| Some((value(pair[0], "name")?, value(pair[1], "version")?)));
    pairs
        .filter(|(name, _)| LIBRARIES.contains(&name.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_libraries_that_it_measures() {
        let found = libraries(include_str!("../../../Cargo.lock"));
        for name in ["tokio", "reqwest", "ureq", "smol", "rayon"] {
            let version = found.iter().find(|(found, _)| found == name);
            assert!(
                version.is_some_and(|(_, version)| version.contains('.')),
                "{name}"
            );
        }
    }
}
