//! What the pages for readers of another language must show.

use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use crate::fault::Faults;
use crate::files::relative;
use crate::page::{code_blocks, included, includes};

/// A page, its language, and the terms that its readers bring along.
const PAGES: [(&str, &str, &str); 2] = [
    (
        "docs/src/from-python.md",
        "python",
        "event loop, coroutine, task, gather, threading.Thread, ThreadPoolExecutor, GIL, \
         ProcessPoolExecutor, threading.Lock, threading.Semaphore",
    ),
    (
        "docs/src/from-javascript.md",
        "javascript",
        "callback, promise, await, Promise.all, event loop, Worker",
    ),
];

/// The size of each of two programs that a window of 1,280 pixels shows next to each other.
const LINES: RangeInclusive<usize> = 8..=15;
const COLUMNS: usize = 55;

/// Each term has a heading that names it, and under each such heading is a program in their
/// language beside the one in Rust of the same concept, short enough to be read together.
pub fn terms_are_side_by_side(root: &Path, faults: &mut Faults<'_>) {
    for (page, language, terms) in PAGES {
        let page = root.join(page);
        let Ok(text) = fs::read_to_string(&page) else {
            continue; // Another rule reports it, because the contents list it.
        };
        let mut shown = Vec::new();
        for section in text.split("\n## ").skip(1) {
            let (heading, body) = section.split_once('\n').unwrap_or((section, ""));
            let Some(terms) = heading.strip_prefix("Side by side: ") else {
                continue;
            };
            shown.extend(terms.split(", ").flat_map(|terms| terms.split(" and ")));
            if !is_pair(body, language) {
                let what = format!("has no pair under `## {heading}`");
                let fix = format!(
                    "put <div class=\"side-by-side\"> there, a {language} block and a rust block, \
                     each a file of the same concept"
                );
                faults.add(&page, what, fix);
            }
        }
        for (file, text) in &included(&page, &text) {
            let lines = text.lines().count();
            let width = text.lines().map(|line| line.chars().count()).max();
            let width = width.unwrap_or(0);
            if !LINES.contains(&lines) || width > COLUMNS {
                let what = format!(
                    "the part of {} beside another language has {lines} lines, the widest {width} columns",
                    relative(root, file),
                );
                let fix =
                    "show the construct itself, by an anchor: 8 to 15 lines, 55 columns at most";
                faults.add(&page, what, fix);
            }
        }
        for term in terms.split(", ").filter(|term| !shown.contains(term)) {
            let what = format!("does not show {term} side by side");
            let fix = format!("add `## Side by side: {term}` with the two programs");
            faults.add(&page, what, fix);
        }
    }
}

/// A minimal program from a snippet's header is no counterpart of a twin, so what is generated does
/// not count.
fn is_pair(body: &str, language: &str) -> bool {
    let blocks = code_blocks(body);
    let languages: Vec<&str> = blocks.iter().map(|block| &*block.language).collect();
    let folders: Vec<Option<String>> = includes(body).map(|file| concept(&file.path)).collect();
    body.contains("<div class=\"side-by-side\">")
        && languages == [language, "rust"]
        && matches!(&folders[..], [Some(theirs), Some(ours)] if theirs == ours)
}

/// `examples-async/promise` for a path to a file in there.
fn concept(path: &str) -> Option<String> {
    let path = path.trim_start_matches("../");
    let mut parts = path.split('/');
    let (chapter, slug) = (parts.next()?, parts.next()?);
    chapter
        .starts_with("examples-")
        .then(|| format!("{chapter}/{slug}"))
}
