//! What *Choose* says of the runs in its own words.
//!
//! The page owns its expectations. Beside each number is a comment that says what it is:
//!
//! - `3.4<!-- io: threads-ureq@10000 / tokio@10000 page -->`: how many times the first takes as much
//!   as the second, beyond the noise;
//! - `<!-- io: threads-std@1000 = tokio@1000 page -->`: that the two are within noise;
//! - `167<!-- io: memory tokio@10000 -->`: peak memory in MiB.
//!
//! `io` is the run, `docs/measured/io.json`; where it has several groups, one follows: `cpu primes:`.
//! `tokio@1000` is the row of that model where 1,000 is what was swept. A quantity ends it: `page`
//! (time for each page), `cpu`, `work` or `time`.

use std::path::Path;

use measured::table::number;
use measured::{Document, Row, Spread};

use crate::fault::Faults;
use crate::figures::{AT_ONCE, CORES, LOCK, PRIMES, WAITING};
use crate::files;
use crate::runs::Runs;

/// The runs that a page may refer to, and what it calls the groups of rows in them.
const GROUPS: [(&str, &str, &str); 8] = [
    ("io", "", WAITING),
    ("io-at-once", "", AT_ONCE),
    ("io-64", "", AT_ONCE),
    ("cpu", "primes", PRIMES),
    ("cpu", "cores", CORES),
    ("cpu-large", "primes", PRIMES),
    ("cpu-large", "cores", CORES),
    ("sync", "lock", LOCK),
];

/// Where *Choose* compares models in words, the numbers are those of the runs.
pub fn sentences_say_what_the_runs_say(root: &Path, faults: &mut Faults<'_>) {
    let Some(mut runs) = Runs::of(root) else {
        return;
    };
    let page = root.join("docs/src/choose.md");
    for (at, line) in files::text(&page).lines().enumerate() {
        for (before, said) in expectations(line) {
            let problem = match expected(said, &mut runs) {
                Ok(Some(value)) if !says(line, before, &value) => format!("it is {value}"),
                Ok(_) => continue,
                Err(problem) => problem,
            };
            let what = format!("line {}: <!-- {said} -->: {problem}", at + 1);
            let fix = "write that number before the comment, or change the sentence and its comment; \
                       docs/code/rules/sentences.rs says what a comment may say";
            faults.add(&page, what, fix);
        }
        for number in unchecked(line) {
            let what = format!(
                "line {}: nothing checks \u{201c}{number} times\u{201d}",
                at + 1
            );
            let fix = "put a comment such as <!-- io: threads-ureq@1000 / tokio@1000 page --> behind \
                       the number, or <!-- elsewhere --> if it is not from our runs";
            faults.add(&page, what, fix);
        }
    }
}

/// The comments of a line that begin with the name of a run, each with the text before it.
fn expectations(line: &str) -> impl Iterator<Item = (&str, &str)> {
    line.match_indices("<!-- ").filter_map(|(at, mark)| {
        let said = line[at + mark.len()..].split(" -->").next()?;
        let run = said.split([':', ' ']).next()?;
        let known = GROUPS.iter().any(|(name, _, _)| *name == run);
        known.then_some((&line[..at], said))
    })
}

/// The numbers before the word `times` that no comment explains.
fn unchecked(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices(" times").filter_map(|(at, _)| {
        let mut before = &line[..at];
        if let Some((number, comment)) = before.rsplit_once("<!-- ")
            && comment.ends_with("-->")
        {
            let known = expectations(&line[..at]).any(|(text, _)| text == number);
            if known || comment == "elsewhere -->" {
                return None;
            }
            before = number;
        }
        let number = last_number(before);
        number.contains('.').then_some(number)
    })
}

/// Whether the number is what the text before the comment ends with. Where a picture or another
/// comment is in between, it is anywhere in the line.
fn says(line: &str, before: &str, value: &str) -> bool {
    if before.ends_with([')', '>']) {
        let part = |c: char| !c.is_ascii_digit() && !".,".contains(c);
        let mut numbers = line
            .split(part)
            .map(|number| number.trim_end_matches(['.', ',']));
        return numbers.any(|number| number == value);
    }
    last_number(before) == value
}

fn last_number(text: &str) -> &str {
    let part = |c: char| c.is_ascii_digit() || ".,".contains(c);
    text[text.trim_end_matches(part).len()..].trim_start_matches(['.', ','])
}

/// The number that the comment expects before it, if it expects one.
fn expected(said: &str, runs: &mut Runs<'_>) -> Result<Option<String>, String> {
    let (head, claim) = said
        .split_once(": ")
        .ok_or("a colon is missing after the run")?;
    let (name, group) = head.split_once(' ').unwrap_or((head, ""));
    let found = GROUPS
        .iter()
        .find(|known| (known.0, known.1) == (name, group));
    let (name, _, group) = found.ok_or_else(|| format!("no run has a group named \"{group}\""))?;
    let run = runs
        .get(name)
        .map_err(|fault| format!("{}: {}", fault.file, fault.what))?;
    let row = |of: &str| {
        let (model, x) = of
            .split_once('@')
            .ok_or_else(|| format!("no @ in \"{of}\""))?;
        row(run, group, model, x).ok_or_else(|| format!("that run has no row {of}"))
    };
    let words: Vec<&str> = claim.split_whitespace().collect();
    match words[..] {
        ["memory", of] => {
            let bytes = row(of)?.memory().ok_or("that row has no memory")?.median;
            Ok(Some(number(bytes / f64::from(1 << 20))))
        }
        [this, sign @ ("/" | "="), that, quantity] => {
            let spread = |of| {
                let row = row(of)?;
                let spread = match quantity {
                    "page" => page(row),
                    "cpu" => row.cpu(),
                    "work" => row.work(),
                    "time" => row.main(),
                    other => return Err(format!("no quantity is named {other}")),
                };
                spread.ok_or_else(|| format!("the row {of} has no {quantity}"))
            };
            let (this, that) = (spread(this)?, spread(that)?);
            let (less, more) = (this.below(that), that.below(this));
            match sign {
                "=" if less || more => Err("they are not within noise".to_owned()),
                "=" => Ok(None),
                _ if !more => Err("the first does not take more, beyond the noise".to_owned()),
                _ => Ok(Some(format!("{:.1}", this.median / that.median))),
            }
        }
        _ => Err(
            "it says neither `A@1 / B@1 QUANTITY` nor `A@1 = B@1 QUANTITY` nor `memory A@1`".into(),
        ),
    }
}

/// The time for one page: rounds differ in their number.
fn page(row: &Row) -> Option<Spread> {
    row.spread(|round| Some(round.work.unwrap_or(round.wall) / row.units as f64))
}

fn row<'a>(run: &'a Document, group: &str, model: &str, x: &str) -> Option<&'a Row> {
    let x: u64 = x.parse().ok()?;
    let mut rows = run.rows.iter();
    rows.find(|row| row.group == group && row.model == model && row.x == x)
}
