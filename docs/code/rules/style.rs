//! How the text reads: words, and the width of code.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::concept::{self, header};
use crate::fault::Faults;
use crate::files::{self, file_name, has_extension, relative};
use crate::page::{CodeBlock, code_blocks, included, pages};

/// Words that readers do not search for, or that mean two things, each with what to write.
const WORDS: &[(&str, &str)] = &[
    ("a call of the system", "a system call"),
    ("a clear word", "a clear error"),
    ("anew", "again"),
    ("at once", "at the same time, concurrently, or immediately"),
    ("for ever", "forever, or never returns"),
    ("for nothing", "spuriously"),
    ("in place of", "instead of"),
    ("interim answers", "1xx responses"),
    ("keeps books", "tracks"),
    ("leans on", "depends on, or uses"),
    ("mend", "fix"),
    ("mended", "fixed"),
    ("mends", "fixes"),
    ("once more", "again"),
    ("reckon", "compute"),
    ("reckons", "computes"),
    ("room", "capacity, or space"),
    ("stand", "appear, or be"),
    ("stands", "appears, or is"),
    ("the site", "the server, or the test server"),
    ("the way out", "migrating from X to Y"),
    ("times as fast", "times faster"),
    ("wake up without a reason", "a spurious wake-up"),
    ("wish", "a request"),
    ("wishes", "requests"),
    ("without a reason", "spurious"),
];

/// Where one of the words above is right.
const ALLOWED: &[&str] = &["many things at once", "stands for", "stand for", "stand in"];

/// The widest line of code that a page shows without scrolling.
const WIDEST: usize = 100;

/// Pages, pictures, headers and printed output use the words of the field.
pub fn words_are_plain(root: &Path, faults: &mut Faults<'_>) {
    let mut look = |file: &Path, text: &str| {
        for (word, instead) in odd_words(text) {
            let what = format!("says \u{201c}{word}\u{201d}");
            faults.add(file, what, format!("say {instead}"));
        }
    };
    for (page, text) in pages(root) {
        if file_name(&page) != "SUMMARY.md" {
            look(&page, &prose(&text)); // The other is generated from titles.
        }
    }
    for picture in files::files_below(&root.join("docs/src")) {
        // A generated one has the titles of the run that it shows.
        if has_extension(&picture, "svg") && !picture.starts_with(root.join("docs/src/generated")) {
            look(&picture, &files::text(&picture));
        }
    }
    for concept in concept::load(root).0 {
        let library = concept.library();
        let header: Vec<&str> = header(&library)
            .take_while(|line| *line != "# Use it")
            .collect();
        look(&concept.folder.join("src/lib.rs"), &header.join("\n"));
        let output = concept.folder.join("output.txt");
        look(&output, &files::text(&output));
    }
}

/// The words of a page without its code, a sentence's end after each block.
fn prose(markdown: &str) -> String {
    let (mut text, mut within_code) = (String::new(), false);
    // A cell of a table is a block of its own.
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => within_code = true,
            Event::End(TagEnd::CodeBlock) => within_code = false,
            // Links in a row, between middle dots, are a list.
            Event::Text(words) if !within_code && !words.contains("{{#") => {
                text.push_str(&words.replace(" · ", "\n"));
            }
            Event::Code(_) => text.push('X'),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableCell,
            ) => {
                text.push('\n');
            }
            _ => {}
        }
    }
    text
}

/// The words of the list in a text, each with what to write.
fn odd_words(text: &str) -> Vec<(&'static str, &'static str)> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let mut text = format!(" {} ", words.join(" "));
    for allowed in ALLOWED {
        text = text.replace(&format!(" {allowed} "), " . ");
    }
    let found = WORDS
        .iter()
        .filter(|(word, _)| text.contains(&format!(" {word} ")));
    found.copied().collect()
}

/// Code on a page needs no scrolling where the window is wide.
pub fn code_lines_are_short(root: &Path, faults: &mut Faults<'_>) {
    let mut look = |file: &Path, text: &str| {
        for line in text.lines() {
            let width = line.chars().count();
            if width > WIDEST {
                let what = format!("a line that a page shows is {width} columns wide: {line}");
                let fix = format!("break it at {WIDEST} columns");
                faults.add(file, what, fix);
            }
        }
    };
    for (page, text) in pages(root) {
        for CodeBlock { body, .. } in code_blocks(&text) {
            let typed = body.lines().filter(|line| !line.contains("{{#"));
            look(&page, &typed.collect::<Vec<_>>().join("\n"));
            for (file, text) in included(&page, &body) {
                // The compiler's own words are as wide as they are.
                if !has_extension(&file, "stderr") {
                    look(&file, &text);
                }
            }
        }
    }
    for concept in concept::load(root).0 {
        for file in concept.snippet() {
            look(&file, &files::text(&file));
        }
    }
}

/// What the sentences of a text are like.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sentences {
    /// How many there are.
    all: usize,
    /// Those with more than 35 words.
    long: usize,
    /// Those with two or more semicolons or colons.
    chained: usize,
    /// Both, to be rewritten.
    to_rewrite: Vec<String>,
}

/// Counts the sentences of a text whose blocks are lines.
fn sentences(text: &str) -> Sentences {
    let mut found = Sentences::default();
    for block in text.lines() {
        let ends = |c: char| ".?!".contains(c);
        for sentence in block.split_inclusive(ends).fold(Vec::new(), joined) {
            let words = sentence.split_whitespace().count();
            if words < 2 {
                continue;
            }
            found.all += 1;
            found.long += usize::from(words > 35);
            let marks = sentence.replace("::", "").matches([';', ':']).count();
            found.chained += usize::from(marks >= 2);
            if words > 35 || marks >= 2 {
                found.to_rewrite.push(sentence.trim().to_owned());
            }
        }
    }
    found
}

/// A table of what the sentences of these files are like, with those to rewrite; of all pages if none
/// is named.
pub fn prose_report(root: &Path, files: &[PathBuf]) -> String {
    let mut report = String::from("sentences  over 35 words  2+ of ; and :  odd words  page\n");
    let all: Vec<PathBuf> = pages(root).into_iter().map(|(page, _)| page).collect();
    for file in if files.is_empty() { &all } else { files } {
        let text = prose(&files::text(file));
        let Sentences {
            all,
            long,
            chained,
            to_rewrite,
        } = sentences(&text);
        let odd: Vec<&str> = odd_words(&text).into_iter().map(|(word, _)| word).collect();
        let share = |part: usize| 100.0 * part as f64 / all.max(1) as f64;
        let _ = writeln!(
            report,
            "{all:9}  {:11.1} %  {:12.1} %  {:9}  {}  {}",
            share(long),
            share(chained),
            odd.len(),
            relative(root, file),
            odd.join(", ")
        );
        for sentence in to_rewrite.iter().filter(|_| !files.is_empty()) {
            let _ = writeln!(report, "    {sentence}");
        }
    }
    report
}

/// A full stop with no space behind it, as in `1.95`, ends no sentence.
fn joined(mut sentences: Vec<String>, part: &str) -> Vec<String> {
    match sentences.last_mut() {
        Some(last) if !part.starts_with(char::is_whitespace) => last.push_str(part),
        _ => sentences.push(part.to_owned()),
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_and_in_any_case() {
        let found = |text| {
            odd_words(text)
                .into_iter()
                .map(|(word, _)| word)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            found("It waits for ever,\nall at Once."),
            ["at once", "for ever"]
        );
        assert_eq!(
            found("Many Things at Once: headroom, forever, amends"),
            [""; 0]
        );
        assert_eq!(
            found("It stands for a number. It stands there."),
            ["stands"]
        );
    }

    #[test]
    fn code_is_no_prose() {
        let text =
            prose("# A `b` c\n\nOne\ntwo.\n\n```rust\nlet at = once;\n```\n\n{{#include x.md}}\n");
        assert_eq!(text, "A X c\nOne two.\n\n");
    }

    #[test]
    fn sentences_are_counted_with_their_marks() {
        let long = "word ".repeat(36);
        let text = format!("Rust 1.95 is a::b::c. Is it? One: two; three.\n{long}\n");
        let counted = Sentences {
            all: 4,
            long: 1,
            chained: 1,
            to_rewrite: vec!["One: two; three.".to_owned(), long.trim().to_owned()],
        };
        assert_eq!(sentences(&text), counted);
    }
}
