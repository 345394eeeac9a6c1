//! A whole run, as `--json` prints it and the report shows it.

use std::io::{self, Write};

use anyhow::{Context as _, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::advice::{self, Advice};
use crate::rows::{Round, Row};
use crate::table;

/// A run: where, when, with what, and all that came out.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Document {
    /// When it began, in UTC.
    pub date: String,
    /// The command line.
    pub command: String,
    /// The machine, in a few lines: a name and a value each.
    pub machine: Vec<(String, String)>,
    /// Compiler, libraries and peers: a name and a version each.
    pub versions: Vec<(String, String)>,
    /// Whether Ctrl-C ended it: rows may lack rounds.
    pub interrupted: bool,
    /// What was not measured, and why.
    pub left_out: Vec<String>,
    /// All rows with all their rounds.
    pub rows: Vec<Row>,
    /// What follows from them. Never read back, but drawn from the rows again.
    #[serde(skip_deserializing)]
    pub advice: Vec<Advice>,
}

impl Document {
    /// Reads what `--json` has printed.
    ///
    /// # Errors
    /// If the text is not such a document, has rows of no units or with none at once, or has figures
    /// that nothing can measure.
    pub fn from_json(text: &str) -> anyhow::Result<Self> {
        let mut document: Self = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .context("not a document that compare --json prints")?;
        document.make_printable(); // The errors below repeat names of the document.
        for row in &document.rows {
            let (model, group) = (&row.model, &row.group);
            ensure!(
                row.x > 0 && row.units > 0,
                "{model} in {group:?} has nothing to do"
            );
            let mut figures = row.rounds.iter().flat_map(figures).chain([row.delay]);
            if let Some(figure) = figures.find(|figure| !is_measurable(*figure)) {
                bail!("{model} in {group:?} has the figure {figure:e}, which nothing can measure");
            }
        }
        document.advice = advice::from(&document.rows);
        Ok(document)
    }

    /// Takes the rows, and draws from them what they support.
    pub fn finish(&mut self, rows: Vec<Row>, interrupted: bool) {
        self.rows = rows;
        self.interrupted = interrupted;
        self.make_printable();
        self.advice = advice::from(&self.rows);
    }

    /// Prints it as JSON.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn print_json(&self, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut out, self)?;
        writeln!(out)
    }

    /// Prints the tables, what was left out, and what follows: five sentences of it, or all with the
    /// figures from which they follow.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn print(&self, out: &mut impl Write, verbose: bool) -> io::Result<()> {
        for (name, value) in &self.machine {
            writeln!(out, "{name}: {value}")?;
        }
        table::print(out, &self.rows)?;
        writeln!(out, "\n{}\n{}", table::NOTE, table::MEMORY_NOTE)?;
        for line in &self.left_out {
            writeln!(out, "left out: {line}")?;
        }
        writeln!(out, "\nWhat follows from it, on this machine:")?;
        if self.advice.is_empty() {
            writeln!(out, "{}", advice::NOTHING)?;
        }
        let shown = match verbose {
            true => self.advice.iter().collect(),
            false => advice::headlines(&self.advice),
        };
        let mut last = "";
        for advice in &shown {
            if advice.about != last {
                writeln!(out, "\n{}", advice.about)?;
                last = &advice.about;
            }
            writeln!(out, "- {}", advice.sentence)?;
            if verbose {
                writeln!(out, "  [{}]", advice.cited())?;
            }
        }
        let more = self.advice.len() - shown.len();
        if more > 0 {
            writeln!(
                out,
                "\n{more} more sentences, and the figures for each: --verbose"
            )?;
        }
        Ok(())
    }

    /// Whether any row has a figure.
    pub fn has_figures(&self) -> bool {
        self.rows.iter().any(|row| row.main().is_some())
    }

    /// What others have written must not reach a terminal as commands.
    fn make_printable(&mut self) {
        let pairs = self.machine.iter_mut().chain(&mut self.versions);
        let texts = pairs.flat_map(|(name, value)| [name, value]);
        let texts = texts.chain([&mut self.date, &mut self.command]);
        for text in texts.chain(&mut self.left_out) {
            *text = printable(text);
        }
        for row in &mut self.rows {
            row.group = printable(&row.group);
            row.why = row.why.as_deref().map(printable);
            for text in [&mut row.model, &mut row.label, &mut row.swept] {
                if text.len() > LONGEST || text.chars().any(is_command) {
                    *text = printable(text).into();
                }
            }
        }
    }
}

/// Characters of a text that are printed. A column of a table cannot be 65,536 wide.
const LONGEST: usize = 1_000;

/// The text with a replacement character for each that would move a terminal's cursor, colour its
/// text, or turn the direction of writing. It ends after 1,000 characters.
pub fn printable(text: &str) -> String {
    let shown = text.chars().take(LONGEST);
    shown
        .map(|c| if is_command(c) { '\u{fffd}' } else { c })
        .collect()
}

fn is_command(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The times and the memory of a round.
fn figures(round: &Round) -> impl Iterator<Item = f64> {
    let told = [round.start_up, round.work, round.ns_each, round.bytes_each];
    let always = [
        round.wall,
        round.user,
        round.system,
        round.peak_memory as f64,
    ];
    told.into_iter().flatten().chain(always)
}

/// Beyond these bounds the axes of a chart, which are logarithmic, come to infinity or to zero.
fn is_measurable(figure: f64) -> bool {
    figure == 0.0 || (1e-15..=1e15).contains(&figure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::{row, rows};

    #[test]
    fn a_very_long_name_is_cut_and_an_error_is_printable() {
        let mut document = Document::default();
        document.finish(rows("tokio 100: 0.1 0.11"), false);
        let mut json = Vec::new();
        document.print_json(&mut json).unwrap();
        let json = String::from_utf8(json).unwrap();
        let long = json.replace("tokio", &"x".repeat(100_000));
        let read = Document::from_json(&format!("\u{feff}{long}")).unwrap();
        let mut tables = Vec::new();
        read.print(&mut tables, true).unwrap();
        assert!(tables.len() < 50_000, "{} bytes", tables.len());
        let bad = json
            .replace("tokio", "to\\u001bkio")
            .replace("\"x\": 100", "\"x\": 0");
        let error = Document::from_json(&bad).unwrap_err().to_string();
        assert!(error.starts_with("to\u{fffd}kio in"), "{error}");
    }

    #[test]
    fn what_was_printed_can_be_read_again() {
        let mut document = Document {
            date: "2026-11-23T00:00:00Z".to_owned(),
            ..Document::default()
        };
        document.finish(
            rows("tokio 100: 0.1 0.11, threads-ureq 100: 0.2 0.22"),
            true,
        );
        let mut text = Vec::new();
        document.print_json(&mut text).unwrap();
        let again = Document::from_json(&String::from_utf8(text).unwrap()).unwrap();
        assert_eq!(again.date, document.date);
        assert!(again.interrupted);
        assert_eq!(again.rows.len(), 2);
        assert_eq!(again.rows[1].rounds[1].wall, 0.22);
        let sentence = |document: &Document| document.advice[0].sentence.clone();
        assert_eq!(sentence(&again), sentence(&document));
    }

    /// Reads a document with this row alone: gives what is wrong with it.
    fn refused(row: &Row) -> Option<String> {
        let text = serde_json::to_string(&Document {
            rows: vec![row.clone()],
            ..Document::default()
        });
        let error = Document::from_json(&text.unwrap()).err();
        error.map(|error| error.to_string())
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let error = Document::from_json("{}").unwrap_err().to_string();
        assert!(error.contains("compare --json"), "{error}");
        for (x, units) in [(0, 1000), (10, 0)] {
            let error = refused(&Row {
                units,
                ..row("tokio", x, &[0.1])
            });
            assert!(error.unwrap().contains("nothing to do"));
        }
    }

    #[test]
    fn what_nothing_can_measure_is_refused() {
        let sound = Row {
            delay: 0.0,
            ..row("tokio", 10, &[1e-15, 1e15])
        };
        assert_eq!(refused(&sound), None);

        for figure in [1e308, 1e300, 1.1e15, -1.0, 1e-300, 5e-324] {
            let delay = Row {
                delay: figure,
                ..sound.clone()
            };
            let work = row("tokio", 10, &[0.1, figure]);
            let mut size = sound.clone();
            size.rounds[1].bytes_each = Some(figure);
            for row in [delay, work, size] {
                let error = refused(&row).unwrap();
                let said = format!("has the figure {figure:e}, which");
                assert!(error.contains(&said), "{error}");
                assert_eq!(error.lines().count(), 1, "{error}");
            }
        }
    }

    #[test]
    fn what_would_command_a_terminal_is_replaced() {
        let mut stranger = row("tokio", 10, &[0.1]);
        stranger.label = "a\u{1b}[2J".into();
        stranger.why = Some("b\u{202e}".to_owned());
        let mut document = Document {
            date: "c\u{9b}1m".to_owned(),
            machine: vec![("d\n".to_owned(), "\u{7}".to_owned())],
            ..Document::default()
        };
        document.finish(vec![stranger], false);
        let mut out = Vec::new();
        document.print(&mut out, true).unwrap();
        let text = String::from_utf8(out).unwrap() + &document.date;
        assert!(
            !text.chars().any(|c| c != '\n' && is_command(c)),
            "{text:?}"
        );
        assert!(!document.has_figures());
    }
}
