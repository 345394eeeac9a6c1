//! The rows as tables for a terminal.

use std::io::{self, Write};

use crate::rows::{Question, Round, Row};
use crate::stats::Spread;

/// A column: its title, and what it says of a row.
pub(crate) struct Column {
    /// The title.
    pub(crate) title: &'static str,
    /// The text for a row that has finished, among the rows of its group.
    pub(crate) cell: fn(&Row, &[&Row]) -> String,
}

/// What is swept, in the words of the question.
pub(crate) fn swept(question: Question) -> &'static str {
    match question {
        Question::Io => "in flight",
        Question::Cpu => "tasks",
        Question::Sync => "threads/units",
    }
}

/// What is shown for the rows of a question.
pub(crate) fn columns(question: Question) -> Vec<Column> {
    let mut columns = match question {
        Question::Io => vec![
            Column {
                title: "ms a 1,000 pages",
                cell: |row, _| ranged(row.work(), 1e6 / row.units as f64),
            },
            Column {
                title: "× delay",
                cell: |row, _| {
                    let limit = row.work().zip(row.limit());
                    limit.map_or_else(nothing, |(work, limit)| number(work.median / limit))
                },
            },
            Column {
                title: "seen in flight",
                cell: |row, _| middle(row, |round| Some(round.site?.most_in_flight as f64), 1.0),
            },
        ],
        Question::Cpu => vec![
            Column {
                title: "work ms",
                cell: |row, _| ranged(row.work(), 1e3),
            },
            Column {
                title: "speed-up",
                cell: |row, rows| {
                    let sequential = reference(row, rows).and_then(Row::work);
                    ratio(sequential, row.work())
                },
            },
            Column {
                title: "CPU / seq.",
                cell: |row, rows| {
                    let sequential = reference(row, rows).and_then(Row::cpu);
                    ratio(row.cpu(), sequential)
                },
            },
            Column {
                title: "µs a task more",
                cell: |row, rows| overhead(row, rows).map_or_else(nothing, |s| number(s * 1e6)),
            },
        ],
        Question::Sync => vec![
            Column {
                title: "ns each",
                cell: |row, _| ranged(row.spread(|round| round.ns_each), 1.0),
            },
            Column {
                title: "bytes each",
                cell: |row, _| middle(row, |round| round.bytes_each, 1.0),
            },
        ],
    };
    columns.extend([
        Column {
            title: "wall ms",
            cell: |row, _| middle(row, |round| Some(round.wall), 1e3),
        },
        Column {
            title: "start ms",
            cell: |row, _| middle(row, |round| round.start_up, 1e3),
        },
        Column {
            title: "user ms",
            cell: |row, _| middle(row, |round| Some(round.user), 1e3),
        },
        Column {
            title: "system ms",
            cell: |row, _| middle(row, |round| Some(round.system), 1e3),
        },
        Column {
            title: "peak MiB",
            cell: |row, _| ranged_middle(row.memory(), 1.0 / f64::from(1 << 20)),
        },
        Column {
            title: "threads",
            cell: |row, _| middle(row, |round| round.most_threads.map(|n| n as f64), 1.0),
        },
        Column {
            title: "waits",
            cell: |row, _| middle(row, |round| Some(round.voluntary_switches as f64), 1.0),
        },
        Column {
            title: "preempted",
            cell: |row, _| middle(row, |round| Some(round.involuntary_switches as f64), 1.0),
        },
    ]);
    columns
}

/// The groups, in the order of their first rows, each with its rows.
pub(crate) fn groups(rows: &[Row]) -> Vec<(Question, &str, Vec<&Row>)> {
    let mut groups: Vec<(Question, &str, Vec<&Row>)> = Vec::new();
    for row in rows {
        let group = groups
            .iter_mut()
            .find(|(question, name, _)| *question == row.question && *name == row.group);
        match group {
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
pub(crate) fn print(out: &mut impl Write, rows: &[Row]) -> io::Result<()> {
    for (question, group, rows) in groups(rows) {
        let columns = columns(question);
        let mut lines = vec![vec![group.to_owned(), swept(question).to_owned()]];
        lines[0].extend(columns.iter().map(|column| column.title.to_owned()));
        for row in &rows {
            let mut line = vec![row.label.to_owned(), number(row.x as f64)];
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
pub(crate) fn outcome(row: &Row) -> Option<String> {
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

/// The sequential row with as many tasks.
fn reference<'a>(row: &Row, rows: &[&'a Row]) -> Option<&'a Row> {
    let found = rows
        .iter()
        .find(|other| other.model == "sequential" && other.x == row.x);
    found.copied()
}

/// CPU seconds a task beyond what the work itself takes, where tasks are small enough to tell.
pub(crate) fn overhead(row: &Row, rows: &[&Row]) -> Option<f64> {
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

fn middle(row: &Row, quantity: impl Fn(&Round) -> Option<f64>, scale: f64) -> String {
    ranged_middle(row.spread(quantity), scale)
}

fn ranged_middle(spread: Option<Spread>, scale: f64) -> String {
    spread.map_or_else(nothing, |spread| number(spread.median * scale))
}

fn ranged(spread: Option<Spread>, scale: f64) -> String {
    spread.map_or_else(nothing, |spread| range(spread, scale))
}

fn nothing() -> String {
    "-".to_owned()
}

/// The median, and in parentheses the smallest and the largest.
pub(crate) fn range(spread: Spread, scale: f64) -> String {
    format!(
        "{} ({}–{})",
        number(spread.median * scale),
        number(spread.min * scale),
        number(spread.max * scale),
    )
}

/// Three figures that count, with thousands apart; small whole numbers stay whole.
pub(crate) fn number(value: f64) -> String {
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
