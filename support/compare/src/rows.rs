//! What is measured: rows, each with all of its rounds. `--json` prints them as they stand here.

use serde::{Deserialize, Serialize};

use crate::stats::Spread;

/// Which of the three questions a row answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Question {
    /// The same pages through every fetcher.
    Io,
    /// The same computation by every means.
    Cpu,
    /// What a lock, a message, a task, a thread, a process costs.
    Sync,
}

/// One model on one piece of work.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    /// The question that it answers.
    pub(crate) question: Question,
    /// The work; rows of one group are compared with each other.
    pub(crate) group: String,
    /// The model's short name.
    pub(crate) model: &'static str,
    /// The model in words.
    pub(crate) label: &'static str,
    /// Not ours: a program in another language, or a raw generator.
    pub(crate) peer: bool,
    /// What is swept: pages in flight, tasks, threads, or units.
    pub(crate) x: u64,
    /// Pages, tasks, operations or units in one round.
    pub(crate) units: u64,
    /// For `io`: how long the site waits before it answers, in seconds.
    pub(crate) delay: f64,
    /// All rounds that count. The warm-up is not among them.
    pub(crate) rounds: Vec<Round>,
    /// Why it did not finish. Later rounds were then left out.
    pub(crate) why: Option<String>,
}

/// One run of one child. Times are in seconds, memory in bytes. What the system or the child does
/// not tell is absent.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Round {
    /// From the start of the process to its end, all included.
    pub(crate) wall: f64,
    /// Of that, until the child began its work, by its own word.
    pub(crate) start_up: Option<f64>,
    /// Of that, the work itself, by the child's own clock.
    pub(crate) work: Option<f64>,
    /// CPU time in the program, its own children's included.
    pub(crate) user: f64,
    /// CPU time in the system on its behalf, its own children's included.
    pub(crate) system: f64,
    /// The most memory resident at one moment; where there are several processes, in the largest.
    pub(crate) peak_memory: u64,
    /// The most threads that were seen; it is looked every few milliseconds.
    pub(crate) most_threads: Option<u64>,
    /// How often it waited for something.
    pub(crate) voluntary_switches: u64,
    /// How often its time slice was up, or another was more urgent.
    pub(crate) involuntary_switches: u64,
    /// What the site counted meanwhile.
    pub(crate) site: Option<Seen>,
    /// Nanoseconds for one operation, by the child's own clock.
    pub(crate) ns_each: Option<f64>,
    /// Bytes for one unit that idles.
    pub(crate) bytes_each: Option<f64>,
}

/// What the site saw during one round.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) struct Seen {
    /// Requests that arrived.
    pub(crate) requests: u64,
    /// Connections that were opened.
    pub(crate) connections: u64,
    /// The most requests in flight at one moment.
    pub(crate) most_in_flight: u64,
}

/// What a child says of its work, in one line of JSON on its standard output. The times are
/// nanoseconds of the system's monotonic clock, which is one for all processes.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Word {
    /// When the work began.
    pub(crate) began: u64,
    /// When it ended.
    pub(crate) ended: u64,
    /// Units done.
    pub(crate) done: u64,
    /// Why some were not done: the first reason.
    #[serde(default)]
    pub(crate) why: Option<String>,
    /// What came out. All models of a group must agree on it.
    #[serde(default)]
    pub(crate) answer: Option<u64>,
    /// See [`Round::peak_memory`]: the child's own word, where the system keeps it.
    #[serde(default)]
    pub(crate) peak_memory: Option<u64>,
    /// See [`Round::ns_each`].
    #[serde(default)]
    pub(crate) ns_each: Option<f64>,
    /// See [`Round::bytes_each`].
    #[serde(default)]
    pub(crate) bytes_each: Option<f64>,
}

impl Row {
    /// The spread of a quantity over the rounds, where they tell it. A row that did not finish has
    /// none: what it did before is in its rounds.
    pub(crate) fn spread(&self, quantity: impl Fn(&Round) -> Option<f64>) -> Option<Spread> {
        let finished = self.why.is_none();
        finished
            .then(|| Spread::of(self.rounds.iter().filter_map(quantity)))
            .flatten()
    }

    /// Seconds for the work; where a peer does not tell its start-up apart, for everything.
    pub(crate) fn work(&self) -> Option<Spread> {
        self.spread(|round| round.work.or(Some(round.wall)))
    }

    /// Seconds below which no client can stay: the site's delay, as often as it comes in turn.
    pub(crate) fn limit(&self) -> Option<f64> {
        let turns = self.units.div_ceil(self.x) as f64;
        (self.delay > 0.0).then_some(turns * self.delay)
    }

    /// CPU seconds, user and system.
    pub(crate) fn cpu(&self) -> Option<Spread> {
        self.spread(|round| Some(round.user + round.system))
    }

    /// Peak memory in bytes.
    pub(crate) fn memory(&self) -> Option<Spread> {
        self.spread(|round| Some(round.peak_memory as f64))
    }
}
