//! What is measured: rows, each with all of its rounds. `--json` prints them in this form.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::names::{self, Name};
use crate::question::Question;
use crate::stats::Spread;

/// Models that work in processes of their own. No figure tells the memory of all of them: the child's
/// own word is about itself alone, the system's accounting about the largest.
const SEVERAL_PROCESSES: [Name; 4] = [
    names::io::PROCESS_FETCH,
    names::cpu::PROCESS_POOL,
    names::cpu_peers::PYTHON_PROCESSES,
    names::sync::PROCESS,
];

/// One model on one piece of work.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Row {
    /// The question that it answers.
    pub question: Question,
    /// The work; rows of one group are compared with each other.
    pub group: String,
    /// The model's short name.
    pub model: Cow<'static, str>,
    /// The model in words.
    pub label: Cow<'static, str>,
    /// Not ours: a program in another language, or a raw generator.
    pub peer: bool,
    /// What is swept, in words: `in flight`, `tasks`, `cores`, `threads`, `of them`.
    pub swept: Cow<'static, str>,
    /// The number of these.
    pub x: u64,
    /// Pages, tasks, operations or units in one round.
    pub units: u64,
    /// For `io`: how long the site waits before it answers, in seconds.
    pub delay: f64,
    /// All rounds that count. The warm-up is not among them.
    pub rounds: Vec<Round>,
    /// Why it did not finish. Later rounds were then left out.
    pub why: Option<String>,
}

/// One run of one child. Times are in seconds, memory in bytes. What the system or the child does
/// not tell is absent.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Round {
    /// From the start of the process to its end, all included.
    pub wall: f64,
    /// Of that, until the child began its work, by its own word.
    pub start_up: Option<f64>,
    /// Of that, the work itself, by the child's own clock.
    pub work: Option<f64>,
    /// CPU time in the program, its own children's included.
    pub user: f64,
    /// CPU time in the system on its behalf, its own children's included.
    pub system: f64,
    /// The most memory resident at one moment: of our own children by their own word, where the
    /// system keeps it. Of peers the system's accounting tells it: at least that of compare itself,
    /// whose memory the child has until its program is loaded. Of several processes it is that of
    /// one, which says nothing; see [`Row::memory`].
    pub peak_memory: u64,
    /// The most threads that were seen; it is looked every few milliseconds.
    pub most_threads: Option<u64>,
    /// How often it waited for something.
    pub voluntary_switches: u64,
    /// How often its time slice was up, or another was more urgent.
    pub involuntary_switches: u64,
    /// What the site counted meanwhile.
    pub site: Option<SiteCounts>,
    /// Nanoseconds for one operation, by the child's own clock.
    pub ns_each: Option<f64>,
    /// Bytes for one unit that idles.
    pub bytes_each: Option<f64>,
}

/// What the site saw during one round.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct SiteCounts {
    /// Requests that arrived.
    pub requests: u64,
    /// Connections that were opened.
    pub connections: u64,
    /// The most requests in flight at one moment.
    pub most_in_flight: u64,
}

impl Row {
    /// A row without rounds. Only `io` has a delay.
    pub fn new(
        question: Question,
        group: &str,
        name: Name,
        swept: &'static str,
        x: u64,
        units: u64,
    ) -> Self {
        Self {
            question,
            group: group.to_owned(),
            model: name.id.into(),
            label: name.label.into(),
            peer: name.peer,
            swept: swept.into(),
            x,
            units,
            delay: 0.0,
            rounds: Vec::new(),
            why: None,
        }
    }

    /// The spread of a quantity over the rounds, where they tell it. A row that did not finish has
    /// none: what it did before is in its rounds.
    pub fn spread(&self, quantity: impl Fn(&Round) -> Option<f64>) -> Option<Spread> {
        let finished = self.rounds.iter().filter(|_| self.why.is_none());
        Spread::of(finished.filter_map(quantity))
    }

    /// Seconds for the work. Where a peer does not report when its work began, for the whole run.
    pub fn work(&self) -> Option<Spread> {
        self.spread(|round| round.work.or(Some(round.wall)))
    }

    /// Seconds below which no client can stay: the site's delay, as often as it comes in turn.
    pub fn limit(&self) -> Option<f64> {
        let turns = self.units.div_ceil(self.x) as f64;
        (self.delay > 0.0).then_some(turns * self.delay)
    }

    /// CPU seconds, user and system.
    pub fn cpu(&self) -> Option<Spread> {
        self.spread(|round| Some(round.user + round.system))
    }

    /// Bytes for one unit that idles.
    pub fn idling(&self) -> Option<Spread> {
        self.spread(|round| round.bytes_each)
    }

    /// What its table is about, and its place in it: seconds for the work, or nanoseconds for one
    /// operation.
    pub fn main(&self) -> Option<Spread> {
        match self.question {
            Question::Io | Question::Cpu => self.work(),
            Question::Sync => self.spread(|round| round.ns_each),
        }
    }

    /// Whether there are enough rounds for a range: at least two.
    pub(crate) fn has_range(&self) -> bool {
        self.rounds.len() >= 2
    }

    /// Whether every round of this row was below every round of the other. Only then is a
    /// difference more than noise; of a single round nothing can be said.
    pub fn below(&self, other: &Self, quantity: impl Fn(&Self) -> Option<Spread>) -> bool {
        let both = quantity(self).zip(quantity(other));
        self.has_range() && other.has_range() && both.is_some_and(|(this, that)| this.below(that))
    }

    /// Peak memory in bytes, but not of models that work in several processes.
    pub fn memory(&self) -> Option<Spread> {
        let several = SEVERAL_PROCESSES.iter().any(|name| name.id == self.model);
        self.spread(|round| (!several).then_some(round.peak_memory as f64))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A row of `io` with these seconds of work, for the tests of what is made from rows.
    pub(crate) fn row(model: &'static str, x: u64, work: &[f64]) -> Row {
        let name = Name {
            id: model,
            label: model,
            short: model,
            peer: false,
        };
        let round = |&work: &f64| Round {
            wall: work,
            work: Some(work),
            ..Round::default()
        };
        Row {
            delay: 0.05,
            rounds: work.iter().map(round).collect(),
            ..Row::new(
                Question::Io,
                "Pages that take 50ms",
                name,
                "in flight",
                x,
                1000,
            )
        }
    }

    /// Such rows, as `MODEL X: WORK WORK, MODEL X: WORK WORK`.
    pub(crate) fn rows(text: &'static str) -> Vec<Row> {
        let rows = text.split(", ").map(|text| {
            let (place, work) = text.split_once(':').unwrap();
            let (model, x) = place.split_once(' ').unwrap();
            let work = work.split_whitespace().map(|work| work.parse().unwrap());
            row(model, x.parse().unwrap(), &work.collect::<Vec<f64>>())
        });
        rows.collect()
    }

    #[test]
    fn a_single_round_and_ranges_that_overlap_rank_nothing() {
        let below = |one: &[f64], other: &[f64]| {
            row("one", 1, one).below(&row("other", 1, other), Row::main)
        };
        assert!(below(&[0.1, 0.2], &[0.3, 0.4]));
        assert!(!below(&[0.3, 0.4], &[0.1, 0.2]));
        assert!(!below(&[0.1, 0.3], &[0.2, 0.4]));
        assert!(!below(&[0.1], &[0.3, 0.4]));
        assert!(!below(&[0.1, 0.2], &[0.3]));
    }

    #[test]
    fn of_several_processes_no_memory_is_told() {
        let told = |model| row(model, 1, &[0.1]).memory().is_some();
        assert!(told("tokio") && told("aiohttp"));
        for several in SEVERAL_PROCESSES {
            assert!(!told(several.id), "{several:?}");
        }
    }

    #[test]
    fn what_did_not_finish_ranks_nothing() {
        let mut broken = row("one", 1, &[0.1, 0.1]);
        broken.why = Some("no more threads".to_owned());
        assert!(!broken.below(&row("other", 1, &[0.5, 0.5]), Row::main));
    }
}
