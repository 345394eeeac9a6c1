//! The sidebar and the table of the README.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::concept::{Concept, Metadata, PARTS, part_number};

/// A page that belongs to no concept: its part of the sidebar, its place there, its file below
/// `docs/src`. It is listed as soon as it exists, under the title that it gives itself.
const PAGES: [(&str, i64, &str); 8] = [
    ("Start", 10, "start.md"),
    ("Start", 20, "one-program.md"),
    ("Start", 30, "choose.md"),
    ("Start", 40, "wrong.md"),
    ("Start", 50, "from-python.md"),
    ("Start", 60, "from-javascript.md"),
    ("Threads and shared data", 60, "which-lock.md"),
    ("Appendix", 20, "glossary.md"),
];

/// The list between the markers of `SUMMARY.md`.
pub(super) fn summary(root: &Path, concepts: &[Concept]) -> String {
    // Part, place in it, file below `docs/src`, title.
    let mut entries: Vec<(usize, i64, String, String)> = Vec::new();
    for concept in concepts {
        let Metadata {
            part, order, title, ..
        } = &concept.metadata;
        let file = format!("{}/{}.md", concept.chapter, concept.slug);
        entries.push((part_number(part), *order, file, title.clone()));
    }
    for (part, order, file) in PAGES {
        if let Ok(text) = fs::read_to_string(root.join("docs/src").join(file)) {
            let title = text.lines().find_map(|line| line.strip_prefix("# "));
            let title = title.unwrap_or(file).to_owned();
            entries.push((part_number(part), order, file.to_owned(), title));
        }
    }
    entries.sort();
    let mut text = String::new();
    for part in entries.chunk_by(|a, b| a.0 == b.0) {
        let name = PARTS.get(part[0].0).copied().unwrap_or_default();
        let _ = writeln!(text, "\n# {name}\n");
        for (_, _, file, title) in part {
            let _ = writeln!(text, "- [{}]({file})", escaped(title));
        }
    }
    text.push('\n');
    text
}

/// The tables between the markers of the README.
pub(super) fn readme(concepts: &[Concept]) -> String {
    let mut text = String::new();
    for part in concepts.chunk_by(|a, b| a.metadata.part == b.metadata.part) {
        let _ = writeln!(
            text,
            "\n### {}\n\n| Concept | In one sentence | Command |\n|---|---|---|",
            part[0].metadata.part,
        );
        for concept in part {
            let _ = writeln!(
                text,
                "| [{}]({}) | {} | `cargo run -p {}` |",
                escaped(&concept.metadata.title),
                concept.page(),
                escaped(&concept.description),
                concept.slug
            );
        }
    }
    text.push('\n');
    text
}

/// What Markdown would take for HTML, or for the end of a cell.
fn escaped(text: &str) -> String {
    text.replace('<', "\\<").replace('|', "\\|")
}
