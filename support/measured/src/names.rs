//! The names of all models, peers and groups, defined once: compare measures by them, rows carry
//! them, and advice and charts refer to them. A name that is not here does not compile.

use crate::question::Question;

/// A model, or a peer: a program in another language or a load generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name on the command line and in the JSON.
    pub id: &'static str,
    /// The name in tables and charts.
    pub label: &'static str,
    /// The name in a sentence.
    pub short: &'static str,
    /// Not ours.
    pub peer: bool,
}

macro_rules! names {
    ($(#[$about:meta])* $module:ident, peer = $peer:literal:
     $($constant:ident = $id:literal, $label:literal, $short:literal;)*) => {
        $(#[$about])*
        pub mod $module {
            use super::Name;

            $(
                #[doc = $label]
                pub const $constant: Name = Name {
                    id: $id,
                    label: $label,
                    short: $short,
                    peer: $peer,
                };
            )*
            pub(super) const ALL: &[Name] = &[$($constant),*];
        }
    };
}

names! {
    /// Ways to fetch, the simplest first.
    io, peer = false:
    SEQUENTIAL = "sequential", "one after another (thread-fetch-std)", "one after another";
    THREAD_PER_URL = "thread-per-url", "a new thread for each URL (thread-fetch-std)", "a new thread for each URL";
    THREADS_STD = "threads-std", "worker threads, std (thread-fetch-std)", "thread-fetch-std";
    THREADS_UREQ = "threads-ureq", "worker threads, ureq (thread-fetch)", "thread-fetch";
    TOKIO = "tokio", "tokio and reqwest (async-fetch)", "async-fetch";
    SMOL = "smol", "smol and hyper (async-fetch-smol)", "async-fetch-smol";
    ASYNC_STD = "async-std", "async-std and hyper (async-fetch-async-std)", "async-fetch-async-std";
    REACTOR = "reactor", "a reactor by hand, std (reactor)", "reactor";
    PROCESS_FETCH = "process-fetch", "worker processes, ureq (process-fetch)", "process-fetch";
}

names! {
    /// Other programs that fetch.
    io_peers, peer = true:
    AIOHTTP = "aiohttp", "Python, asyncio and aiohttp", "Python's aiohttp";
    REQUESTS_THREADS = "requests-threads", "Python, a thread for each URL, requests", "Python with a thread for each URL";
    REQUESTS_POOL = "requests-pool", "Python, ThreadPoolExecutor and requests.Session", "Python's ThreadPoolExecutor";
    NODE_FETCH = "node-fetch", "Node, fetch", "Node's fetch";
    UNDICI = "undici", "Node, a Pool of undici", "Node's undici";
    GO_HTTP = "go-http", "Go, net/http", "Go's net/http";
    CURL = "curl", "curl --parallel", "curl";
    OHA = "oha", "oha, which only makes load", "oha";
    WRK = "wrk", "wrk, which only makes load", "wrk";
}

names! {
    /// Ways to compute, the simplest first.
    cpu, peer = false:
    SEQUENTIAL = "sequential", "one after another", "one after another";
    SCOPE = "scope", "a thread for each core (thread-parallel-map)", "thread::scope";
    RAYON = "rayon", "rayon (thread-parallel-map)", "rayon";
    TOKIO_TASKS = "tokio-tasks", "tokio, a task for each", "tokio";
    GIL = "gil", "a thread for each core, under a toy GIL (gil)", "the toy GIL";
    PROCESS_POOL = "process-pool", "a process for each core (process-pool)", "process-pool";
}

names! {
    /// Other programs that compute.
    cpu_peers, peer = true:
    PYTHON = "python", "Python, one after another", "Python";
    PYTHON_THREADS = "python-threads", "Python, ThreadPoolExecutor", "Python with threads";
    PYTHON_PROCESSES = "python-processes", "Python, ProcessPoolExecutor", "Python with processes";
    NODE = "node", "Node, one after another", "Node";
    NODE_WORKERS = "node-workers", "Node, a worker for each core", "Node with workers";
}

names! {
    /// Locks, permits, channels, and what idles.
    sync, peer = false:
    ATOMIC_ADD = "atomic-add", "no lock: AtomicU64::fetch_add", "AtomicU64::fetch_add";
    STD_MUTEX = "std-mutex", "std::sync::Mutex", "std::sync::Mutex";
    PARKING_LOT_MUTEX = "parking-lot-mutex", "parking_lot::Mutex", "parking_lot::Mutex";
    SPINLOCK = "spinlock", "ours, which spins (spinlock)", "our spinlock";
    TOKIO_MUTEX = "tokio-mutex", "tokio::sync::Mutex, in tasks", "tokio::sync::Mutex";
    STD_RWLOCK = "std-rwlock", "std::sync::RwLock", "std::sync::RwLock";
    PARKING_LOT_RWLOCK = "parking-lot-rwlock", "parking_lot::RwLock", "parking_lot::RwLock";
    TOKIO_RWLOCK = "tokio-rwlock", "tokio::sync::RwLock, in tasks", "tokio::sync::RwLock";
    OUR_RWLOCK = "our-rwlock", "ours, from a Mutex and Condvars (rwlock)", "our rwlock";
    OUR_SEMAPHORE = "our-semaphore", "ours, from a Mutex and Condvars (semaphore)", "our semaphore";
    TOKIO_SEMAPHORE = "tokio-semaphore", "tokio::sync::Semaphore, in tasks", "tokio::sync::Semaphore";
    OUR_ASYNC_SEMAPHORE = "our-async-semaphore", "ours, for tasks (semaphore-async)", "our semaphore-async";
    STD_CHANNEL = "std-channel", "std::sync::mpsc::sync_channel", "std::sync::mpsc::sync_channel";
    CROSSBEAM_CHANNEL = "crossbeam-channel", "crossbeam_channel::bounded", "crossbeam_channel::bounded";
    FLUME_CHANNEL = "flume-channel", "flume::bounded", "flume::bounded";
    OUR_CHANNEL = "our-channel", "ours, from a Mutex and Condvars (channel)", "our channel";
    TOKIO_CHANNEL = "tokio-channel", "tokio::sync::mpsc::channel, in tasks", "tokio::sync::mpsc::channel";
    TOKIO_ONESHOT = "tokio-oneshot", "tokio's mpsc, and a oneshot for each answer", "tokio's mpsc and oneshot";
    TOKIO_BROADCAST = "tokio-broadcast", "tokio::sync::broadcast, which drops the oldest", "tokio::sync::broadcast";
    TOKIO_WATCH = "tokio-watch", "tokio::sync::watch, which keeps the newest", "tokio::sync::watch";
    TOKIO_NOTIFY = "tokio-notify", "tokio::sync::Notify, which carries no value", "tokio::sync::Notify";
    SMOL_TASK = "smol-task", "a task of smol's", "a smol task";
    TOKIO_TASK = "tokio-task", "a task of tokio's", "a tokio task";
    THREAD = "thread", "a thread", "a thread";
    PROCESS = "process", "a process (this program)", "a process";
}

/// What else people call models: their libraries, crates and languages.
const ALSO: &[(Question, &str, &[Name])] = &[
    (Question::Io, "ureq", &[io::THREADS_UREQ]),
    (Question::Io, "reqwest", &[io::TOKIO]),
    (
        Question::Io,
        "threads",
        &[io::THREAD_PER_URL, io::THREADS_STD, io::THREADS_UREQ],
    ),
    (
        Question::Io,
        "requests",
        &[io_peers::REQUESTS_THREADS, io_peers::REQUESTS_POOL],
    ),
    (
        Question::Io,
        "python",
        &[
            io_peers::AIOHTTP,
            io_peers::REQUESTS_THREADS,
            io_peers::REQUESTS_POOL,
        ],
    ),
    (
        Question::Io,
        "node",
        &[io_peers::NODE_FETCH, io_peers::UNDICI],
    ),
    (Question::Io, "go", &[io_peers::GO_HTTP]),
    (
        Question::Cpu,
        "thread-parallel-map",
        &[cpu::SCOPE, cpu::RAYON],
    ),
    (Question::Cpu, "threads", &[cpu::SCOPE]),
    (Question::Cpu, "thread-scope", &[cpu::SCOPE]),
    (
        Question::Sync,
        "mutex",
        &[sync::STD_MUTEX, sync::PARKING_LOT_MUTEX, sync::TOKIO_MUTEX],
    ),
    (Question::Sync, "mutex-async", &[sync::TOKIO_MUTEX]),
    (
        Question::Sync,
        "rwlock",
        &[
            sync::STD_RWLOCK,
            sync::PARKING_LOT_RWLOCK,
            sync::TOKIO_RWLOCK,
            sync::OUR_RWLOCK,
        ],
    ),
    (
        Question::Sync,
        "semaphore",
        &[
            sync::OUR_SEMAPHORE,
            sync::TOKIO_SEMAPHORE,
            sync::OUR_ASYNC_SEMAPHORE,
        ],
    ),
    (
        Question::Sync,
        "semaphore-async",
        &[sync::TOKIO_SEMAPHORE, sync::OUR_ASYNC_SEMAPHORE],
    ),
    (
        Question::Sync,
        "channel",
        &[
            sync::STD_CHANNEL,
            sync::CROSSBEAM_CHANNEL,
            sync::FLUME_CHANNEL,
            sync::OUR_CHANNEL,
            sync::TOKIO_CHANNEL,
        ],
    ),
    (
        Question::Sync,
        "channel-async",
        &[
            sync::TOKIO_CHANNEL,
            sync::TOKIO_ONESHOT,
            sync::TOKIO_BROADCAST,
            sync::TOKIO_WATCH,
            sync::TOKIO_NOTIFY,
        ],
    ),
    (Question::Sync, "atomics", &[sync::ATOMIC_ADD]),
];

/// All models of a question, and then all peers.
pub fn all(question: Question) -> impl Iterator<Item = Name> {
    let (models, peers) = match question {
        Question::Io => (io::ALL, io_peers::ALL),
        Question::Cpu => (cpu::ALL, cpu_peers::ALL),
        Question::Sync => (sync::ALL, &[][..]),
    };
    models.iter().chain(peers).copied()
}

/// The model or peer of a question that somebody means by `text`: its name on the command line, in a
/// table or in a sentence, in capitals or not.
pub fn find(question: Question, text: &str) -> Option<Name> {
    let same = |name: &str| is_same(name, text);
    // The name on the command line first: it is the only one that no other model can have.
    let mut by_id = all(question).filter(|name| same(name.id));
    let mut others = all(question).filter(|name| same(name.short) || same(name.label));
    by_id.next().or_else(|| others.next())
}

/// As [`find`], and those that share a library, a crate or a language with this name.
pub fn find_all(question: Question, text: &str) -> Vec<Name> {
    if let Some(name) = find(question, text) {
        return vec![name];
    }
    let mut also = ALSO.iter().filter(|(asked, ..)| *asked == question);
    let found = also.find(|(_, name, _)| is_same(name, text));
    found.map_or(Vec::new(), |(.., names)| names.to_vec())
}

/// A crate is written with `_` in code.
fn is_same(name: &str, text: &str) -> bool {
    let (name, text) = (name.replace('_', "-"), text.replace('_', "-"));
    name.eq_ignore_ascii_case(&text)
}

/// The titles of the groups: the rows of a group did the same work.
pub mod groups {
    /// `io` without a delay.
    pub const AT_ONCE: &str = "Pages that are answered at once";
    /// `cpu`: nothing is shared.
    pub const PRIMES: &str = "Count primes: nothing is shared";
    /// `cpu`: one table is shared.
    pub const TABLE: &str = "Count into one table: all of it is shared";
    /// `cpu`: the number of cores is swept.
    pub const CORES: &str = "Count primes in 64 tasks, on so many cores";
    /// `sync`: all threads add to a number.
    pub const LOCK: &str = "Lock, add one, unlock";
    /// `sync`: all threads read a value.
    pub const READ: &str = "Lock to read, unlock";
    /// `sync`: half as many permits as threads.
    pub const PERMIT: &str = "Take a permit, give it back";
    /// `sync`: one consumer, all other threads produce.
    pub const MESSAGE: &str = "Send a message through a bounded channel";
    /// `sync`: units that are created and then wait.
    pub const IDLE: &str = "Create one, which then waits";

    /// `io` with a delay, such as `50ms`.
    pub fn waiting(delay: impl std::fmt::Display) -> String {
        format!("Pages that take {delay}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_means_itself() {
        for question in Question::ALL {
            for name in all(question) {
                assert_eq!(find(question, name.id), Some(name));
                assert_eq!(find(question, name.label), Some(name));
            }
        }
    }

    #[test]
    fn the_names_that_people_type_are_understood() {
        for (question, text, ids) in [
            (Question::Io, "async-fetch", "tokio"),
            (Question::Io, "Tokio", "tokio"),
            (Question::Io, "thread-fetch-std", "threads-std"),
            (Question::Io, "ureq", "threads-ureq"),
            (Question::Io, "Node", "node-fetch undici"),
            (Question::Io, "std-mutex", ""),
            (Question::Cpu, "ureq", ""),
            (Question::Cpu, "python", "python"),
            (Question::Cpu, "thread_parallel_map", "scope rayon"),
            (
                Question::Sync,
                "Semaphore",
                "our-semaphore tokio-semaphore our-async-semaphore",
            ),
            (Question::Sync, "spinlock", "spinlock"),
        ] {
            let found = find_all(question, text);
            let found: Vec<&str> = found.iter().map(|name| name.id).collect();
            assert_eq!(found.join(" "), ids, "{text}");
        }
    }
}
