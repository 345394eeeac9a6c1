//! What the rows of this run support, and nothing else. Each sentence cites its rows; of a single
//! round nothing follows.

use serde::Serialize;

use crate::names::{self, Name, cpu, cpu_peers, io, io_peers, sync};
use crate::question::Question;
use crate::rows::Row;
use crate::stats::Spread;
use crate::table::{self, number, range};

/// Said where there is no advice.
pub const NOTHING: &str = "Nothing: there was one round, or nothing to compare.";

/// A sentence and the rows from which it follows.
#[derive(Clone, Debug, Serialize)]
pub struct Advice {
    /// The group of rows that it is about.
    pub about: String,
    /// The sentence.
    pub sentence: String,
    /// Whose figures it rests on.
    pub models: [String; 2],
    /// Of what these are figures.
    pub unit: &'static str,
    /// The figures, at each number that was swept.
    pub evidence: Vec<Evidence>,
    /// By what factor the two differ at most; 1 where that is within noise.
    #[serde(skip)]
    pub(crate) factor: f64,
}

/// The figures of two rows that are compared with each other.
#[derive(Clone, Debug, Serialize)]
pub struct Evidence {
    /// What was swept: pages in flight, tasks, threads, or units.
    pub x: u64,
    /// The median and range of each; where one was measured at another number alone, with that.
    pub figures: [String; 2],
}

impl Advice {
    /// Its evidence in one line.
    pub fn cited(&self) -> String {
        let cited = self.evidence.iter();
        let cited: Vec<String> = cited
            .map(|cited| {
                let ([one, other], x) = (&cited.figures, number(cited.x as f64));
                format!("at {x}: {one} against {other}")
            })
            .collect();
        let ([one, other], unit) = (&self.models, self.unit);
        format!("{one} against {other}, {unit}, {}", cited.join("; "))
    }
}

/// Something of which less is better.
struct Quantity {
    of: fn(&Row) -> Option<Spread>,
    scale: f64,
    unit: &'static str,
    /// The better one, the worse one, by what factor.
    says: fn(&str, &str, &str) -> String,
}

/// For each page, so that rounds with different numbers of pages can be set side by side.
const PAGE_TIME: Quantity = Quantity {
    of: |row| row.spread(|round| Some(round.work.unwrap_or(round.wall) / row.units as f64)),
    scale: 1e6,
    unit: "ms a 1,000 pages",
    says: faster,
};

const PAGE_CPU: Quantity = Quantity {
    of: |row| row.spread(|round| Some((round.user + round.system) / row.units as f64)),
    scale: 1e6,
    unit: "ms of CPU time a 1,000 pages",
    says: |better, worse, factor| format!("{worse} uses {factor} times the CPU time of {better}"),
};

const MEMORY: Quantity = Quantity {
    of: Row::memory,
    scale: 1.0 / table::MIB,
    unit: "MiB",
    says: |better, worse, factor| format!("{worse} uses {factor} times the memory of {better}"),
};

const WORK: Quantity = Quantity {
    of: Row::work,
    scale: 1e3,
    unit: "ms",
    says: faster,
};

const EACH: Quantity = Quantity {
    of: Row::main,
    scale: 1.0,
    unit: "ns each",
    says: faster,
};

const CREATING: Quantity = Quantity {
    says: |better, worse, factor| {
        format!("creating {worse} takes {factor} times longer than creating {better}")
    },
    ..EACH
};

const IDLING: Quantity = Quantity {
    of: Row::idling,
    scale: 1.0,
    unit: "bytes each",
    says: |better, worse, factor| {
        format!("{worse} that idles uses {factor} times the memory of {better}")
    },
};

fn faster(better: &str, worse: &str, factor: &str) -> String {
    format!("{better} is {factor} times faster than {worse}")
}

type Pair = (Name, Name);

/// Pairs of models between which a reader may have to choose, where, and what to look at.
struct Choices {
    asked: fn(&Row) -> bool,
    quantities: &'static [Quantity],
    pairs: &'static [Pair],
}

/// The choices that a reader has, in the order in which they come up.
const CHOICES: &[Choices] = &[
    Choices {
        asked: |row| row.question == Question::Io && row.delay > 0.0,
        quantities: &[PAGE_TIME],
        pairs: &[
            (io::TOKIO, io::SEQUENTIAL),
            (io::TOKIO, io::THREADS_UREQ),
            (io::THREADS_UREQ, io::PROCESS_FETCH),
            (io::TOKIO, io_peers::AIOHTTP),
            (io::THREADS_UREQ, io_peers::REQUESTS_THREADS),
            (io::TOKIO, io_peers::NODE_FETCH),
        ],
    },
    Choices {
        asked: |row| row.question == Question::Io && row.delay == 0.0,
        quantities: &[PAGE_TIME],
        pairs: &[
            (io::TOKIO, io::THREADS_UREQ),
            (io::REACTOR, io::THREADS_STD),
            (io::THREADS_STD, io::THREAD_PER_URL),
            (io::TOKIO, io_peers::AIOHTTP),
            (io::THREADS_UREQ, io_peers::REQUESTS_POOL),
            (io::TOKIO, io_peers::UNDICI),
            (io::REACTOR, io_peers::GO_HTTP),
            (io::REACTOR, io_peers::OHA),
            (io::REACTOR, io_peers::WRK),
        ],
    },
    Choices {
        asked: |row| row.question == Question::Io,
        quantities: &[PAGE_CPU, MEMORY],
        pairs: &[
            (io::TOKIO, io::THREADS_UREQ),
            (io::REACTOR, io::THREADS_STD),
        ],
    },
    Choices {
        asked: |row| row.question == Question::Cpu,
        quantities: &[WORK],
        pairs: &[
            (cpu::SCOPE, cpu::SEQUENTIAL),
            (cpu::SCOPE, cpu::RAYON),
            (cpu::SCOPE, cpu::TOKIO_TASKS),
            (cpu::SCOPE, cpu::PROCESS_POOL),
            (cpu::GIL, cpu::SEQUENTIAL),
            (cpu::SEQUENTIAL, cpu_peers::PYTHON),
            (cpu_peers::PYTHON_THREADS, cpu_peers::PYTHON),
            (cpu_peers::PYTHON_PROCESSES, cpu_peers::PYTHON),
            (cpu::SEQUENTIAL, cpu_peers::NODE),
            (cpu_peers::NODE_WORKERS, cpu_peers::NODE),
        ],
    },
    Choices {
        asked: |row| row.question == Question::Sync,
        quantities: &[EACH],
        pairs: &[
            (sync::ATOMIC_ADD, sync::STD_MUTEX),
            (sync::STD_MUTEX, sync::PARKING_LOT_MUTEX),
            (sync::STD_MUTEX, sync::TOKIO_MUTEX),
            (sync::STD_MUTEX, sync::SPINLOCK),
            (sync::STD_RWLOCK, sync::PARKING_LOT_RWLOCK),
            (sync::STD_RWLOCK, sync::OUR_RWLOCK),
            (sync::OUR_SEMAPHORE, sync::TOKIO_SEMAPHORE),
            (sync::STD_CHANNEL, sync::CROSSBEAM_CHANNEL),
            (sync::STD_CHANNEL, sync::TOKIO_CHANNEL),
            (sync::STD_CHANNEL, sync::OUR_CHANNEL),
        ],
    },
    Choices {
        asked: |row| row.question == Question::Sync,
        quantities: &[CREATING],
        pairs: &[
            (sync::TOKIO_TASK, sync::THREAD),
            (sync::THREAD, sync::PROCESS),
        ],
    },
    Choices {
        asked: |row| row.question == Question::Sync,
        quantities: &[IDLING],
        pairs: &[
            (sync::SMOL_TASK, sync::TOKIO_TASK),
            (sync::TOKIO_TASK, sync::THREAD),
            (sync::THREAD, sync::PROCESS),
        ],
    },
];

fn name(row: &Row) -> &str {
    let known = names::find(row.question, &row.model);
    known.map_or(&row.label, |name| name.short)
}

/// Below this factor a difference may be real, and still is no reason to choose.
const WORTHWHILE: f64 = 1.1;

/// All that the rows support.
pub fn from(rows: &[Row]) -> Vec<Advice> {
    let mut advice = Vec::new();
    for (_, group, rows) in table::groups(rows) {
        for choices in CHOICES.iter().filter(|choices| (choices.asked)(rows[0])) {
            for quantity in choices.quantities {
                let pairs = choices.pairs.iter();
                advice.extend(pairs.filter_map(|&pair| choice(group, &rows, pair, quantity)));
            }
        }
        advice.extend(start_up(group, &rows));
        advice.extend(same_code(group, &rows));
    }
    advice
}

/// How many sentences a reader gets first.
const HEADLINES: usize = 5;

/// The sentences to read first: those with the largest differences, of each group one before any
/// group has two. In the order in which they are given.
pub fn headlines(advice: &[Advice]) -> Vec<&Advice> {
    let mut largest: Vec<&Advice> = advice.iter().collect();
    largest.sort_by(|one, other| other.factor.total_cmp(&one.factor));
    let mut first: Vec<&Advice> = Vec::new();
    let mut later = Vec::new();
    for advice in largest {
        let said = first.iter().any(|said| said.about == advice.about);
        if said { &mut later } else { &mut first }.push(advice);
    }
    let chosen: Vec<&Advice> = first.into_iter().chain(later).take(HEADLINES).collect();
    let is_chosen = |advice: &&Advice| chosen.iter().any(|chosen| std::ptr::eq(*chosen, *advice));
    advice.iter().filter(is_chosen).collect()
}

/// Which of the two is better, and where.
fn choice(group: &str, rows: &[&Row], (one, other): Pair, quantity: &Quantity) -> Option<Advice> {
    let mut compared = Vec::new();
    for one in rows.iter().filter(|row| row.model == one.id) {
        // What comes one after another is measured with one in flight alone; against the others
        // it is compared at each of their numbers.
        let once = other == io::SEQUENTIAL;
        let other = rows
            .iter()
            .find(|row| row.model == other.id && (row.x == one.x || once));
        compared.extend(other.and_then(|other| Compared::of(one, other, quantity)));
    }
    let (first, second) = compared.first().map(|at| (at.one, at.other))?;
    let mut clauses = Vec::new();
    for (better, worse, verdict) in [
        (first, second, Verdict::One),
        (second, first, Verdict::Other),
    ] {
        let mut wins = compared.iter().filter(|at| at.verdict == verdict).rev();
        let Some(most) = wins.next() else { continue };
        let says = (quantity.says)(name(better), name(worse), &factor(most.factor));
        let mut clause = format!("{}, {says}", place(most.one));
        let also = wins.map(|at| {
            let x = number(at.one.x as f64);
            format!("{} with {x}", factor(at.factor))
        });
        let also: Vec<String> = also.collect();
        if !also.is_empty() {
            clause.push_str(&format!(" ({})", also.join(", ")));
        }
        clauses.push(clause);
    }
    let same = compared.iter().filter(|at| at.verdict == Verdict::Same);
    let same: Vec<String> = same.map(|at| number(at.one.x as f64)).collect();
    if !same.is_empty() {
        let who = if clauses.is_empty() {
            format!("{} and {} are", name(first), name(second))
        } else {
            "they are".to_owned()
        };
        clauses.push(format!(
            "with {} {who} within 10 % or within noise",
            listed(&same)
        ));
    }
    let mut sentence = clauses.join("; ");
    sentence[..1].make_ascii_uppercase();
    Some(Advice {
        about: group.to_owned(),
        sentence: sentence + ".",
        models: [first, second].map(|row| name(row).to_owned()),
        unit: quantity.unit,
        factor: (compared.iter().filter(|at| at.verdict != Verdict::Same))
            .fold(1.0, |most, at| at.factor.max(most)),
        evidence: compared.into_iter().map(|at| at.evidence).collect(),
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    One,
    Other,
    Same,
}

/// Two rows beside each other.
struct Compared<'a> {
    one: &'a Row,
    other: &'a Row,
    verdict: Verdict,
    factor: f64,
    evidence: Evidence,
}

impl<'a> Compared<'a> {
    /// `None` where the rounds are too few for a verdict, or the figures too small.
    fn of(one: &'a Row, other: &'a Row, quantity: &Quantity) -> Option<Self> {
        if !one.has_range() || !other.has_range() {
            return None;
        }
        let (this, that) = ((quantity.of)(one)?, (quantity.of)(other)?);
        // What is too little for the system to tell has no ratio.
        if this.median <= 0.0 || that.median <= 0.0 {
            return None;
        }
        let ratio = that.median / this.median;
        let verdict = if one.below(other, quantity.of) && ratio >= WORTHWHILE {
            Verdict::One
        } else if other.below(one, quantity.of) && 1.0 / ratio >= WORTHWHILE {
            Verdict::Other
        } else {
            Verdict::Same
        };
        Some(Self {
            one,
            other,
            verdict,
            factor: ratio.max(1.0 / ratio),
            evidence: Evidence {
                x: one.x,
                figures: [(one, this), (other, that)].map(|(row, spread)| {
                    let figure = range(spread, quantity.scale);
                    if row.x == one.x {
                        figure
                    } else {
                        format!("{figure} with {}", number(row.x as f64))
                    }
                }),
            },
        })
    }
}

/// The place of a row in a sentence: "for 4,000 requests with 1,000 in flight", "with 8 threads", "in 1 task".
fn place(row: &Row) -> String {
    let (x, swept) = (number(row.x as f64), &*row.swept);
    let swept = if row.x == 1 {
        swept.trim_end_matches('s')
    } else {
        swept
    };
    match row.question {
        Question::Io => format!("for {} requests with {x} {swept}", number(row.units as f64)),
        Question::Cpu if row.swept == "tasks" => format!("in {x} {swept}"),
        Question::Cpu | Question::Sync => format!("with {x} {swept}"),
    }
}

/// How far apart two rows are that ran the same code: what this run itself shows of its noise. With
/// one in flight the workers of thread-fetch-std are one, as where they go one after another.
fn same_code(group: &str, rows: &[&Row]) -> Option<Advice> {
    let alone = |name: Name| rows.iter().find(|row| row.model == name.id && row.x == 1);
    let (one, other) = (alone(io::SEQUENTIAL)?, alone(io::THREADS_STD)?);
    let compared = Compared::of(one, other, &PAGE_TIME)
        .filter(|at| one.question == Question::Io && at.factor >= WORTHWHILE)?;
    let models = [one, other].map(|row| name(row).to_owned());
    Some(Advice {
        about: group.to_owned(),
        sentence: format!(
            "With 1 in flight \u{201c}{}\u{201d} and {} run the same code, and are {} times apart: \
             what is less may be noise, whatever the ranges say.",
            models[0],
            models[1],
            factor(compared.factor)
        ),
        models,
        unit: PAGE_TIME.unit,
        evidence: vec![compared.evidence],
        factor: 1.0,
    })
}

/// Which peers spend more than half of a run on starting: where most are in flight and it is so.
fn start_up(group: &str, rows: &[&Row]) -> Vec<Advice> {
    let mut advice: Vec<Advice> = Vec::new();
    for row in rows.iter().rev().filter(|row| row.peer) {
        let start = row.spread(|round| round.start_up);
        let Some((start, wall)) = start.zip(row.spread(|round| Some(round.wall))) else {
            continue;
        };
        let starting = format!("{}, starting", name(row));
        let said = advice.iter().any(|said| said.models[0] == starting);
        if said || !row.has_range() || start.min < wall.max / 2.0 {
            continue;
        }
        let mut place = place(row);
        place[..1].make_ascii_uppercase();
        advice.push(Advice {
            about: group.to_owned(),
            sentence: format!(
                "{place}, {} spends more than half of the whole run on starting.",
                name(row)
            ),
            models: [starting, "the whole run".to_owned()],
            unit: "ms",
            evidence: vec![Evidence {
                x: row.x,
                figures: [start, wall].map(|spread| range(spread, 1e3)),
            }],
            factor: 1.0,
        });
    }
    advice.reverse();
    advice
}

/// Two figures that count: a factor is no surer than that.
fn factor(value: f64) -> String {
    if value < 9.95 {
        number((value * 10.0).round() / 10.0)
            .trim_end_matches('0')
            .to_owned()
    } else {
        number(value.round())
    }
}

/// `1, 10 and 100`.
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [word] => word.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::rows;

    fn sentences(rows: &[Row]) -> String {
        let sentences = from(rows).into_iter().map(|said| said.sentence);
        sentences.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn each_run_supports_these_sentences_and_no_others() {
        let within_noise = "With 100 async-fetch and thread-fetch are within 10 % or within noise.";
        for (text, said) in [
            (
                "tokio 100: 0.1 0.11 0.12, threads-ureq 100: 0.2 0.22 0.3",
                "For 1,000 requests with 100 in flight, async-fetch is 2 times faster than \
                 thread-fetch.",
            ),
            // Where they cross, both are named.
            (
                "tokio 1: 0.5 0.5, tokio 10: 0.2 0.3, tokio 100: 0.1 0.1, tokio 1000: 0.1 0.1, \
                 threads-ureq 1: 0.2 0.3, threads-ureq 10: 0.2 0.3, threads-ureq 100: 0.3 0.3, \
                 threads-ureq 1000: 0.4 0.4",
                "For 1,000 requests with 1,000 in flight, async-fetch is 4 times faster than \
                 thread-fetch (3 with 100); for 1,000 requests with 1 in flight, thread-fetch is 2 \
                 times faster than async-fetch; with 10 they are within 10 % or within noise.",
            ),
            (
                "tokio 100: 0.1 0.2 0.3, threads-ureq 100: 0.25 0.4 0.5",
                within_noise,
            ),
            (
                "tokio 100: 0.1 0.101, threads-ureq 100: 0.105 0.106",
                within_noise,
            ),
            // One after another is compared with every number in flight.
            (
                "sequential 1: 1.0 1.0, tokio 10: 0.1 0.1, tokio 100: 0.01 0.01",
                "For 1,000 requests with 100 in flight, async-fetch is 100 times faster than one \
                 after another (10 with 10).",
            ),
            // The same code twice shows the noise.
            (
                "sequential 1: 0.2 0.25 0.3, threads-std 1: 0.1 0.1 0.1, threads-std 10: 0.01 0.01 0.01",
                "With 1 in flight \u{201c}one after another\u{201d} and thread-fetch-std run the same \
                 code, and are 2.5 times apart: what is less may be noise, whatever the ranges say.",
            ),
            (
                "threads-std 1: 0.1 0.1 0.1, threads-std 10: 0.01 0.01 0.01",
                "",
            ),
            // Nothing follows from a single round.
            ("tokio 100: 0.1, threads-ureq 100: 0.5", ""),
        ] {
            assert_eq!(sentences(&rows(text)), said, "{text}");
        }
    }

    #[test]
    fn what_did_not_finish_supports_nothing() {
        let mut rows = rows("tokio 100: 0.1 0.1, threads-ureq 100: 0.5 0.5");
        rows[1].why = Some("no more threads".to_owned());
        assert!(from(&rows).is_empty());
    }

    #[test]
    fn a_peer_that_mostly_starts_is_named() {
        let mut rows = rows("aiohttp 10: 0.1 0.1");
        rows[0].peer = true;
        let mut starting = |start_up| {
            let rounds = rows[0].rounds.iter_mut();
            rounds.for_each(|round| round.start_up = Some(start_up));
            sentences(&rows)
        };
        assert_eq!(starting(0.04), "");
        assert_eq!(
            starting(0.08),
            "For 1,000 requests with 10 in flight, Python's aiohttp spends more than half of the \
             whole run on starting."
        );
    }

    #[test]
    fn the_figures_of_both_are_cited() {
        let advice = &from(&rows(
            "tokio 100: 0.1 0.11 0.12, threads-ureq 100: 0.2 0.22 0.3",
        ))[0];
        assert_eq!(advice.about, "Pages that take 50ms");
        assert_eq!(
            advice.cited(),
            "async-fetch against thread-fetch, ms a 1,000 pages, \
             at 100: 110 (100–120) against 220 (200–300)"
        );
        let rows = rows("sequential 1: 1.0 1.0, tokio 10: 0.1 0.1, tokio 100: 0.01 0.01");
        let cited = from(&rows)[0].cited();
        let figures = "at 10: 100 (100–100) against 1,000 (1,000–1,000) with 1; at 100:";
        assert!(cited.contains(figures), "{cited}");
    }

    #[test]
    fn a_factor_is_short() {
        let all = [1.14, 2.0, 2.96, 9.94, 10.4, 96.3, 1234.5].map(factor);
        assert_eq!(all, ["1.1", "2", "3", "9.9", "10", "96", "1,235"]);
    }

    #[test]
    fn more_memory_is_named_by_its_factor() {
        let mut rows = rows("tokio 100: 0.1 0.1, threads-ureq 100: 0.1 0.1");
        for (row, mib) in rows.iter_mut().zip([5, 50]) {
            let rounds = row.rounds.iter_mut();
            rounds.for_each(|round| round.peak_memory = mib << 20);
        }
        let said = sentences(&rows);
        let factor = "thread-fetch uses 10 times the memory of async-fetch";
        assert!(said.contains(factor), "{said}");
    }

    #[test]
    fn five_sentences_come_first_of_each_group_one() {
        let advice = |about: &str, factor| Advice {
            about: about.to_owned(),
            sentence: String::new(),
            models: Default::default(),
            unit: "",
            evidence: Vec::new(),
            factor,
        };
        let about = ["a", "a", "b", "a", "a", "a"].into_iter();
        let factors = [1.0, 9.0, 2.0, 8.0, 7.0, 6.0];
        let all = about
            .zip(factors)
            .map(|(about, factor)| advice(about, factor));
        let all: Vec<Advice> = all.collect();
        let first: Vec<f64> = headlines(&all).iter().map(|advice| advice.factor).collect();
        assert_eq!(first, [9.0, 2.0, 8.0, 7.0, 6.0]);
        assert_eq!(headlines(&all[..1]).len(), 1);
    }
}
