//! The rows as tables for a terminal.

use std::io::{self, Write};

use crate::question::Question;
use crate::rows::{Round, Row};
use crate::stats::Spread;

type Cell = Box<dyn Fn(&Row, &[&Row]) -> String>;

/// A column: its title, and what it says of a row.
pub struct Column {
    /// The title.
    pub title: &'static str,
    /// The text for a row that has finished, among the rows of its group.
    pub cell: Cell,
}

/// Bytes.
pub(crate) const MIB: f64 = (1 << 20) as f64;

/// What the column of places means.
pub const NOTE: &str = "place: among those of its group with the same number, by the first figure, which is a \
median (smallest–largest of its rounds). 2–4: which of these places it has is within the noise. Of two \
equal models one comes out ahead by chance in one case of three where there are two rounds, and in one of \
ten where there are three.";

/// What the column of memory means.
pub const MEMORY_NOTE: &str = "peak MiB: the most memory of the process at one moment; of peers, which do not tell it themselves, \
it is at least that of compare itself. Models with processes of their own have none: no figure tells \
the memory of all of them.";

fn column(title: &'static str, cell: fn(&Row, &[&Row]) -> String) -> Column {
    let cell = Box::new(cell);
    Column { title, cell }
}

/// A column of medians.
fn median(title: &'static str, scale: f64, of: fn(&Round) -> Option<f64>) -> Column {
    let cell = Box::new(move |row: &Row, _: &[&Row]| middle(row.spread(of), scale));
    Column { title, cell }
}

/// What is shown for the rows of a question.
pub fn columns(question: Question) -> Vec<Column> {
    let mut columns = vec![column("place", place)];
    columns.extend(match question {
        Question::Io => vec![
            column("ms a 1,000 pages", |row, _| {
                ranged(row.work(), 1e6 / row.units as f64)
            }),
            column("× delay", |row, _| {
                ratio(row.work(), row.limit().map(Spread::exactly))
            }),
            median("seen in flight", 1.0, |round| {
                Some(round.site?.most_in_flight as f64)
            }),
        ],
        Question::Cpu => vec![
            column("work ms", |row, _| ranged(row.work(), 1e3)),
            column("speed-up", |row, rows| {
                ratio(reference(row, rows).and_then(Row::work), row.work())
            }),
            column("CPU / seq.", |row, rows| {
                ratio(row.cpu(), reference(row, rows).and_then(Row::cpu))
            }),
            column("µs a task more", |row, rows| {
                overhead(row, rows).map_or_else(nothing, |s| number(s * 1e6))
            }),
        ],
        Question::Sync => vec![
            column("ns each", |row, _| ranged(row.main(), 1.0)),
            median("bytes each", 1.0, |round| round.bytes_each),
        ],
    });
    columns.extend([
        median("wall ms", 1e3, |round| Some(round.wall)),
        median("start ms", 1e3, |round| round.start_up),
        median("user ms", 1e3, |round| Some(round.user)),
        median("system ms", 1e3, |round| Some(round.system)),
        column("peak MiB", |row, _| middle(row.memory(), 1.0 / MIB)),
        median("threads", 1.0, |round| Some(round.most_threads? as f64)),
        median("waits", 1.0, |round| Some(round.voluntary_switches as f64)),
        median("preempted", 1.0, |round| {
            Some(round.involuntary_switches as f64)
        }),
    ]);
    columns
}

/// The groups, in the order of their first rows, each with its rows.
pub fn groups(rows: &[Row]) -> Vec<(Question, &str, Vec<&Row>)> {
    let mut groups: Vec<(Question, &str, Vec<&Row>)> = Vec::new();
    for row in rows {
        let same =
            |group: &&mut (Question, &str, _)| (group.0, group.1) == (row.question, &row.group);
        match groups.iter_mut().find(same) {
            Some((_, _, rows)) => rows.push(row),
            None => groups.push((row.question, &row.group, vec![row])),
        }
    }
    groups
}

/// Prints one table for each group of rows.
///
/// # Errors
/// If they cannot be written.
pub fn print(out: &mut impl Write, rows: &[Row]) -> io::Result<()> {
    for (question, group, rows) in groups(rows) {
        let columns = columns(question);
        let mut lines = vec![vec![group.to_owned(), rows[0].swept.to_string()]];
        lines[0].extend(columns.iter().map(|column| column.title.to_owned()));
        for row in &rows {
            let mut line = vec![row.label.to_string(), number(row.x as f64)];
            match outcome(row) {
                Some(why) => line.push(why),
                None => line.extend(columns.iter().map(|column| (column.cell)(row, &rows))),
            }
            lines.push(line);
        }
        let xs = rows.iter().map(|row| row.x);
        writeln!(out)?;
        print_lines(out, &lines, &xs.collect::<Vec<_>>())?;
    }
    Ok(())
}

/// Why a row has no figures; `None` if it has.
pub fn outcome(row: &Row) -> Option<String> {
    match &row.why {
        Some(why) => Some(format!("did not finish: {why}")),
        None => row.rounds.is_empty().then(|| "not measured".to_owned()),
    }
}

/// Prints the head and the lines, with a gap wherever `x` changes.
fn print_lines(out: &mut impl Write, lines: &[Vec<String>], xs: &[u64]) -> io::Result<()> {
    let width = |column: usize| {
        // A line that only says why there are no figures may be as long as it likes.
        let full = lines.iter().filter(|line| line.len() == lines[0].len());
        let cells = full.map(|line| line[column].chars().count());
        cells.max().unwrap_or(0)
    };
    let labels = lines.iter().map(|line| line[0].chars().count()).max();
    for (index, line) in lines.iter().enumerate() {
        if index > 1 && xs[index - 1] != xs[index - 2] {
            writeln!(out)?;
        }
        write!(out, "{:1$}", line[0], labels.unwrap_or(0))?;
        for (column, cell) in line.iter().enumerate().skip(1) {
            write!(out, "  {:>1$}", cell, width(column))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Its place among the rows beside it, from the best that the noise allows to the worst.
fn place(row: &Row, rows: &[&Row]) -> String {
    if row.main().is_none() {
        return nothing();
    }
    let beside = rows.iter().filter(|other| other.x == row.x);
    let (mut first, mut last) = (1, 1);
    for other in beside.filter(|other| !std::ptr::eq(**other, row)) {
        let better = other.below(row, Row::main);
        let worse = other.main().is_none() || row.below(other, Row::main);
        first += usize::from(better);
        last += usize::from(!worse);
    }
    if first == last {
        first.to_string()
    } else {
        format!("{first}–{last}")
    }
}

/// The sequential row with as many tasks.
fn reference<'a>(row: &Row, rows: &[&'a Row]) -> Option<&'a Row> {
    let found = rows
        .iter()
        .find(|other| other.model == "sequential" && other.x == row.x);
    found.copied()
}

/// CPU seconds a task beyond what the work itself takes, where tasks are small enough to tell.
fn overhead(row: &Row, rows: &[&Row]) -> Option<f64> {
    let whole = reference(row, rows)?.cpu()?;
    let more = row.cpu()?.median - whole.median;
    (row.x >= 1_000 && !row.peer && row.model != "sequential").then(|| more / row.x as f64)
}

fn ratio(above: Option<Spread>, below: Option<Spread>) -> String {
    let both = above.zip(below);
    both.map_or_else(nothing, |(above, below)| {
        number(above.median / below.median)
    })
}

fn middle(spread: Option<Spread>, scale: f64) -> String {
    spread.map_or_else(nothing, |spread| number(spread.median * scale))
}

fn ranged(spread: Option<Spread>, scale: f64) -> String {
    spread.map_or_else(nothing, |spread| range(spread, scale))
}

fn nothing() -> String {
    "-".to_owned()
}

/// The median, and in parentheses the smallest and the largest.
pub fn range(spread: Spread, scale: f64) -> String {
    let Spread { median, min, max } = spread.scaled(scale);
    format!("{} ({}–{})", number(median), number(min), number(max))
}

/// Three figures that count, with thousands apart; small whole numbers stay whole.
pub fn number(value: f64) -> String {
    let decimals = match value.abs() {
        whole if whole.fract() == 0.0 => 0,
        small if small < 0.995 => 3,
        small if small < 9.95 => 2,
        small if small < 99.5 => 1,
        _ => 0,
    };
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{grouped}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::rows;

    #[test]
    fn what_the_noise_does_not_part_shares_its_places() {
        let rows = rows(
            "best 10: 0.1 0.11, one 10: 0.2 0.3, other 10: 0.25 0.35, broken 10:, \
             elsewhere 20: 0.01 0.01",
        );
        let all: Vec<&Row> = rows.iter().collect();
        let places: Vec<String> = rows.iter().map(|row| place(row, &all)).collect();
        assert_eq!(places, ["1", "2–3", "2–3", "-", "1"]);
    }

    #[test]
    fn each_note_is_about_a_column_of_every_table() {
        for question in Question::ALL {
            let columns = columns(question).into_iter();
            let begins: Vec<String> = columns
                .map(|column| column.title.to_owned() + ": ")
                .collect();
            assert!(NOTE.starts_with(&begins[0]));
            assert!(begins.iter().any(|begin| MEMORY_NOTE.starts_with(begin)));
        }
    }

    #[test]
    fn numbers_have_three_figures_and_thousands() {
        for (value, text) in [
            (0.0, "0"),
            (0.1234, "0.123"),
            (4.0, "4"),
            (4.1, "4.10"),
            (42.13, "42.1"),
            (999.4, "999"),
            (-1234.0, "-1,234"),
            (1_234_567.0, "1,234,567"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
