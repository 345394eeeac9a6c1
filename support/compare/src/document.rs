//! What belongs beside the figures: date, command, machine, versions.

use std::time::SystemTime;

use measured::Document;

use crate::accounting::{proc_bytes, proc_field};
use crate::options::cores;
use crate::peers::Peers;

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

/// The document of a run that begins now, still without rows.
pub(crate) fn new(peers: &Peers) -> Document {
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
    Document {
        date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        command: ["compare".to_owned()]
            .into_iter()
            .chain(arguments)
            .collect::<Vec<_>>()
            .join(" "),
        machine: machine(),
        versions,
        left_out,
        ..Document::default()
    }
}

/// The processor, its cores, the memory and the system. What the system does not show is left out.
fn machine() -> Vec<(String, String)> {
    let system = rustix::system::uname();
    let system = [system.sysname(), system.release(), system.machine()].map(|part| {
        // The part after a hyphen is the distributor's.
        let part = part.to_string_lossy();
        part.split('-').next().unwrap_or_default().to_owned()
    });
    let memory = proc_bytes("/proc/meminfo", "MemTotal")
        .map(|bytes| format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30)));
    [
        ("processor", proc_field("/proc/cpuinfo", "model name")),
        ("cores", Some(cores().to_string())),
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
