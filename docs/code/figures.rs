//! The charts and tables of *Choose*, drawn from runs of compare that are checked in.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use measured::names;
pub(crate) use measured::names::groups::{AT_ONCE, CORES, LOCK, PRIMES};
use measured::names::groups::{IDLE, PERMIT};
use measured::report::{self, Picture};
use measured::table::{self, number};
use measured::{Document, Row};

use crate::fault::Fault;
use crate::runs::Runs;

/// One group of rows of one run, and what is shown of it.
struct Group {
    /// The run: `NAME.json`.
    run: &'static str,
    title: &'static str,
    /// Whose rows are shown, in this order.
    models: &'static [&'static str],
    /// The names of the files that are generated, `NAME.svg` and `NAME.md`, and what they show.
    figures: &'static [(&'static str, Show)],
}

enum Show {
    /// A chart of this quantity over what was swept, and the same figures as a table.
    Chart(&'static str),
    /// Those figures as a table alone.
    Table(&'static str),
    /// A table with these columns.
    Columns(&'static [&'static str]),
    /// The sentences that follow from the group, whichever models they are about.
    Advice,
}

/// As `groups::waiting` writes them; a test compares.
pub(crate) const WAITING: &str = "Pages that take 50ms";
const SLOW: &str = "Pages that take 1s";

const COMPUTING: &[&str] = &[
    names::cpu::SEQUENTIAL.id,
    names::cpu::SCOPE.id,
    names::cpu::RAYON.id,
    names::cpu::TOKIO_TASKS.id,
    names::cpu::PROCESS_POOL.id,
    names::cpu::GIL.id,
    names::cpu_peers::NODE.id,
    names::cpu_peers::NODE_WORKERS.id,
    names::cpu_peers::PYTHON.id,
    names::cpu_peers::PYTHON_THREADS.id,
    names::cpu_peers::PYTHON_PROCESSES.id,
];

const WAITERS: &[&str] = &[
    names::io::SEQUENTIAL.id,
    names::io::THREADS_STD.id,
    names::io::THREADS_UREQ.id,
    names::io::TOKIO.id,
    names::io::SMOL.id,
    names::io::REACTOR.id,
    names::io::PROCESS_FETCH.id,
    names::io_peers::REQUESTS_POOL.id,
    names::io_peers::AIOHTTP.id,
    names::io_peers::NODE_FETCH.id,
];

const GROUPS: &[Group] = &[
    Group {
        run: "io",
        title: WAITING,
        models: WAITERS,
        figures: &[
            ("waiting-time", Show::Chart("time over the delay")),
            ("waiting-memory", Show::Chart("memory")),
            ("waiting-advice", Show::Advice),
        ],
    },
    Group {
        run: "io-at-once",
        title: AT_ONCE,
        models: &[
            names::io::SEQUENTIAL.id,
            names::io::THREAD_PER_URL.id,
            names::io::THREADS_STD.id,
            names::io::THREADS_UREQ.id,
            names::io::TOKIO.id,
            names::io::REACTOR.id,
            names::io::PROCESS_FETCH.id,
            names::io_peers::GO_HTTP.id,
            names::io_peers::AIOHTTP.id,
            names::io_peers::UNDICI.id,
            names::io_peers::WRK.id,
        ],
        figures: &[
            ("at-once-time", Show::Chart("time")),
            ("at-once-advice", Show::Advice),
        ],
    },
    Group {
        run: "sync",
        title: IDLE,
        models: &[
            names::sync::SMOL_TASK.id,
            names::sync::TOKIO_TASK.id,
            names::sync::THREAD.id,
            names::sync::PROCESS.id,
        ],
        figures: &[
            ("idle-time", Show::Chart("time")),
            ("idle-memory", Show::Chart("memory")),
        ],
    },
    Group {
        run: "cpu",
        title: PRIMES,
        models: COMPUTING,
        figures: &[
            ("primes-time", Show::Chart("time")),
            ("primes-advice", Show::Advice),
        ],
    },
    Group {
        run: "cpu",
        title: CORES,
        models: COMPUTING,
        figures: &[("primes-cores", Show::Table("time"))],
    },
    Group {
        run: "sync",
        title: LOCK,
        models: &[
            names::sync::ATOMIC_ADD.id,
            names::sync::STD_MUTEX.id,
            names::sync::PARKING_LOT_MUTEX.id,
            names::sync::SPINLOCK.id,
            names::sync::TOKIO_MUTEX.id,
        ],
        figures: &[("lock-time", Show::Chart("time"))],
    },
    Group {
        run: "sync",
        title: PERMIT,
        models: &[
            names::sync::OUR_SEMAPHORE.id,
            names::sync::TOKIO_SEMAPHORE.id,
            names::sync::OUR_ASYNC_SEMAPHORE.id,
        ],
        figures: &[("permit-time", Show::Table("time"))],
    },
    Group {
        run: "io-64",
        title: AT_ONCE,
        models: &[
            names::io::REACTOR.id,
            names::io::TOKIO.id,
            names::io::SMOL.id,
            names::io::ASYNC_STD.id,
            names::io::THREADS_STD.id,
            names::io::THREADS_UREQ.id,
            names::io::PROCESS_FETCH.id,
            names::io_peers::WRK.id,
            names::io_peers::OHA.id,
            names::io_peers::GO_HTTP.id,
            names::io_peers::CURL.id,
            names::io_peers::UNDICI.id,
            names::io_peers::AIOHTTP.id,
            names::io_peers::NODE_FETCH.id,
            names::io_peers::REQUESTS_POOL.id,
            names::io_peers::REQUESTS_THREADS.id,
        ],
        figures: &[(
            "sixty-four",
            Show::Columns(&[
                "place",
                "ms a 1,000 pages",
                "start ms",
                "user ms",
                "system ms",
                "peak MiB",
            ]),
        )],
    },
    Group {
        run: "io-10000",
        title: SLOW,
        models: &[
            names::io::REACTOR.id,
            names::io::TOKIO.id,
            names::io::SMOL.id,
            names::io::ASYNC_STD.id,
            names::io::THREADS_STD.id,
            names::io::THREADS_UREQ.id,
            names::io_peers::GO_HTTP.id,
            names::io_peers::UNDICI.id,
            names::io_peers::AIOHTTP.id,
        ],
        figures: &[(
            "ten-thousand",
            Show::Columns(&[
                "place",
                "wall ms",
                "× delay",
                "seen in flight",
                "peak MiB",
                "threads",
            ]),
        )],
    },
];

/// Every generated file with its text. A workspace without runs has none.
///
/// # Errors
/// If a run cannot be read or lacks what is to be shown.
pub(crate) fn expected(root: &Path) -> Result<Vec<(PathBuf, String)>, Fault> {
    let Some(mut runs) = Runs::of(root) else {
        return Ok(Vec::new());
    };
    let folder = root.join("docs/src/generated/choose");
    let mut files = Vec::new();
    for group in GROUPS {
        for (name, show) in group.figures {
            let drawn = group.files(runs.get(group.run)?, show);
            for (extension, text) in drawn.map_err(|what| runs.lacks(group.run, what))? {
                files.push((folder.join(format!("{name}.{extension}")), text));
            }
        }
    }
    Ok(files)
}

impl Group {
    fn files(&self, run: &Document, show: &Show) -> Result<Vec<(&'static str, String)>, String> {
        let rows = self.rows(run)?;
        let source = source(run);
        Ok(match *show {
            Show::Table(quantity) => {
                let table = matrix(self.models, &rows, &picture(&rows, quantity)?);
                vec![("md", table + &source)]
            }
            Show::Chart(quantity) => {
                let picture = &picture(&rows, quantity)?;
                let drawing = report::drawing(&rows, picture);
                let drawing = drawing.ok_or(format!("tells no {quantity} of {}", self.title))?;
                let table = matrix(self.models, &rows, picture);
                vec![("svg", drawing.file()), ("md", table + &source)]
            }
            Show::Columns(titles) => vec![("md", columns(titles, &rows)? + &source)],
            Show::Advice => vec![("md", advice(self.title, run) + &source)],
        })
    }

    /// The rows that are shown, in the order of the models.
    fn rows<'a>(&self, run: &'a Document) -> Result<Vec<&'a Row>, String> {
        let mut rows = Vec::new();
        for model in self.models {
            let before = rows.len();
            let group = run.rows.iter().filter(|row| row.group == self.title);
            rows.extend(group.filter(|row| row.model == *model));
            if rows.len() == before {
                let title = self.title;
                return Err(format!("has no row of {model} in \u{201c}{title}\u{201d}"));
            }
        }
        Ok(rows)
    }
}

fn picture(rows: &[&Row], quantity: &str) -> Result<Picture, String> {
    let mut pictures = report::pictures(rows[0].question).into_iter();
    let picture = pictures.find(|picture| picture.title == quantity);
    picture.ok_or(format!("has no {quantity} to be drawn"))
}

/// Medians: a line for each model, a column for each number that was swept.
fn matrix(models: &[&str], rows: &[&Row], picture: &Picture) -> String {
    let mut xs: Vec<u64> = rows.iter().map(|row| row.x).collect();
    xs.sort_unstable();
    xs.dedup();
    let mut text = format!("| {}, {} |", picture.y, rows[0].swept);
    for x in &xs {
        let _ = write!(text, " {} |", number(*x as f64));
    }
    let _ = write!(text, "\n|---|{}\n", "--:|".repeat(xs.len()));
    for model in models {
        let of_model = |row: &&&Row| row.model == *model;
        let tells = |row: &&Row| picture.value(row).is_some() || row.why.is_some();
        if !rows.iter().filter(of_model).any(tells) {
            continue; // the chart has no line of it either
        }
        let label = rows.iter().find(of_model);
        let label = label.map_or_else(String::new, |row| plain(&row.label));
        let _ = write!(text, "| {label} |");
        for x in &xs {
            let row = rows.iter().filter(of_model).find(|row| row.x == *x);
            let value = row.and_then(|row| picture.value(row));
            let cell = match (value, row) {
                (Some(spread), _) => number(spread.median),
                (None, Some(row)) if row.why.is_some() => "*".to_owned(),
                (None, _) => String::new(),
            };
            let _ = write!(text, " {cell} |");
        }
        text.push('\n');
    }
    text.push('\n');
    for row in rows.iter().filter(|row| row.why.is_some()) {
        let why = table::outcome(row).unwrap_or_default();
        let _ = writeln!(
            text,
            "\\* {}, {}: {why}.\n",
            row.label,
            number(row.x as f64)
        );
    }
    text
}

/// Without the dash that Markdown would make of two hyphens.
fn plain(label: &str) -> String {
    label.replace("--", "\\-\\-")
}

/// One line for each row, with the columns of these titles.
fn columns(titles: &[&str], rows: &[&Row]) -> Result<String, String> {
    let all = table::columns(rows[0].question);
    let mut chosen = Vec::new();
    for title in titles {
        let column = all.iter().find(|column| column.title == *title);
        chosen.push(column.ok_or(format!("tells no {title}"))?);
    }
    let mut text = format!(
        "| model | {} |\n|---|{}\n",
        titles.join(" | "),
        "--:|".repeat(titles.len())
    );
    for row in rows {
        let _ = write!(text, "| {} |", plain(&row.label));
        match table::outcome(row) {
            Some(why) => {
                let _ = write!(text, " {why} |{}", " |".repeat(titles.len() - 1));
            }
            None => {
                for column in &chosen {
                    let _ = write!(text, " {} |", (column.cell)(row, rows));
                }
            }
        }
        text.push('\n');
    }
    text.push('\n');
    Ok(text)
}

/// The sentences. The tables and the run contain the figures behind them.
fn advice(group: &str, run: &Document) -> String {
    let advice = run.advice.iter().filter(|advice| advice.about == group);
    let lines = advice.map(|advice| format!("- {}\n", advice.sentence));
    lines.collect::<String>() + "\n"
}

/// The machine, the date and the command.
fn source(run: &Document) -> String {
    let value = |pairs: &[(String, String)], name: &str| {
        let pair = pairs.iter().find(|(found, _)| found == name);
        pair.map_or_else(String::new, |(_, value)| value.clone())
    };
    let machine = |name| value(&run.machine, name);
    let rounds = run.rows.iter().map(|row| row.rounds.len()).max();
    format!(
        "<small>Medians of {} interleaved rounds; {}, {} cores, {}, {}; rustc {}; {}; \
         `{}`.</small>\n",
        rounds.unwrap_or(0),
        machine("processor"),
        machine("cores"),
        machine("memory"),
        machine("system"),
        value(&run.versions, "rustc")
            .split(' ')
            .next()
            .unwrap_or(""),
        run.date.split('T').next().unwrap_or_default(),
        run.command
            .replacen("compare", "cargo run --release -p compare --", 1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run with one row of each model that the group shows, at two numbers.
    fn run(group: &Group) -> Document {
        let row = |model: &&str, x: u64| {
            let row = serde_json::json!({
                "question": "io", "group": group.title, "model": model, "label": format!("the {model}"),
                "peer": false, "swept": "in flight", "x": x, "units": 1000, "delay": 0.05, "why": null,
                "rounds": [{
                    "wall": 0.5, "start_up": null, "work": 0.25, "user": 0.1, "system": 0.1,
                    "peak_memory": 1 << 20, "most_threads": null, "voluntary_switches": 0,
                    "involuntary_switches": 0, "site": null, "ns_each": null, "bytes_each": null,
                }],
            });
            serde_json::from_value(row).unwrap()
        };
        let models = group.models.iter();
        Document {
            date: "2026-01-02T03:04:05Z".to_owned(),
            command: "compare io --json".to_owned(),
            machine: vec![("cores".to_owned(), "2".to_owned())],
            rows: models
                .flat_map(|model| [row(model, 10), row(model, 1000)])
                .collect(),
            ..Document::default()
        }
    }

    const GROUP: Group = Group {
        run: "io",
        title: WAITING,
        models: &["tokio", "smol"],
        figures: &[],
    };

    #[test]
    fn a_chart_has_its_figures_beside_it_and_says_where_they_come_from() {
        let files = GROUP.files(&run(&GROUP), &Show::Chart("time")).unwrap();
        let [("svg", svg), ("md", table)] = &files[..] else {
            panic!("{files:?}");
        };
        assert!(svg.contains(">the smol</text>"));
        assert!(table.starts_with("| ms a 1,000 pages, in flight | 10 | 1,000 |\n|---|--:|--:|\n"));
        assert!(table.contains("| the tokio | 250 | 250 |\n"));
        for said in [
            "2 cores",
            "2026-01-02;",
            "`cargo run --release -p compare -- io --json`",
        ] {
            assert!(table.contains(said), "{table}");
        }
    }

    #[test]
    fn what_did_not_finish_says_why() {
        let mut run = run(&GROUP);
        run.rows[3].why = Some("no more threads".to_owned());
        let files = GROUP.files(&run, &Show::Chart("time")).unwrap();
        let table = &files[1].1;
        assert!(table.contains("| the smol | 250 | * |"), "{table}");
        assert!(table.contains("\\* the smol, 1,000: did not finish: no more threads."));
    }

    #[test]
    fn a_run_that_lacks_what_is_shown_is_a_fault() {
        let columns = Show::Columns(&["place", "peak MiB"]);
        let mut run = run(&GROUP);
        let table = &GROUP.files(&run, &columns).unwrap()[0].1;
        assert!(table.contains("| the tokio | 1–2 | 1 |"), "{table}");
        run.rows.retain(|row| row.model != "smol");
        let error = GROUP.files(&run, &columns).unwrap_err();
        assert!(error.contains("no row of smol"), "{error}");
    }

    #[test]
    fn the_delays_are_written_as_compare_writes_them() {
        assert_eq!(WAITING, names::groups::waiting("50ms"));
        assert_eq!(SLOW, names::groups::waiting("1s"));
    }
}
