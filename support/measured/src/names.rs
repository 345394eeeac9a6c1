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

/// What else people call a model of `io`.
const ALSO: [(&str, Name); 2] = [("ureq", io::THREADS_UREQ), ("reqwest", io::TOKIO)];

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
    // A crate is written with `_` in code.
    let text = text.replace('_', "-");
    let same = |name: &str| name.replace('_', "-").eq_ignore_ascii_case(&text);
    let also = ALSO.into_iter().filter(|_| question == Question::Io);
    let mut also = also.filter(|(text, _)| same(text)).map(|(_, name)| name);
    // The name on the command line first: it is the only one that no other model can have.
    let mut by_id = all(question).filter(|name| same(name.id));
    let mut others = all(question).filter(|name| same(name.short) || same(name.label));
    by_id
        .next()
        .or_else(|| others.next())
        .or_else(|| also.next())
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
        let meant = |text| find(Question::Io, text).map(|name| name.id);
        assert_eq!(meant("async-fetch"), Some("tokio"));
        assert_eq!(meant("Tokio"), Some("tokio"));
        assert_eq!(meant("thread-fetch-std"), Some("threads-std"));
        assert_eq!(meant("ureq"), Some("threads-ureq"));
        assert_eq!(meant("std-mutex"), None);
        assert_eq!(find(Question::Cpu, "ureq"), None);
    }
}
