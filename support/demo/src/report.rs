//! The rows of a run and the summary at its end.

use std::error::Error;
use std::io::{self, IsTerminal as _, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use bytesize::ByteSize;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::file;
use crate::timeline::{self, Bar, time};
use crate::visible::{brief, is_plain, is_visible, visible};

/// What became of one URL.
#[derive(Debug)]
pub(crate) struct Row {
    elapsed: Duration,
    /// Since the start of the run.
    end: Duration,
    outcome: Result<Arrived, String>,
}

#[derive(Debug)]
struct Arrived {
    status: u16,
    bytes: usize,
}

/// Collects rows in any order and prints them in the order of the URLs, each as soon as all
/// before it are there.
#[derive(Debug)]
pub(crate) struct Report {
    urls: Vec<String>,
    rows: Vec<Option<Row>>,
    /// The rows before this one are printed.
    printed: usize,
    json: bool,
    start: Instant,
    progress: ProgressBar,
}

impl Report {
    pub(crate) fn new(urls: Vec<String>, json: bool) -> Self {
        // indicatif draws on standard error, and only on a terminal.
        let style = ProgressStyle::with_template("{bar:30} {pos} of {len}, {elapsed}")
            .expect("the template is a constant that a test draws");
        let progress = ProgressBar::new(urls.len() as u64).with_style(style);
        Self {
            rows: urls.iter().map(|_| None).collect(),
            urls,
            printed: 0,
            json,
            start: Instant::now(),
            progress,
        }
    }

    /// The line that a reader sees first, and the progress bar below it.
    pub(crate) fn head(&self, what: &str) -> io::Result<()> {
        self.progress.enable_steady_tick(Duration::from_millis(100));
        if self.json {
            return Ok(());
        }
        self.print(|out| {
            writeln!(out, "{what}\n")?;
            writeln!(out, "status        size       time  url")
        })
    }

    /// Takes a result; prints what can be printed by now.
    pub(crate) fn add(
        &mut self,
        index: usize,
        elapsed: Duration,
        result: Result<(u16, Vec<u8>), String>,
        save: Option<&Path>,
    ) -> io::Result<()> {
        let end = self.start.elapsed();
        let outcome = match result {
            Err(error) => Err(error),
            Ok((status, body)) => {
                let arrived = Arrived {
                    status,
                    bytes: body.len(),
                };
                let file = save.map(|folder| folder.join(file_name(index, &self.urls[index])));
                match file.map(|file| file::write(&file, &body).map_err(|error| (file, error))) {
                    None | Some(Ok(())) => Ok(arrived),
                    Some(Err((file, error))) => Err(brief(&format!(
                        "arrived, but cannot be saved as {}: {error}",
                        file.display()
                    ))),
                }
            }
        };
        self.rows[index] = Some(Row {
            elapsed,
            end,
            outcome,
        });
        self.progress.inc(1);
        let ready = self.rows[self.printed..]
            .iter()
            .take_while(|row| row.is_some())
            .count();
        let next = self.printed + ready;
        self.print_rows(self.printed..next)?;
        self.printed = next;
        Ok(())
    }

    /// Prints the rows that wait for one before them, which will not arrive any more.
    pub(crate) fn rest(&mut self) -> io::Result<()> {
        self.progress.finish_and_clear();
        self.print_rows(self.printed..self.rows.len())?;
        self.printed = self.rows.len();
        Ok(())
    }

    fn print_rows(&self, range: std::ops::Range<usize>) -> io::Result<()> {
        if range.is_empty() {
            return Ok(());
        }
        self.print(|out| {
            for (url, row) in self.urls[range.clone()].iter().zip(&self.rows[range]) {
                match row {
                    Some(row) if self.json => writeln!(out, "{}", json_line(url, row))?,
                    Some(row) => writeln!(out, "{}", text_line(url, row))?,
                    None => {}
                }
            }
            Ok(())
        })
    }

    /// Writes to standard output with the progress bar out of the way.
    fn print(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let written = self.progress.suspend(|| {
            let mut out = io::BufWriter::new(io::stdout().lock());
            write(&mut out)?;
            out.flush()
        });
        if written.is_err() {
            // The message about it starts a line of its own.
            self.progress.finish_and_clear();
        }
        written
    }

    /// How many URLs there are, and how many pages arrived.
    pub(crate) fn count(&self) -> (usize, usize) {
        let arrived = self.rows.iter().flatten().filter(|row| row.outcome.is_ok());
        (self.rows.len(), arrived.count())
    }

    /// The last lines of a report that people read.
    pub(crate) fn summary(&self, site: Option<&str>, bars: &[Bar]) -> io::Result<()> {
        if self.json {
            return Ok(());
        }
        let (all, arrived) = self.count();
        let wall = self.start.elapsed();
        // One after another they may take less: alone, each has the machine for itself.
        let sum: Duration = self.rows.iter().flatten().map(|row| row.elapsed).sum();
        let overlap = sum.as_secs_f64() / wall.as_secs_f64();
        self.print(|out| {
            writeln!(out)?;
            writeln!(out, "{arrived} of {all} arrived in {}.", time(wall))?;
            // Nothing can be compared for a single request, or if some did not end.
            if all > 1 && self.rows.iter().all(Option::is_some) {
                writeln!(
                    out,
                    "The times above add up to {}: {overlap:.1} × as long.",
                    time(sum)
                )?;
            }
            if let Some(site) = site {
                writeln!(out, "{site}")?;
            }
            if io::stdout().is_terminal() && !bars.is_empty() {
                let (_, columns) = console::Term::stdout().size();
                writeln!(out)?;
                out.write_all(timeline::text(bars, columns.into()).as_bytes())?;
            }
            Ok(())
        })
    }

    /// The rows as bars, for servers that do not say when they saw a request.
    pub(crate) fn bars(&self) -> Vec<Bar> {
        let rows = self.urls.iter().zip(&self.rows);
        rows.filter_map(|(url, row)| {
            let row = row.as_ref()?;
            Some(Bar {
                label: url.splitn(3, '/').nth(2).unwrap_or(url).to_owned(),
                start: row.end.saturating_sub(row.elapsed),
                end: row.end,
                failed: row.outcome.is_err(),
            })
        })
        .collect()
    }
}

/// What went wrong, on one line: the error's message, and its cause unless the message contains it.
pub fn explain(error: &dyn Error) -> String {
    let mut root = error;
    while let Some(source) = root.source() {
        root = source;
    }
    let (mut text, cause) = (error.to_string(), root.to_string());
    if !text.contains(&cause) {
        text = format!("{text}: {cause}");
    }
    brief(&text)
}

fn text_line(url: &str, row: &Row) -> String {
    let (url, elapsed) = (visible(url), time(row.elapsed));
    match &row.outcome {
        Ok(Arrived { status, bytes }) => {
            let size = ByteSize(*bytes as u64).to_string();
            format!("{status:>6}  {size:>10}  {elapsed:>9}  {url}")
        }
        Err(error) => format!("failed  {:>10}  {elapsed:>9}  {url}: {error}", "-"),
    }
}

fn json_line(url: &str, row: &Row) -> String {
    let ms = (row.elapsed.as_secs_f64() * 1e4).round() / 10.0;
    let object = match &row.outcome {
        Ok(Arrived { status, bytes }) => {
            json!({ "url": url, "ms": ms, "status": status, "bytes": bytes })
        }
        Err(error) => json!({ "url": url, "ms": ms, "error": error }),
    };
    let json = object.to_string();
    if is_plain(&json) {
        return json;
    }
    // Only strings contain such characters, and there an escape means the same.
    let mut line = String::new();
    for c in json.chars() {
        if is_visible(c) {
            line.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                line.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    line
}

/// A name that stays in its folder and is no other URL's: the place in the list makes it unique,
/// and only letters, digits, dots and dashes follow.
fn file_name(index: usize, url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let tame = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') {
            c
        } else {
            '_'
        }
    };
    let name: String = rest.chars().map(tame).take(100).collect();
    // Windows drops dots at the end of a name.
    format!("{:05}-{}", index + 1, name.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fmt;

    use super::*;

    #[test]
    fn the_progress_bar_can_be_drawn() {
        Report::new(vec!["http://a/".to_owned()], true)
            .progress
            .tick();
    }

    #[test]
    fn a_file_name_stays_in_its_folder_and_is_used_once() {
        let urls = [
            "http://a/..",
            "http://a/../../etc/passwd",
            "http://a/x?y=/z",
            "http://a/x?y=_z",
            "http://a/x_y__z",
            "http://a\\b/C:\\con",
            "http://a/x?y=/z",
            &format!("http://a/{}", "x".repeat(5000)),
        ];
        let mut seen = HashSet::new();
        for (index, url) in urls.iter().enumerate() {
            let name = file_name(index, url);
            assert!(
                !name.contains(['/', '\\', ':']) && name.len() < 128,
                "{name}"
            );
            assert_ne!(Path::new(&name).file_name(), None, "{name}");
            // Windows drops dots at the end of a name.
            assert!(!name.ends_with('.'), "{name}");
            assert!(seen.insert(name.clone()), "{name}");
        }
    }

    #[derive(Debug)]
    struct Layer(&'static str, Option<Box<Layer>>);

    impl fmt::Display for Layer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Layer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|layer| layer as _)
        }
    }

    #[test]
    fn an_explanation_is_one_line_with_the_cause() {
        let root = Layer("evil\u{1b}[2J\nline", None);
        let middle = Layer("middle", Some(Box::new(root)));
        let top = Layer("request failed", Some(Box::new(middle)));
        assert_eq!(explain(&top), "request failed: evil\\u{1b}[2J\\nline");
        let refused = Layer("refused", None);
        let said = Layer("no connection: refused", Some(Box::new(refused)));
        assert_eq!(explain(&said), "no connection: refused");
        assert_eq!(explain(&Layer("timed out", None)), "timed out");
    }

    /// Escaped as JSON does it: a character beyond U+FFFF is two units.
    #[test]
    fn a_row_of_json_has_the_time_and_the_url_whatever_is_in_it() {
        let url = "http://a/\u{1fffe}\u{202e}";
        let row = Row {
            elapsed: Duration::from_micros(1300),
            end: Duration::ZERO,
            outcome: Err("timed out".to_owned()),
        };
        let line = json_line(url, &row);
        assert!(
            line.bytes()
                .all(|byte| byte.is_ascii_graphic() || byte == b' '),
            "{line}"
        );
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read, json!({ "url": url, "ms": 1.3, "error": "timed out" }));
    }

    /// A bar begins when its request did, and one that failed is drawn so.
    #[test]
    fn the_bars_are_the_rows() {
        let urls = ["http://a/x", "http://b/y"].map(str::to_owned).to_vec();
        let mut report = Report::new(urls, true);
        let row = |outcome| Row {
            elapsed: Duration::from_millis(200),
            end: Duration::from_millis(500),
            outcome,
        };
        report.rows[1] = Some(row(Err("timed out".to_owned())));
        let bars = report.bars();
        assert_eq!(bars.len(), 1);
        assert_eq!((bars[0].label.as_str(), bars[0].failed), ("b/y", true));
        assert_eq!(bars[0].start, Duration::from_millis(300));
        assert_eq!(bars[0].end, Duration::from_millis(500));
        assert_eq!(report.count(), (2, 0));
    }
}
