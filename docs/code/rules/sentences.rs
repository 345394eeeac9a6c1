//! What *Choose* says of the runs in its own words.

use std::fs;
use std::path::Path;

use measured::table::number;
use measured::{Document, Row, Spread};

use crate::fault::Fault;
use crate::figures::{AT_ONCE, CORES, LOCK, PRIMES, WAITING};
use crate::runs::Runs;

/// A sentence about one group of rows of one run, with the number that stands for each `{}`.
struct Sentence {
    run: &'static str,
    group: &'static str,
    words: &'static str,
    numbers: &'static [Number],
}

/// A row of the group: its model, and the number that was swept.
type Of = (&'static str, u64);
type Quantity = fn(&Row) -> Option<Spread>;

enum Number {
    /// How many times as much the first takes as the second, beyond the noise.
    Times(Of, Of, Quantity),
    /// That the two differ by no more than the noise. It fills nothing, so it comes last.
    Alike(Of, Of, Quantity),
    /// Peak memory in MiB.
    Mebibytes(Of),
}

use Number::{Alike, Mebibytes, Times};

/// For one page: rounds differ in their number.
fn page(row: &Row) -> Option<Spread> {
    row.spread(|round| Some(round.work.unwrap_or(round.wall) / row.units as f64))
}

const SENTENCES: &[Sentence] = &[
    Sentence {
        run: "io",
        group: WAITING,
        words: "async-fetch is {} times as fast as thread-fetch, and no faster than the threads of \
                std. With 10,000 async wins: it is {} times as fast as thread-fetch, and {} times \
                as fast as the threads of std.",
        numbers: &[
            Times(("threads-ureq", 1_000), ("tokio", 1_000), page),
            Times(("threads-ureq", 10_000), ("tokio", 10_000), page),
            Times(("threads-std", 10_000), ("tokio", 10_000), page),
            Alike(("threads-std", 1_000), ("tokio", 1_000), page),
        ],
    },
    Sentence {
        run: "io",
        group: WAITING,
        words: "With 100 in flight async-fetch needs {} MiB and thread-fetch {}; with 10,000, {} \
                and {}.",
        numbers: &[
            Mebibytes(("tokio", 100)),
            Mebibytes(("threads-ureq", 100)),
            Mebibytes(("tokio", 10_000)),
            Mebibytes(("threads-ureq", 10_000)),
        ],
    },
    Sentence {
        run: "io",
        group: WAITING,
        words: "at 10,000 the reactor needs {} MiB, async-fetch {}, ureq's threads {}.",
        numbers: &[
            Mebibytes(("reactor", 10_000)),
            Mebibytes(("tokio", 10_000)),
            Mebibytes(("threads-ureq", 10_000)),
        ],
    },
    Sentence {
        run: "io-at-once",
        group: AT_ONCE,
        words: "with 1, 10 and 100 in flight thread-fetch and async-fetch differ by no more than the \
                noise",
        numbers: &[
            Alike(("threads-ureq", 1), ("tokio", 1), page),
            Alike(("threads-ureq", 10), ("tokio", 10), page),
            Alike(("threads-ureq", 100), ("tokio", 100), page),
        ],
    },
    Sentence {
        run: "io-at-once",
        group: AT_ONCE,
        words: "up to 1,000 in flight the reactor, our fastest there, and wrk, which is written in \
                C and only makes load, differ by no more than the noise",
        numbers: &[
            Alike(("reactor", 1), ("wrk", 1), page),
            Alike(("reactor", 10), ("wrk", 10), page),
            Alike(("reactor", 100), ("wrk", 100), page),
            Alike(("reactor", 1_000), ("wrk", 1_000), page),
        ],
    },
    Sentence {
        run: "io-at-once",
        group: AT_ONCE,
        words: "With one in flight, so do async-fetch and Node's undici.",
        numbers: &[Alike(("tokio", 1), ("undici", 1), page)],
    },
    Sentence {
        run: "io-at-once",
        group: AT_ONCE,
        words: "with 10,000, so do thread-fetch and Go's net/http",
        numbers: &[Alike(("threads-ureq", 10_000), ("go-http", 10_000), page)],
    },
    Sentence {
        run: "io-at-once",
        group: AT_ONCE,
        words: "With ten in flight a new thread for each URL takes {} times as long as threads \
                that stay",
        numbers: &[Times(("thread-per-url", 10), ("threads-std", 10), page)],
    },
    Sentence {
        run: "io-at-once",
        group: AT_ONCE,
        words: "with 1,000, thread-fetch takes {} times as long for a page as with ten, the \
                reactor {} times; for async-fetch it makes no difference beyond the noise. And \
                with 10,000 async-fetch is {} times as fast as the reactor",
        numbers: &[
            Times(("threads-ureq", 1_000), ("threads-ureq", 10), page),
            Times(("reactor", 1_000), ("reactor", 10), page),
            Times(("reactor", 10_000), ("tokio", 10_000), page),
            Alike(("tokio", 1_000), ("tokio", 10), page),
        ],
    },
    Sentence {
        run: "io-64",
        group: AT_ONCE,
        words: "a thread each costs {} times the CPU time of the reactor's loop",
        numbers: &[Times(("threads-std", 64), ("reactor", 64), Row::cpu)],
    },
    Sentence {
        run: "cpu",
        group: PRIMES,
        words: "cut into 100,000, the same work costs tokio {} times the CPU time, and the process \
                pool {} times",
        numbers: &[
            Times(("tokio-tasks", 100_000), ("sequential", 100_000), Row::cpu),
            Times(("process-pool", 100_000), ("sequential", 100_000), Row::cpu),
        ],
    },
    Sentence {
        run: "cpu",
        group: CORES,
        words: "The process pool takes {} times as long as scoped threads",
        numbers: &[Times(("process-pool", 2), ("scope", 2), Row::work)],
    },
    Sentence {
        run: "cpu-large",
        group: CORES,
        words: "with five million numbers, it takes as long as they do",
        numbers: &[Alike(("process-pool", 2), ("scope", 2), Row::work)],
    },
    Sentence {
        run: "cpu",
        group: PRIMES,
        words: "is as fast as ours in 16 tasks, within the noise; in 100,000 it takes {} times as \
                long",
        numbers: &[
            Times(("node", 100_000), ("sequential", 100_000), Row::work),
            Alike(("node", 16), ("sequential", 16), Row::work),
        ],
    },
    Sentence {
        run: "sync",
        group: LOCK,
        words: "with eight threads std's Mutex costs {} times what parking_lot's does",
        numbers: &[Times(("std-mutex", 8), ("parking-lot-mutex", 8), Row::main)],
    },
];

/// Where *Choose* compares models in words, the numbers are those of the runs.
pub fn sentences_say_what_the_runs_say(root: &Path) -> Vec<Fault> {
    let Some(mut runs) = Runs::of(root) else {
        return Vec::new();
    };
    let page = root.join("docs/src/choose.md");
    let text = fs::read_to_string(&page).unwrap_or_default();
    let mut faults = Vec::new();
    for sentence in SENTENCES {
        match sentence.filled(&mut runs) {
            Ok(words) if text.contains(&words) => {}
            Ok(words) => {
                let what = format!("does not say \u{201c}{words}\u{201d}, as the runs do");
                let fix = "write these numbers there, or other words here and in docs/code/rules";
                faults.push(Fault::new(root, &page, what, fix));
            }
            Err(fault) => faults.push(fault),
        }
    }
    faults
}

impl Sentence {
    fn filled(&self, runs: &mut Runs) -> Result<String, Fault> {
        let run = runs.get(self.run)?;
        let mut words = self.words.to_owned();
        for value in self.numbers {
            match value.value(self.group, run) {
                Some(value) => words = words.replacen("{}", &value, 1),
                None => {
                    let what = format!("does not bear out \u{201c}{}\u{201d}", self.words);
                    return Err(runs.lacks(self.run, what));
                }
            }
        }
        Ok(words)
    }
}

impl Number {
    /// What stands in the sentence; `None` if the run says the contrary, or nothing of it.
    fn value(&self, group: &str, run: &Document) -> Option<String> {
        let spread = |(model, x): Of, quantity: Quantity| {
            let mut rows = run.rows.iter();
            let row = rows.find(|row| row.group == group && row.model == model && row.x == x)?;
            quantity(row)
        };
        match *self {
            Times(this, that, quantity) => {
                let (this, that) = (spread(this, quantity)?, spread(that, quantity)?);
                let times = format!("{:.1}", this.median / that.median);
                that.below(this).then_some(times)
            }
            Alike(this, that, quantity) => {
                let (this, that) = (spread(this, quantity)?, spread(that, quantity)?);
                (!this.below(that) && !that.below(this)).then(String::new)
            }
            Mebibytes(of) => {
                let bytes = spread(of, Row::memory)?.median;
                Some(number(bytes / f64::from(1 << 20)))
            }
        }
    }
}
