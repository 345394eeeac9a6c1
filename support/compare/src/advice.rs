//! What the rows of this run support, and nothing else: each sentence cites its rows, and where two
//! ranges overlap nothing is said.

use serde::Serialize;

use crate::rows::{Question, Row};
use crate::stats::Spread;
use crate::table::{self, number, range};

/// A sentence and the rows from which it follows.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Advice {
    /// The sentence.
    pub(crate) sentence: String,
    /// What it rests on.
    pub(crate) evidence: Vec<Evidence>,
}

/// A figure of a row.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Evidence {
    /// The model.
    pub(crate) model: &'static str,
    /// What was swept: pages in flight, tasks, threads, or units.
    pub(crate) x: u64,
    /// Its median and range, with the unit.
    pub(crate) figure: String,
}

/// Something of which less is better.
struct Quantity {
    of: fn(&Row) -> Option<Spread>,
    less: &'static str,
    scale: f64,
    unit: &'static str,
}

const MS_A_PAGE: Quantity = Quantity {
    of: |row| row.spread(|round| Some(round.work.unwrap_or(round.wall) / row.units as f64)),
    less: "less time",
    scale: 1e6,
    unit: "ms a 1,000 pages",
};

const WORK: Quantity = Quantity {
    of: Row::work,
    less: "less time",
    scale: 1e3,
    unit: "ms",
};

const CPU: Quantity = Quantity {
    of: Row::cpu,
    less: "less CPU time",
    scale: 1e3,
    unit: "ms of CPU time",
};

const MEMORY: Quantity = Quantity {
    of: Row::memory,
    less: "less memory",
    scale: 1.0 / (1 << 20) as f64,
    unit: "MiB",
};

const EACH: Quantity = Quantity {
    of: |row| row.spread(|round| round.ns_each),
    less: "less time",
    scale: 1.0,
    unit: "ns each",
};

const BYTES: Quantity = Quantity {
    of: |row| row.spread(|round| round.bytes_each),
    less: "less memory",
    scale: 1.0,
    unit: "bytes each",
};

/// Pairs of models between which a reader may have to choose, and what to look at.
struct Choices {
    question: Question,
    pairs: &'static [(&'static str, &'static str)],
    quantities: &'static [Quantity],
}

/// The choices that a reader has: of each two, and in these quantities, the better is named.
const CHOICES: &[Choices] = &[
    Choices {
        question: Question::Io,
        pairs: &[
            ("tokio", "threads-ureq"),
            ("tokio", "sequential"),
            ("threads-std", "thread-per-url"),
            ("tokio", "smol"),
            ("reactor", "threads-std"),
            ("process-fetch", "threads-ureq"),
            ("tokio", "aiohttp"),
            ("threads-ureq", "requests-threads"),
            ("tokio", "node-fetch"),
            ("reactor", "oha"),
            ("reactor", "wrk"),
        ],
        quantities: &[MS_A_PAGE, CPU, MEMORY],
    },
    Choices {
        question: Question::Cpu,
        pairs: &[
            ("scope", "sequential"),
            ("rayon", "sequential"),
            ("tokio-tasks", "sequential"),
            ("process-pool", "sequential"),
            ("gil", "sequential"),
            ("scope", "rayon"),
            ("rayon", "tokio-tasks"),
            ("rayon", "process-pool"),
            ("sequential", "python"),
            ("sequential", "node"),
            ("python-threads", "python"),
            ("python-processes", "python"),
            ("node-workers", "node"),
            ("process-pool", "python-processes"),
        ],
        quantities: &[WORK],
    },
    Choices {
        question: Question::Sync,
        pairs: &[
            ("atomic-add", "std-mutex"),
            ("std-mutex", "parking-lot-mutex"),
            ("std-mutex", "tokio-mutex"),
            ("std-mutex", "spinlock"),
            ("std-rwlock", "parking-lot-rwlock"),
            ("std-rwlock", "tokio-rwlock"),
            ("std-rwlock", "our-rwlock"),
            ("our-semaphore", "tokio-semaphore"),
            ("tokio-semaphore", "our-async-semaphore"),
            ("std-channel", "crossbeam-channel"),
            ("std-channel", "flume-channel"),
            ("std-channel", "tokio-channel"),
            ("std-channel", "our-channel"),
            ("smol-task", "tokio-task"),
            ("tokio-task", "thread"),
            ("thread", "process"),
        ],
        quantities: &[EACH, BYTES],
    },
];

/// Rounds of which the range says something. With a single one, every difference would count.
const ENOUGH_ROUNDS: usize = 2;

/// Below this factor a difference may be real, and still is no reason to choose.
const WORTHWHILE: f64 = 1.1;

/// All that the rows support.
pub(crate) fn from(rows: &[Row]) -> Vec<Advice> {
    let mut advice = Vec::new();
    for (question, group, rows) in table::groups(rows) {
        let Some(choices) = CHOICES.iter().find(|choices| choices.question == question) else {
            continue;
        };
        for &(one, other) in choices.pairs {
            for quantity in choices.quantities {
                advice.extend(choice((question, group), &rows, (one, other), quantity));
                advice.extend(choice((question, group), &rows, (other, one), quantity));
            }
        }
    }
    advice
}

/// Says where the first is better than the second, if it is so anywhere.
fn choice(
    (question, group): (Question, &str),
    rows: &[&Row],
    (better, worse): (&str, &str),
    quantity: &Quantity,
) -> Option<Advice> {
    let mut evidence = Vec::new();
    let mut wins: Vec<(u64, f64)> = Vec::new();
    let mut labels = None;
    for one in rows.iter().filter(|row| row.model == better) {
        // What comes one after another is measured with one in flight alone; against the others
        // it stands at each of their numbers.
        let other = rows
            .iter()
            .find(|row| row.model == worse && (row.x == one.x || worse == "sequential"));
        let Some(other) = other else { continue };
        if one.rounds.len() < ENOUGH_ROUNDS || other.rounds.len() < ENOUGH_ROUNDS {
            continue;
        }
        let Some((this, that)) = (quantity.of)(one).zip((quantity.of)(other)) else {
            continue;
        };
        // The memory of several processes is that of the largest alone, which proves nothing.
        let several = [better, worse].contains(&"process-fetch");
        if several && quantity.less == MEMORY.less {
            continue;
        }
        if this.below(that) && that.median / this.median >= WORTHWHILE {
            wins.push((one.x, that.median / this.median));
            for (row, spread) in [(one, this), (other, that)] {
                evidence.push(Evidence {
                    model: row.model,
                    x: row.x,
                    figure: format!("{} {}", range(spread, quantity.scale), quantity.unit),
                });
            }
            labels = Some((one.label, other.label));
        }
    }
    let ((better, worse), (last, ratio)) = labels.zip(wins.last().copied())?;
    let xs: Vec<String> = wins.iter().map(|(x, _)| number(*x as f64)).collect();
    let swept = match question {
        Question::Io => "in flight",
        Question::Cpu if xs == ["1"] => "task",
        Question::Cpu => "tasks",
        Question::Sync if group.starts_with("Create") => "of them",
        Question::Sync if xs == ["1"] => "thread",
        Question::Sync => "threads",
    };
    let at = if wins.len() > 1 {
        format!(
            ", at {} by a factor of {}",
            number(last as f64),
            number(ratio)
        )
    } else {
        format!(", by a factor of {}", number(ratio))
    };
    Some(Advice {
        sentence: format!(
            "{group}, {} {swept}: {better} takes {} than {worse}{at}.",
            listed(&xs),
            quantity.less,
        ),
        evidence,
    })
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
    use crate::rows::Round;

    fn row(model: &'static str, x: u64, work: &[f64]) -> Row {
        Row {
            question: Question::Io,
            group: "Pages that take 50ms".to_owned(),
            model,
            label: model,
            peer: false,
            x,
            units: 1000,
            delay: 0.05,
            rounds: work
                .iter()
                .map(|&work| Round {
                    wall: work,
                    work: Some(work),
                    ..Round::default()
                })
                .collect(),
            why: None,
        }
    }

    fn sentences(rows: &[Row]) -> Vec<String> {
        let all = from(rows);
        all.into_iter().map(|advice| advice.sentence).collect()
    }

    #[test]
    fn says_which_is_better_and_cites_both() {
        let rows = [
            row("tokio", 100, &[0.1, 0.11, 0.12]),
            row("threads-ureq", 100, &[0.2, 0.22, 0.3]),
        ];
        assert_eq!(
            sentences(&rows),
            [
                "Pages that take 50ms, 100 in flight: tokio takes less time than threads-ureq, \
              by a factor of 2."
            ]
        );
        let evidence = &from(&rows)[0].evidence;
        assert_eq!(evidence[0].figure, "110 (100–120) ms a 1,000 pages");
        assert_eq!(evidence[1].model, "threads-ureq");
    }

    #[test]
    fn the_other_way_round_is_said_too() {
        let rows = [
            row("tokio", 1, &[0.5, 0.6]),
            row("threads-ureq", 1, &[0.2, 0.3]),
        ];
        assert!(sentences(&rows)[0].contains("threads-ureq takes less time than tokio"));
    }

    #[test]
    fn within_the_noise_nothing_is_said() {
        let rows = [
            row("tokio", 100, &[0.1, 0.2, 0.3]),
            row("threads-ureq", 100, &[0.25, 0.4, 0.5]),
        ];
        assert_eq!(sentences(&rows), [""; 0]);
    }

    #[test]
    fn a_difference_too_small_to_choose_by_is_not_said() {
        let rows = [
            row("tokio", 100, &[0.1, 0.101]),
            row("threads-ureq", 100, &[0.105, 0.106]),
        ];
        assert_eq!(sentences(&rows), [""; 0]);
    }

    #[test]
    fn the_largest_of_several_processes_proves_nothing_about_memory() {
        let with_memory = |model, bytes| {
            let mut row = row(model, 100, &[0.1, 0.1]);
            for round in &mut row.rounds {
                round.peak_memory = bytes;
            }
            row
        };
        let threads = with_memory("threads-ureq", 50 << 20);
        let said = sentences(&[with_memory("process-fetch", 5 << 20), threads.clone()]);
        assert_eq!(said, [""; 0]);
        let said = sentences(&[with_memory("tokio", 5 << 20), threads]);
        assert!(said[0].contains("less memory"), "{said:?}");
    }

    #[test]
    fn a_single_round_supports_nothing() {
        let rows = [row("tokio", 100, &[0.1]), row("threads-ureq", 100, &[0.5])];
        assert_eq!(sentences(&rows), [""; 0]);
    }

    #[test]
    fn what_did_not_finish_supports_nothing() {
        let mut broken = row("threads-ureq", 100, &[0.5, 0.5]);
        broken.why = Some("no more threads".to_owned());
        assert_eq!(
            sentences(&[row("tokio", 100, &[0.1, 0.1]), broken]),
            [""; 0]
        );
    }

    #[test]
    fn names_every_number_at_which_it_holds() {
        let rows = [
            row("tokio", 10, &[0.1, 0.1]),
            row("tokio", 100, &[0.1, 0.1]),
            row("threads-ureq", 10, &[0.2, 0.2]),
            row("threads-ureq", 100, &[0.4, 0.4]),
        ];
        let said = &sentences(&rows)[0];
        assert!(said.contains("10 and 100 in flight"), "{said}");
        assert!(said.ends_with("at 100 by a factor of 4."), "{said}");
    }
}
