//! The pages as they are written: what they include, and their blocks of code.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use regex::Regex;

use crate::files::{self, files_below, has_extension, linked, pattern};

/// The sections of a concept's page, in this order.
pub(crate) const SECTIONS: [&str; 7] = [
    "The idea",
    "Use it",
    "Traps",
    "Run it",
    "How it works",
    "Guarantees and cost",
    "Checked by",
];

/// Every page with its text, but what is generated.
pub fn pages(root: &Path) -> Vec<(PathBuf, String)> {
    let source = root.join("docs/src");
    let mut pages = files_below(&source);
    pages.retain(|page| has_extension(page, "md") && !page.starts_with(source.join("generated")));
    let with_text = pages
        .into_iter()
        .map(|page| (page.clone(), files::text(page)));
    with_text.collect()
}

/// A `{{#…}}` of a page that reads a file.
pub struct Include {
    pub(crate) directive: String,
    /// As the page writes it.
    pub(crate) path: String,
    /// The name behind the colon, if it shows only a part.
    pub anchor: Option<String>,
}

/// A directive without the `\\` that escapes it: `{{#include path:anchor}}`.
static DIRECTIVE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?s)(\\?)\{\{(#\S+)\s+([^:}]+)(?::([^}]+))?\}\}"));

/// The includes of a page or a part of one.
pub fn includes(text: &str) -> impl Iterator<Item = Include> {
    DIRECTIVE.captures_iter(text).filter_map(|found| {
        (found[1].is_empty() && &found[2] != "#title").then(|| Include {
            directive: found[2].to_owned(),
            path: found[3].trim().to_owned(),
            anchor: found.get(4).map(|anchor| anchor.as_str().trim().to_owned()),
        })
    })
}

impl Include {
    /// The file that it names, on this page.
    pub fn file(&self, page: &Path) -> PathBuf {
        linked(page.parent().unwrap_or(page), &self.path)
    }

    /// What it shows of the text of that file.
    pub fn shown(&self, text: &str) -> String {
        match &self.anchor {
            None => text.to_owned(),
            Some(anchor) => anchored(text, anchor),
        }
    }
}

/// The lines of a file between the marks of an anchor, without those of others.
pub fn anchored(text: &str, anchor: &str) -> String {
    let mut within = false;
    let mut shown = String::new();
    for line in text.lines() {
        if let Some(name) = marked(line, "ANCHOR: ") {
            within |= name == anchor;
        } else if let Some(name) = marked(line, "ANCHOR_END: ") {
            within &= name != anchor;
        } else if within {
            shown.extend([line, "\n"]);
        }
    }
    shown
}

/// The anchor that a line begins or ends, as `mark` says.
pub(crate) fn marked<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    line.split_once(mark).map(|(_, name)| name.trim())
}

/// What the includes of a part of a page show: each file, and its text or the text of its anchor.
pub(crate) fn included(page: &Path, part: &str) -> Vec<(PathBuf, String)> {
    let found = includes(part).map(|include| (include.file(page), include));
    let found = found.filter(|(file, _)| file.is_file());
    found
        .map(|(file, include)| {
            let shown = include.shown(&files::text(&file));
            (file, shown)
        })
        .collect()
}

/// Whether a line is one include and nothing else.
pub fn is_include(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("{{#include ") && line.ends_with("}}") && line.matches("{{").count() == 1
}

/// A block of code on a page.
#[derive(Default)]
pub struct CodeBlock {
    /// Empty if it names none, or is indented instead of fenced.
    pub language: String,
    /// The line that it begins in.
    pub line: usize,
    /// As the page writes it.
    pub body: String,
}

/// The blocks of code of a page.
pub fn code_blocks(text: &str) -> Vec<CodeBlock> {
    let mut blocks: Vec<CodeBlock> = Vec::new();
    let mut within = false;
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                blocks.push(CodeBlock {
                    language: info.split([',', ' ']).next().unwrap_or_default().to_owned(),
                    line: text[..range.start].matches('\n').count() + 1,
                    body: String::new(),
                });
                within = true;
            }
            Event::End(TagEnd::CodeBlock) => within = false,
            Event::Text(text) if within => {
                let block = blocks.last_mut();
                block.into_iter().for_each(|block| block.body += &text);
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
        let text = "a {{#include b.rs}} \\{{#include c.rs}}\n{{#include d.rs:e}} {{#title T}}";
        let found: Vec<_> = includes(text)
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
