//! The rows as tables for a terminal.

use std::io::{self, Write};

use crate::rows::{Question, Row};
use crate::stats::Spread;

/// Prints one table for each group of rows.
///
/// # Errors
/// If they cannot be written.
pub(crate) fn print(out: &mut impl Write, rows: &[Row]) -> io::Result<()> {
    let mut groups: Vec<(Question, &str)> = Vec::new();
    for row in rows {
        if !groups.contains(&(row.question, &row.group)) {
            groups.push((row.question, &row.group));
        }
    }
    for (question, group) in groups {
        let rows: Vec<&Row> = rows
            .iter()
            .filter(|row| row.question == question && row.group == group)
            .collect();
        writeln!(out, "\n{group}")?;
        print_group(out, question, &rows)?;
    }
    Ok(())
}

fn print_group(out: &mut impl Write, question: Question, rows: &[&Row]) -> io::Result<()> {
    let label = rows.iter().map(|row| row.label.chars().count()).max();
    let label = label.unwrap_or(0);
    let swept = match question {
        Question::Io => "in flight",
        Question::Cpu => "tasks",
        Question::Sync => "",
    };
    let work = match question {
        Question::Io => "ms a 1,000 pages",
        Question::Cpu => "work ms",
        Question::Sync => "",
    };
    writeln!(
        out,
        "{:label$}  {swept:>9}  {work:>24}  {:>8}  {:>8}  {:>8}  {:>8}  {:>7}  {:>15}",
        "", "wall ms", "start ms", "CPU ms", "peak MiB", "threads", "switches v/i",
    )?;
    let mut last = None;
    for row in rows {
        if last.is_some_and(|last| last != row.x) {
            writeln!(out)?;
        }
        last = Some(row.x);
        write!(out, "{:label$}  {:>9}  ", row.label, row.x)?;
        match (&row.why, row.work()) {
            (Some(why), _) => writeln!(out, "did not finish: {why}")?,
            (None, None) => writeln!(out, "not measured")?,
            (None, Some(work)) => {
                let scale = match question {
                    Question::Io => 1e6 / row.units as f64,
                    Question::Cpu | Question::Sync => 1e3,
                };
                write!(out, "{:>24}", range(work, scale))?;
                let median = |spread: Option<Spread>, scale: f64| {
                    spread.map_or_else(|| "-".to_owned(), |spread| number(spread.median * scale))
                };
                writeln!(
                    out,
                    "  {:>8}  {:>8}  {:>8}  {:>8}  {:>7}  {:>15}",
                    median(row.spread(|round| Some(round.wall)), 1e3),
                    median(row.spread(|round| round.start_up), 1e3),
                    median(row.cpu(), 1e3),
                    median(row.memory(), 1.0 / f64::from(1 << 20)),
                    median(
                        row.spread(|round| round.most_threads.map(|n| n as f64)),
                        1.0
                    ),
                    format!(
                        "{}/{}",
                        median(
                            row.spread(|round| Some(round.voluntary_switches as f64)),
                            1.0
                        ),
                        median(
                            row.spread(|round| Some(round.involuntary_switches as f64)),
                            1.0
                        ),
                    ),
                )?;
            }
        }
    }
    Ok(())
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

/// Three figures that count, with thousands apart.
pub(crate) fn number(value: f64) -> String {
    let decimals = match value.abs() {
        0.0 => 0,
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
            (4.0, "4.00"),
            (42.0, "42.0"),
            (999.4, "999"),
            (1234.0, "1,234"),
            (1_234_567.0, "1,234,567"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
