//! What the pages must say, and must not.

use std::fs;
use std::path::Path;

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};
use toml::{Table, Value};

use crate::concept::{self, Concept, lookup};
use crate::fault::Faults;
use crate::files::{self, file_name, files_below, relative};
use crate::page::{SECTIONS, code_blocks, includes, is_include, marked, pages};

/// Every page is in the contents, and mdBook is told not to make up missing ones.
pub fn every_page_is_listed(root: &Path, faults: &mut Faults<'_>) {
    let book = root.join("docs/book.toml");
    let config: Table = files::text(&book).parse().unwrap_or_default();
    if lookup(&config, &["build", "create-missing"]) != Some(&Value::Boolean(false)) {
        let what = "lets mdBook create missing pages";
        let fix = "write create-missing = false under [build]";
        faults.add(&book, what, fix);
    }
    let source = root.join("docs/src");
    let summary = files::text(source.join("SUMMARY.md"));
    let listed: Vec<String> = Parser::new(&summary)
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.into_string()),
            _ => None,
        })
        .collect();
    for (page, _) in pages(root) {
        let path = relative(&source, &page);
        if !["SUMMARY.md", "404.md"].contains(&path.as_str()) && !listed.contains(&path) {
            let what = "is not in the contents, so nobody finds it";
            let fix = "list it in docs/src/SUMMARY.md, or remove it";
            faults.add(&page, what, fix);
        }
    }
    for path in listed.iter().filter(|path| !source.join(path).is_file()) {
        let what = format!("lists {path}, which does not exist");
        let fix = "write that page; if its concept is gone: cargo run -p book -- sync";
        faults.add(source.join("SUMMARY.md"), what, fix);
    }
}

/// A concept's page has its title, two sentences, and exactly the seven sections, none empty.
pub fn pages_have_the_form(root: &Path, faults: &mut Faults<'_>) {
    for concept in concept::load(root).0 {
        let file = &root.join(concept.page());
        let Ok(text) = fs::read_to_string(file) else {
            continue; // Another rule reports it.
        };
        let title = format!("# {}", concept.metadata.title);
        let sections = SECTIONS.map(|heading| format!("## {heading}"));
        let expected: Vec<String> = [title].into_iter().chain(sections).collect();
        let headings = headings(&text);
        if headings != expected {
            let what = format!("has the headings {}", headings.join(", "));
            let fix = format!("give it exactly these: {}", expected.join(", "));
            faults.add(file, what, fix);
        }
        if !starts_with_prose(&text) {
            let fix = "put two sentences under the title: what it is, and when you need it";
            faults.add(file, "does not begin with prose", fix);
        }
        for sibling in &concept.metadata.see_also {
            // Beside it, or in another chapter.
            let links = [format!("({sibling}.md"), format!("/{sibling}.md")];
            if !links.iter().any(|link| text.contains(link)) {
                let what =
                    format!("does not link to {sibling}, which the manifest names in see-also");
                let fix =
                    "link to it in the line `**Not this page if**`, and say when it fits better";
                faults.add(file, what, fix);
            }
        }
        for (needed, section) in needed(root, &concept) {
            if !text.contains(&needed) {
                let fix = format!("put `{needed}` {section}");
                faults.add(file, format!("does not have `{needed}`"), fix);
            }
        }
        for section in text.split("\n## ").skip(1) {
            let (heading, body) = section.split_once('\n').unwrap_or((section, ""));
            if body.trim().is_empty() {
                let fix = "write it; CONTRIBUTING.md says what belongs there";
                faults.add(file, format!("has nothing under `## {heading}`"), fix);
            }
        }
    }
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
    for file in files_below(&concept.folder) {
        if ["twin.py", "twin.mjs"].contains(&file_name(&file).as_str()) {
            // Whole or an anchor of it.
            let start = whole(&file).trim_end_matches('}').to_owned();
            needed.push((start, "under `## Use it`, as `:construct}}`"));
        }
    }
    if concept.folder.join("src/main.rs").is_file() {
        needed.push((format!("$ cargo run -p {slug}"), "under `## Run it`"));
    }
    needed
}

/// The headings of the first and second level, each as Markdown without its marks: `## Use it`.
fn headings(text: &str) -> Vec<String> {
    let (mut headings, mut within) = (Vec::new(), None);
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { level, .. }) if level <= HeadingLevel::H2 => {
                within = Some("#".repeat(level as usize) + " ");
            }
            Event::End(TagEnd::Heading(_)) => headings.extend(within.take()),
            Event::Text(text) | Event::Code(text) => {
                within = within.map(|heading| heading + &text);
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
pub fn includes_exist(root: &Path, faults: &mut Faults<'_>) {
    for (page, text) in pages(root) {
        for include in includes(&text) {
            let path = &include.path;
            if include.directive != "#include" {
                let what = format!("uses {{{{{}}}}}", include.directive);
                let fix = "use {{#include file}}: what the others hide is not copied";
                faults.add(&page, what, fix);
                continue;
            }
            let Ok(included) = fs::read_to_string(include.file(&page)) else {
                let what = format!("includes {path}, which is no file");
                let fix = "correct the path, which counts from the page's own folder";
                faults.add(&page, what, fix);
                continue;
            };
            let Some(anchor) = &include.anchor else {
                continue;
            };
            let mut marks = ["ANCHOR: ", "ANCHOR_END: "].into_iter();
            let has = |mark| {
                included
                    .lines()
                    .any(|line| marked(line, mark) == Some(anchor))
            };
            if !marks.all(has) {
                let what = format!("includes {path}:{anchor}, which is not marked there");
                let fix = "put `// ANCHOR: name` and `// ANCHOR_END: name` around the lines; \
                           line numbers are not allowed, for they drift";
                faults.add(&page, what, fix);
            }
        }
    }
}

/// Code of a language that some checker can see is always included from a file that it saw.
pub fn code_comes_from_files(root: &Path, faults: &mut Faults<'_>) {
    for (page, text) in pages(root) {
        for block in code_blocks(&text) {
            let mut lines = block.body.lines().filter(|line| !line.trim().is_empty());
            match (
                block.language.as_str(),
                lines.find(|line| !is_include(line)),
            ) {
                ("console" | "diff" | "text" | "toml", _) => {}
                ("rust" | "python" | "javascript", None) => {}
                (language @ ("rust" | "python" | "javascript"), Some(line)) => {
                    let line = line.trim();
                    let what = format!("has {language} that no compiler or test saw: {line}");
                    let fix = "move it to a file of the concept (src/, tests/, examples/) and \
                               include that";
                    faults.add(&page, what, fix);
                }
                ("", _) => {
                    let fix = "mark it ```console, ```text or ```toml, or include a file";
                    faults.add(&page, "has a code block without a language", fix);
                }
                (other, _) => {
                    let what = format!("has a code block in the language {other}");
                    let fix = "use rust, python, javascript, console, diff, text or toml";
                    faults.add(&page, what, fix);
                }
            }
            for include in includes(&block.body).filter(|_| block.language == "rust") {
                let seen = include.path.ends_with(".rs")
                    && (include.anchor.is_none() || !include.path.contains("/src/"));
                if !seen {
                    let what = format!("includes {} as rust", include.path);
                    let fix =
                        "include a whole .rs file, or an anchor of one under tests/ or examples/";
                    faults.add(&page, what, fix);
                }
            }
        }
    }
}

/// What readers copy carries no `ANCHOR` lines: mdBook prints those of a whole file.
pub fn snippets_carry_no_anchors(root: &Path, faults: &mut Faults<'_>) {
    for concept in concept::load(root).0 {
        for file in concept.snippet() {
            if files::text(&file).contains("ANCHOR") {
                let fix = "remove it; move what a page shows in part to tests/ or examples/";
                faults.add(&file, "has an ANCHOR line", fix);
            }
        }
    }
}
