//! What the built book refers to: checked on the rendered pages, as a reader's browser sees them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer,
};

use crate::concept::files_below;
use crate::fault::{Fault, relative};
use crate::render;

/// Every link within the book leads to a page and a place that exist, every picture is there and
/// has a text in its stead, and no page makes a browser fetch anything from elsewhere.
pub fn links_lead_somewhere_and_nothing_is_fetched(root: &Path) -> Vec<Fault> {
    let book = root.join("docs/book.toml");
    let broken = |error: String| vec![Fault::new(root, &book, error, "correct what it names")];
    let built = match tempfile::tempdir() {
        Ok(built) => built,
        Err(error) => return broken(format!("no folder to build it in: {error}")),
    };
    if let Err(error) = render::build(root, built.path()) {
        return broken(format!("the book does not build: {error:#}"));
    }
    check_folder(built.path())
}

/// The same for a folder that is already built; faults name the source of a page.
fn check_folder(folder: &Path) -> Vec<Fault> {
    let files = files_below(folder);
    let pages: BTreeMap<&PathBuf, Page> = files
        .iter()
        .filter(|file| {
            file.extension()
                .is_some_and(|extension| extension == "html")
        })
        .map(|file| (file, read(&fs::read_to_string(file).unwrap_or_default())))
        .collect();
    let mut faults = Vec::new();
    for (file, page) in &pages {
        let name = relative(folder, file);
        let source = format!("docs/src/{}", name.replace(".html", ".md"));
        let mut fault = |what: String, fix: &str| {
            faults.push(Fault::new(folder, &source, what, fix));
        };
        for reference in &page.references {
            let url = &reference.url;
            if is_external(url) {
                if reference.fetched {
                    fault(
                        format!("makes the browser fetch {url}"),
                        "ship the file with the book",
                    );
                }
                continue;
            }
            let (path, fragment) = url.split_once('#').unwrap_or((url, ""));
            let path = path.split('?').next().unwrap_or_default();
            let target = match path.is_empty() {
                true => (*file).clone(),
                false => resolve(folder, file, path, name == "404.html"),
            };
            if !target.starts_with(folder) || !target.is_file() {
                let fix = "correct the link, or remove it until that page exists";
                fault(format!("links to {url}, which is not in the book"), fix);
            } else if !fragment.is_empty() {
                let known = pages
                    .get(&target)
                    .is_some_and(|page| page.ids.contains(fragment));
                if !known {
                    let fix = "link to a heading's id: its words in lower case, joined by -";
                    fault(format!("links to {url}, but there is no such place"), fix);
                }
            }
        }
        for picture in &page.pictures_without_text {
            let fix = "say in the brackets what it shows: ![…](…)";
            fault(format!("shows {picture} without a text for it"), fix);
        }
    }
    for style in files.iter().filter(|file| {
        file.extension()
            .is_some_and(|extension| extension == "css" || extension == "svg")
    }) {
        let text = fs::read_to_string(style).unwrap_or_default();
        let fetched = ["url(http", "url('http", "url(\"http", "url(//", "@import"]
            .iter()
            .find(|fetched| text.contains(**fetched));
        if let Some(fetched) = fetched {
            let source = format!("docs/{}", relative(folder, style));
            let what = format!("makes the browser fetch from elsewhere: {fetched}");
            faults.push(Fault::new(
                folder,
                source,
                what,
                "ship the file with the book",
            ));
        }
    }
    faults
}

fn is_external(url: &str) -> bool {
    let scheme = url.split(['/', '#', '?']).next().unwrap_or_default();
    url.starts_with("//") || (scheme.contains(':') && !url.starts_with("data:"))
}

/// The file that a relative link means. The 404 page alone counts from the book's root.
fn resolve(folder: &Path, page: &Path, link: &str, from_root: bool) -> PathBuf {
    let start = match page.parent() {
        Some(parent) if !from_root && !link.starts_with('/') => parent,
        _ => folder,
    };
    let mut target = start.to_path_buf();
    for part in Path::new(link.trim_start_matches('/')).components() {
        match part {
            Component::ParentDir => {
                target.pop();
            }
            Component::Normal(part) => target.push(part),
            _ => {}
        }
    }
    if target.is_dir() {
        target.push("index.html");
    }
    target
}

/// What a rendered page refers to.
#[derive(Default)]
struct Page {
    ids: BTreeSet<String>,
    references: BTreeSet<Reference>,
    pictures_without_text: Vec<String>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Reference {
    url: String,
    /// By the browser on its own, not by a click.
    fetched: bool,
}

fn read(html: &str) -> Page {
    let sink = Sink(RefCell::default());
    let tokenizer = Tokenizer::new(sink, Default::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

struct Sink(RefCell<Page>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token
            && tag.kind == TagKind::StartTag
        {
            note(&tag, &mut self.0.borrow_mut());
        }
        TokenSinkResult::Continue
    }
}

fn note(tag: &Tag, page: &mut Page) {
    let attribute = |name: &str| {
        tag.attrs
            .iter()
            .find(|attribute| &*attribute.name.local == name)
            .map(|attribute| attribute.value.to_string())
    };
    page.ids.extend(attribute("id"));
    let name = &*tag.name;
    if name == "img" && attribute("alt").is_none_or(|alt| alt.trim().is_empty()) {
        let source = attribute("src").unwrap_or_default();
        page.pictures_without_text.push(source);
    }
    let clicked = ["a", "area"].contains(&name);
    for key in ["href", "src", "poster", "data", "action"] {
        if let Some(url) = attribute(key)
            && !url.starts_with("data:")
            && name != "base"
        {
            let fetched = !clicked;
            page.references.insert(Reference { url, fetched });
        }
    }
}
