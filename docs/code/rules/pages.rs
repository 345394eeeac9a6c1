//! What the pages must say, and must not.

use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};
use toml::{Table, Value};

use crate::concept::{self, Concept, lookup};
use crate::fault::{Fault, relative};

/// The headings of a concept page, in this order.
const HEADINGS: [&str; 7] = [
    "The idea",
    "Use it",
    "Traps",
    "Run it",
    "How it works",
    "Guarantees and cost",
    "Checked by",
];

/// Every page is in the contents, and mdBook is told not to make up missing ones.
pub fn every_page_is_listed(root: &Path) -> Vec<Fault> {
    let mut faults = Vec::new();
    let book = root.join("docs/book.toml");
    let config: Table = fs::read_to_string(&book)
        .unwrap_or_default()
        .parse()
        .unwrap_or_default();
    if lookup(&config, &["build", "create-missing"]) != Some(&Value::Boolean(false)) {
        let what = "lets mdBook create missing pages";
        let fix = "write create-missing = false under [build]";
        faults.push(Fault::new(root, &book, what, fix));
    }
    let source = root.join("docs/src");
    let summary = fs::read_to_string(source.join("SUMMARY.md")).unwrap_or_default();
    let listed: Vec<String> = Parser::new(&summary)
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.into_string()),
            _ => None,
        })
        .collect();
    for page in pages(root) {
        let path = relative(&source, &page);
        if !["SUMMARY.md", "404.md"].contains(&path.as_str()) && !listed.contains(&path) {
            let what = "is not in the contents, so nobody finds it";
            let fix = "list it in docs/src/SUMMARY.md, or remove it";
            faults.push(Fault::new(root, &page, what, fix));
        }
    }
    for path in listed.iter().filter(|path| !source.join(path).is_file()) {
        let what = format!("lists {path}, which does not exist");
        let fix = "write that page, or remove the line";
        faults.push(Fault::new(root, source.join("SUMMARY.md"), what, fix));
    }
    faults
}

/// A concept's page has its title, two sentences, and exactly the seven sections, none empty.
pub fn pages_have_the_form(root: &Path) -> Vec<Fault> {
    let mut faults = Vec::new();
    for concept in concept::load(root).0 {
        let file = root.join(concept.page());
        let Ok(text) = fs::read_to_string(&file) else {
            continue; // Said by another rule.
        };
        let mut fault = |what: String, fix: String| {
            faults.push(Fault::new(root, &file, what, fix));
        };
        let headings = headings(&text);
        let title = [(HeadingLevel::H1, concept.title.clone())];
        let sections = HEADINGS.map(|heading| (HeadingLevel::H2, heading.to_owned()));
        let expected: Vec<_> = title.into_iter().chain(sections).collect();
        if headings != expected {
            let write = |headings: &[(HeadingLevel, String)]| {
                let lines = headings
                    .iter()
                    .map(|(level, text)| format!("{} {text}", "#".repeat(*level as usize)));
                lines.collect::<Vec<_>>().join(", ")
            };
            fault(
                format!("has the headings {}", write(&headings)),
                format!("give it exactly these: {}", write(&expected)),
            );
        }
        if !starts_with_prose(&text) {
            fault(
                "does not begin with prose".into(),
                "put two sentences under the title: what it is, and when you need it".into(),
            );
        }
        for sibling in &concept.see_also {
            // Beside it, or in another chapter.
            let links = [format!("({sibling}.md"), format!("/{sibling}.md")];
            if !links.iter().any(|link| text.contains(link)) {
                fault(
                    format!("does not link to {sibling}, which the manifest names in see-also"),
                    "link to it in the line `**Not this page if**`, and say when it fits better"
                        .into(),
                );
            }
        }
        for (needed, section) in needed(root, &concept) {
            if !text.contains(&needed) {
                let fix = format!("put `{needed}` {section}");
                fault(format!("does not have `{needed}`"), fix);
            }
        }
        for heading in empty_sections(&text) {
            let fix = "write it; CONTRIBUTING.md says what belongs there".to_owned();
            fault(format!("has nothing under `## {heading}`"), fix);
        }
    }
    faults
}

/// What a concept's page must contain to the letter, and where.
fn needed(root: &Path, concept: &Concept) -> Vec<(String, &'static str)> {
    let slug = &concept.slug;
    let generated = |name: &str| format!("{{{{#include ../generated/{slug}/{name}}}}}");
    let whole = |file: &Path| format!("{{{{#include ../../../{}}}}}", relative(root, file));
    let idea = concept.folder.join("examples/idea.rs");
    let mut needed = vec![
        (
            "**Not this page if**".into(),
            "under the two first sentences",
        ),
        (generated("use-it.md"), "under `## Use it`"),
        ("**The commonest mistake:**".into(), "under `## Use it`"),
        (generated("source.md"), "under `## Use it`"),
        (whole(&idea), "under `## How it works`"),
        (generated("checked-by.md"), "under `## Checked by`"),
    ];
    let output = concept.folder.join("output.txt");
    if output.is_file() {
        needed.push((whole(&output), "under `## Run it`"));
    }
    for file in concept::files_below(&concept.folder) {
        let name = concept::file_name(&file);
        if ["twin.py", "twin.mjs"].contains(&name.as_str()) {
            // Whole or an anchor of it.
            let start = whole(&file);
            let start = start.trim_end_matches('}').to_owned();
            needed.push((start, "under `## Use it`, as `:construct}}`"));
        }
    }
    if concept.folder.join("src/main.rs").is_file() {
        needed.push((format!("$ cargo run -p {slug}"), "under `## Run it`"));
    }
    needed
}

/// The second-level headings with nothing below them.
fn empty_sections(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n## ").skip(1).filter_map(|section| {
        let (heading, body) = section.split_once('\n').unwrap_or((section, ""));
        body.trim().is_empty().then_some(heading)
    })
}

fn headings(text: &str) -> Vec<(HeadingLevel, String)> {
    let (mut headings, mut within) = (Vec::new(), None);
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { level, .. }) if level <= HeadingLevel::H2 => {
                within = Some((level, String::new()));
            }
            Event::End(TagEnd::Heading(_)) => headings.extend(within.take()),
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, heading)) = &mut within {
                    heading.push_str(&text);
                }
            }
            _ => {}
        }
    }
    headings
}

fn starts_with_prose(text: &str) -> bool {
    let mut blocks = Parser::new(text).filter(|event| {
        matches!(
            event,
            Event::Start(Tag::Heading { .. } | Tag::Paragraph | Tag::CodeBlock(_))
        )
    });
    blocks.next();
    matches!(blocks.next(), Some(Event::Start(Tag::Paragraph)))
}

/// Every `{{#include}}` names a file, and where it names an anchor, one that opens and closes.
/// mdBook itself passes over both in silence.
pub fn includes_exist(root: &Path) -> Vec<Fault> {
    let mut faults = Vec::new();
    for page in pages(root) {
        let text = fs::read_to_string(&page).unwrap_or_default();
        for include in includes(&text) {
            let mut fault = |what: String, fix: &str| {
                faults.push(Fault::new(root, &page, what, fix));
            };
            if include.directive != "#include" {
                fault(
                    format!("uses {{{{{}}}}}", include.directive),
                    "use {{#include file}}: what the others hide is not copied",
                );
                continue;
            }
            let Some(folder) = page.parent() else {
                continue;
            };
            let Ok(included) = fs::read_to_string(folder.join(&include.path)) else {
                fault(
                    format!("includes {}, which is no file", include.path),
                    "correct the path, which counts from the page's own folder",
                );
                continue;
            };
            if let Some(anchor) = &include.anchor {
                let marks = ["ANCHOR: ", "ANCHOR_END: "].map(|mark| format!("{mark}{anchor}"));
                let has = |mark: &String| {
                    included.lines().any(|line| {
                        line.trim_end()
                            .strip_suffix(mark)
                            .is_some_and(|before| !before.ends_with(char::is_alphanumeric))
                    })
                };
                if !marks.iter().all(has) {
                    fault(
                        format!(
                            "includes {}:{anchor}, which is not marked there",
                            include.path
                        ),
                        "put `// ANCHOR: name` and `// ANCHOR_END: name` around the lines; \
                         line numbers are not allowed, for they drift",
                    );
                }
            }
        }
    }
    faults
}

/// Code of a language that some checker can see is always included from a file that it saw.
pub fn code_comes_from_files(root: &Path) -> Vec<Fault> {
    let mut faults = Vec::new();
    for page in pages(root) {
        let text = fs::read_to_string(&page).unwrap_or_default();
        for (language, body) in code_blocks(&text) {
            let mut fault = |what: String, fix: &str| {
                faults.push(Fault::new(root, &page, what, fix));
            };
            let typed = body
                .lines()
                .find(|line| !line.trim().is_empty() && !is_include(line));
            match (language.as_str(), typed) {
                ("console" | "diff" | "text" | "toml", _) => {}
                ("rust" | "python" | "javascript", None) => {}
                ("rust" | "python" | "javascript", Some(line)) => fault(
                    format!(
                        "has {language} that no compiler or test saw: {}",
                        line.trim()
                    ),
                    "move it to a file of the concept (src/, tests/, examples/) and include that",
                ),
                ("", _) => fault(
                    "has a code block without a language".into(),
                    "mark it ```console, ```text or ```toml, or include a file",
                ),
                (other, _) => fault(
                    format!("has a code block in the language {other}"),
                    "use rust, python, javascript, console, diff, text or toml",
                ),
            }
            for include in includes(&body).filter(|_| language == "rust") {
                let seen = include.path.ends_with(".rs")
                    && (include.anchor.is_none() || !include.path.contains("/src/"));
                if !seen {
                    fault(
                        format!("includes {} as rust", include.path),
                        "include a whole .rs file, or an anchor of one under tests/ or examples/",
                    );
                }
            }
        }
    }
    faults
}

/// What readers copy carries no `ANCHOR` lines: mdBook prints those of a whole file.
pub fn snippets_carry_no_anchors(root: &Path) -> Vec<Fault> {
    let mut faults = Vec::new();
    for concept in concept::load(root).0 {
        for file in concept.snippet() {
            if fs::read_to_string(&file).is_ok_and(|text| text.contains("ANCHOR")) {
                let fix = "remove it; move what a page shows in part to tests/ or examples/";
                faults.push(Fault::new(root, &file, "has an ANCHOR line", fix));
            }
        }
    }
    faults
}

/// Every page, but what is generated.
pub(super) fn pages(root: &Path) -> Vec<PathBuf> {
    let source = root.join("docs/src");
    let mut pages = concept::files_below(&source);
    pages.retain(|page| {
        page.extension().is_some_and(|extension| extension == "md")
            && !page.starts_with(source.join("generated"))
    });
    pages
}

pub(super) struct Include {
    directive: String,
    pub(super) path: String,
    pub(super) anchor: Option<String>,
}

/// The `{{#…}}` of a page that read a file.
pub(super) fn includes(text: &str) -> impl Iterator<Item = Include> {
    text.match_indices("{{#").filter_map(|(at, _)| {
        let escaped = text[..at].ends_with('\\');
        let inner = text[at + 2..].split("}}").next()?;
        let (directive, argument) = inner.split_once(char::is_whitespace)?;
        let (path, anchor) = match argument.trim().split_once(':') {
            Some((path, anchor)) => (path, Some(anchor.to_owned())),
            None => (argument.trim(), None),
        };
        (!escaped && directive != "#title").then(|| Include {
            directive: directive.to_owned(),
            path: path.to_owned(),
            anchor,
        })
    })
}

/// What the includes of a part of a page show: each file, and its text or the text of its anchor.
pub(super) fn included(page: &Path, part: &str) -> Vec<(PathBuf, String)> {
    let folder = page.parent().unwrap_or(page);
    let found = includes(part).filter_map(|include| {
        let mut file = folder.to_path_buf();
        for piece in include.path.split('/') {
            match piece {
                ".." => drop(file.pop()),
                piece => file.push(piece),
            }
        }
        let text = fs::read_to_string(&file).ok()?;
        let Some(anchor) = include.anchor else {
            return Some((file, text));
        };
        let ends_with =
            |line: &str, mark: &str| line.trim_end().ends_with(&format!("{mark}{anchor}"));
        let lines = text
            .lines()
            .skip_while(|line| !ends_with(line, "ANCHOR: "))
            .skip(1)
            .take_while(|line| !ends_with(line, "ANCHOR_END: "));
        let lines: Vec<&str> = lines.collect();
        Some((file, lines.join("\n")))
    });
    found.collect()
}

fn is_include(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("{{#include ") && line.ends_with("}}") && line.matches("{{").count() == 1
}

/// The code blocks of a page, each with its language: empty for none, or for an indented block.
pub(super) fn code_blocks(text: &str) -> Vec<(String, String)> {
    let (mut blocks, mut within) = (Vec::new(), None);
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                let language = info.split([',', ' ']).next().unwrap_or_default().to_owned();
                within = Some((language, String::new()));
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(within.take()),
            Event::Text(text) => {
                if let Some((_, body)) = &mut within {
                    body.push_str(&text);
                }
            }
            _ => {}
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn includes_are_found_with_their_anchors_and_escapes_are_not() {
        let found: Vec<(String, Option<String>)> =
            includes("a {{#include b.rs}} \\{{#include c.rs}}\n{{#include d.rs:e}} {{#title T}}")
                .map(|include| (include.path, include.anchor))
                .collect();
        assert_eq!(
            found,
            [("b.rs".into(), None), ("d.rs".into(), Some("e".into()))]
        );
    }

    #[test]
    fn only_a_line_that_is_one_include_counts_as_one() {
        assert!(is_include("  {{#include a.rs:b}}"));
        assert!(!is_include("{{#include a.rs}} fn x() {}"));
        assert!(!is_include("{{#include a.rs}}{{#include b.rs}}"));
    }
}
