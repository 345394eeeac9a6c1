//! What the built book refers to: checked on the rendered pages, as a reader's browser sees them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use html5ever::tokenizer::{Tag, TagKind, Token};

use crate::fault::Faults;
use crate::files::{self, files_below, has_extension, linked, relative};
use crate::html::{self, attribute};
use crate::render;

/// What a style or a picture contains if it makes the browser fetch something.
const FETCHES: [&str; 5] = ["url(http", "url('http", "url(\"http", "url(//", "@import"];

/// Every link within the book leads to a page and a place that exist, every picture is there and
/// has a text in its stead, and no page makes a browser fetch anything from elsewhere.
pub fn links_lead_somewhere_and_nothing_is_fetched(root: &Path, faults: &mut Faults<'_>) {
    let built = tempfile::tempdir().map_err(anyhow::Error::from);
    let built = built.and_then(|folder| render::build(root, folder.path()).map(|()| folder));
    match built {
        Ok(folder) => check_folder(folder.path(), faults),
        Err(error) => {
            let what = format!("the book does not build: {error:#}");
            faults.add(root.join("docs/book.toml"), what, "correct what it names");
        }
    }
}

/// The same for a folder that is already built; faults name the source of a page.
fn check_folder(folder: &Path, faults: &mut Faults<'_>) {
    let files = files_below(folder);
    let html = files.iter().filter(|file| has_extension(file, "html"));
    let pages: BTreeMap<&PathBuf, Page> = html.map(|file| (file, Page::read(file))).collect();
    for (file, page) in &pages {
        let name = relative(folder, file);
        let source = &format!("docs/src/{}", name.replace(".html", ".md"));
        for Reference { url, fetched } in &page.references {
            if is_external(url) {
                if *fetched {
                    let what = format!("makes the browser fetch {url}");
                    faults.add(source, what, "ship the file with the book");
                }
                continue;
            }
            let (path, fragment) = url.split_once('#').unwrap_or((url, ""));
            let target = match path.split('?').next().unwrap_or_default() {
                "" => (*file).clone(),
                path => linked_page(folder, file, path),
            };
            if !target.starts_with(folder) || !target.is_file() {
                let what = format!("links to {url}, which is not in the book");
                let fix = "correct the link, or remove it until that page exists";
                faults.add(source, what, fix);
                continue;
            }
            let has_place = |page: &Page| page.ids.contains(fragment);
            if !fragment.is_empty() && !pages.get(&target).is_some_and(has_place) {
                let what = format!("links to {url}, but there is no such place");
                let fix = "link to a heading's id: its words in lower case, joined by -";
                faults.add(source, what, fix);
            }
        }
        for picture in &page.pictures_without_text {
            let what = format!("shows {picture} without a text for it");
            let fix = "say in the brackets what it shows: ![…](…)";
            faults.add(source, what, fix);
        }
    }
    for file in files {
        let text = match has_extension(&file, "css") || has_extension(&file, "svg") {
            true => files::text(&file),
            false => continue,
        };
        if let Some(fetch) = FETCHES.iter().find(|fetch| text.contains(**fetch)) {
            let source = format!("docs/{}", relative(folder, &file));
            let what = format!("makes the browser fetch from elsewhere: {fetch}");
            faults.add(source, what, "ship the file with the book");
        }
    }
}

fn is_external(url: &str) -> bool {
    let scheme = url.split(['/', '#', '?']).next().unwrap_or_default();
    url.starts_with("//") || (scheme.contains(':') && !url.starts_with("data:"))
}

/// The file that a relative link means. The 404 page alone counts from the book's root.
fn linked_page(book: &Path, page: &Path, link: &str) -> PathBuf {
    let from_root = link.starts_with('/') || page == book.join("404.html");
    let folder = page.parent().filter(|_| !from_root).unwrap_or(book);
    let target = linked(folder, link);
    match target.is_dir() {
        true => target.join("index.html"),
        false => target,
    }
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

impl Page {
    fn read(file: &Path) -> Self {
        let mut page = Self::default();
        html::read(&files::text(file), |token| match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => page.note(&tag),
            _ => {}
        });
        page
    }

    fn note(&mut self, tag: &Tag) {
        self.ids.extend(attribute(tag, "id"));
        let name = &*tag.name;
        if name == "img" && attribute(tag, "alt").is_none_or(|alt| alt.trim().is_empty()) {
            let source = attribute(tag, "src").unwrap_or_default();
            self.pictures_without_text.push(source);
        }
        if name == "base" {
            return;
        }
        let fetched = !["a", "area"].contains(&name);
        let keys = ["href", "src", "poster", "data", "action"];
        let urls = keys.iter().filter_map(|key| attribute(tag, key));
        let urls = urls.filter(|url| !url.starts_with("data:"));
        self.references
            .extend(urls.map(|url| Reference { url, fetched }));
    }
}
