//! The search index: what each section of the built pages says, with our own search beside it.
//!
//! mdBook's index takes `error[E0277]` for one word, gives the folded lists of tests as much weight
//! as the answers, and adds up words wherever they are. Here a page is cut into sections, what is no
//! answer is left out, and `theme/search.js` does the rest in the browser. It replaces the index that
//! mdBook wrote: its search box, result list and teasers stay as they are.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use html5ever::tokenizer::{Tag, TagKind, Token};
use serde_json::json;

use crate::files::{file_name, files_below};
use crate::html::{self, attribute, escaped};
use crate::page::SECTIONS;

/// Sections that are not found at all: output, and lists of tests.
const LEFT_OUT: [&str; 2] = ["Run it", "Checked by"];

/// Writes the index of these pages of the book in `folder` over mdBook's own.
///
/// # Errors
/// If there is none, or a file cannot be read or written.
pub(crate) fn write(folder: &Path, pages: &[&str], search: &str) -> anyhow::Result<()> {
    let is_index = |name: &str| name.starts_with("searchindex") && name.ends_with(".js");
    let mut files = files_below(folder).into_iter();
    let index = files.find(|file| is_index(&file_name(file)));
    let index = index.context("mdBook wrote no search index")?;
    let (mut urls, mut sections) = (Vec::new(), Vec::new());
    for page in pages {
        for section in read(&fs::read_to_string(folder.join(page))?) {
            if section.level == 2 && LEFT_OUT.contains(&section.heading.as_str()) {
                continue;
            }
            urls.push(match section.id.is_empty() {
                true => (*page).to_owned(),
                false => format!("{page}#{}", section.id),
            });
            sections.push(section.json());
        }
    }
    let data = json!({
        "results_options": { "limit_results": 20, "teaser_word_count": 30 },
        "search_options": {},
        "doc_urls": urls,
        "index": sections,
    });
    // In a script, where `</` could end it.
    let data = data.to_string().replace("</", "<\\/");
    let text = format!("{search}\nwindow.search = Object.assign(window.search, {data});\n");
    fs::write(index, text)?;
    Ok(())
}

/// A heading, and what is below it until the next.
#[derive(Debug, Default, Clone)]
struct Section {
    level: usize,
    id: String,
    heading: String,
    body: String,
    /// The headings above it, the page's title first.
    above: Vec<String>,
}

impl Section {
    fn json(&self) -> serde_json::Value {
        let mut crumbs = self.above.clone();
        crumbs.push(self.heading.clone());
        // The heading of a section that every page has answers no question.
        let on_every_page = SECTIONS.contains(&self.heading.as_str());
        // Inserted into the list of results as HTML.
        let crumbs: Vec<String> = crumbs.iter().map(|crumb| escaped(crumb)).collect();
        json!({
            "title": if on_every_page { "" } else { &self.heading },
            "body": self.body.split_whitespace().collect::<Vec<_>>().join(" "),
            "page": self.above.first().unwrap_or(&self.heading),
            "breadcrumbs": crumbs.join(" » "),
        })
    }
}

fn read(html: &str) -> Vec<Section> {
    let main = html.split_once("<main>").map_or("", |(_, rest)| rest);
    let main = main.split("</main>").next().unwrap_or_default();
    let mut page = Page::default();
    html::read(main, |token| match token {
        Token::TagToken(tag) => page.tag(&tag),
        Token::CharacterTokens(text) => page.text(&text),
        _ => {}
    });
    page.finish();
    page.sections
}

#[derive(Default)]
struct Page {
    sections: Vec<Section>,
    now: Section,
    in_heading: bool,
    /// How many elements of this name are open within one that is left out.
    left_out: Option<(String, usize)>,
    /// The headings that the next section is below, by level.
    path: Vec<(usize, String)>,
}

impl Page {
    fn finish(&mut self) {
        let section = std::mem::take(&mut self.now);
        if !section.heading.is_empty() || !section.body.trim().is_empty() {
            self.sections.push(section);
        }
    }

    fn text(&mut self, text: &str) {
        if self.left_out.is_none() {
            match self.in_heading {
                true => self.now.heading += text,
                false => self.now.body += text,
            }
        }
    }

    fn tag(&mut self, tag: &Tag) {
        let name = tag.name.to_string();
        let start = tag.kind == TagKind::StartTag;
        if let Some((left_out, open)) = &mut self.left_out {
            if name == *left_out {
                *open = if start { *open + 1 } else { *open - 1 };
                if *open == 0 {
                    self.left_out = None;
                }
            }
            return;
        }
        let class = attribute(tag, "class").unwrap_or_default();
        let is_list = name == "details" && ["checked-by", "source"].contains(&class.as_str());
        if start && !tag.self_closing && (is_list || ["script", "style", "svg"].contains(&&*name)) {
            self.left_out = Some((name, 1));
            return;
        }
        let level = name.strip_prefix('h').and_then(|level| level.parse().ok());
        match level.filter(|level| (1..=3).contains(level)) {
            Some(level) if start => {
                self.finish();
                self.path.retain(|(above, _)| *above < level);
                self.now.level = level;
                self.now.id = attribute(tag, "id").unwrap_or_default();
                let above = self.path.iter().map(|(_, heading)| heading.clone());
                self.now.above = above.collect();
                self.in_heading = true;
            }
            Some(level) => {
                self.in_heading = false;
                self.now.heading = self.now.heading.trim().to_owned();
                self.path.push((level, self.now.heading.clone()));
            }
            // Words of two blocks are two words, but not those of `<code>spawn</code>s`.
            None if !["code", "em", "strong", "a", "span", "sup", "sub"].contains(&&*name) => {
                self.now.body.push(' ');
            }
            None => {}
        }
        if name == "img" {
            self.now.body += &attribute(tag, "alt").unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_at_its_headings() {
        let sections = read(
            "<p>no</p><main><h1 id=\"t\"><a href=\"#t\">T</a></h1><p>One <code>a</code>s.</p>\
             <h2 id=\"traps\">Traps</h2><h3 id=\"x\">x <code>&lt;T&gt;</code></h3><p>two</p><p>three</p>\
             <details class=\"checked-by\"><details><p>lists</p></details></details>\
             <h2 id=\"run-it\">Run it</h2></main>",
        );
        let seen: Vec<_> = sections
            .iter()
            .map(|section| (&*section.id, &*section.heading, section.body.trim()))
            .collect();
        assert_eq!(
            seen,
            [
                ("t", "T", "One as."),
                ("traps", "Traps", ""),
                ("x", "x <T>", "two  three"),
                ("run-it", "Run it", "")
            ]
        );
        assert_eq!(sections[2].above, ["T", "Traps"]);
        let json = sections[2].json();
        assert_eq!(json["breadcrumbs"], "T » Traps » x &lt;T>");
        assert_eq!(sections[1].json()["title"], "");
    }
}
