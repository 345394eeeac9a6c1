//! Builds the book with mdBook as a library, and completes what mdBook leaves out.
//!
//! Every page gets a description of its own, the names of the pages before and after it, what to
//! read first, and links to the files that it is about, which go into the book. Plain `mdbook` builds
//! the same pages without these.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use anyhow::Context as _;
use mdbook_driver::MDBook;
use regex::{Captures, NoExpand, Regex};

use crate::concept::{self, Concept};
use crate::files::{files_below, has_extension, pattern, relative};
use crate::html::escaped;
use crate::search;

/// The kinds of files of a concept that go into the book.
const COPIED: [&str; 5] = ["rs", "toml", "py", "mjs", "txt"];

/// One page of the contents.
struct Listed {
    /// Below the book, `locks/mutex.html`.
    page: String,
    title: String,
}

/// Builds the book of the workspace at `root` into `destination`, whose old content goes.
///
/// # Errors
/// If mdBook refuses the book or cannot write it.
pub fn build(root: &Path, destination: &Path) -> anyhow::Result<()> {
    let book = &std::path::absolute(destination)?;
    let mut source = MDBook::load(root.join("docs"))?;
    source.config.build.build_dir = book.clone();
    source.build()?;
    let chapters = source.book.chapters().filter_map(|chapter| {
        let page = relative(root, &chapter.path.as_ref()?.with_extension("html"));
        let title = chapter.name.clone();
        Some(Listed { page, title })
    });
    let listed: Vec<Listed> = chapters.collect();
    let own_search = root.join("docs/theme/search.js");
    if own_search.is_file() {
        let pages: Vec<&str> = listed.iter().map(|listed| &*listed.page).collect();
        search::write(book, &pages, &fs::read_to_string(own_search)?)?;
    }
    let repository: Option<String> = source.config.get("output.html.git-repository-url")?;
    let repository = repository.as_deref().map(|url| url.trim_end_matches('/'));
    let concepts = concept::load(root).0;
    copy_files(root, book, &concepts)?;
    for (at, now) in listed.iter().enumerate() {
        let path = book.join(&now.page);
        let html = fs::read_to_string(&path).with_context(|| now.page.clone())?;
        let above = "../".repeat(now.page.matches('/').count());
        let before = at.checked_sub(1).and_then(|at| listed.get(at));
        let mut html = with_description(&with_plain_main(&html), &now.title);
        html = with_name(&html, "previous", before);
        html = with_name(&html, "next", listed.get(at + 1));
        html = with_file_links(&html, book, &above);
        html = with_repository(&html, repository);
        let mut of_page = concepts.iter();
        if let Some(concept) = of_page.find(|concept| concept.built_page() == now.page) {
            html = with_what_to_read_first(&html, concept, &concepts, &above);
            html = with_files(root, &html, concept, &above, repository);
        }
        fs::write(&path, &html)?;
        if at == 0 {
            // A server that is asked for the folder sends this copy.
            fs::write(book.join("index.html"), html)?;
        }
    }
    let whole = book.join("print.html");
    if whole.is_file() {
        let html = with_plain_main(&fs::read_to_string(&whole)?);
        fs::write(&whole, to_read(&with_file_links(&html, book, "")))?;
    }
    Ok(())
}

/// Puts what a page refers to into the book: the text of each concept's files.
fn copy_files(root: &Path, book: &Path, concepts: &[Concept]) -> anyhow::Result<()> {
    for concept in concepts {
        for file in files_below(&concept.folder) {
            if COPIED.iter().any(|kind| has_extension(&file, kind)) {
                let copy = book.join("files").join(relative(root, &file));
                if let Some(folder) = copy.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::copy(&file, copy)?;
            }
        }
    }
    Ok(())
}

static PARAGRAPH: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)<main>.*?<p>(.*?)</p>"));
static TAG: LazyLock<Regex> = LazyLock::new(|| pattern("<[^>]*>"));
static DESCRIPTION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(<meta name="description" content=")[^"]*"#));

/// The first paragraph of the page instead of the book's description, with the title if it is short.
fn with_description(html: &str, title: &str) -> String {
    let Some(paragraph) = PARAGRAPH.captures(html) else {
        return html.to_owned();
    };
    let text = TAG.replace_all(&paragraph[1], "");
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text = text.replace('"', "&quot;");
    if text.len() < 60 {
        text = format!("{}: {text}", title.replace('"', "&quot;"));
    }
    let described = |found: &Captures<'_>| format!("{}{}", &found[1], shortened(&text, 160));
    DESCRIPTION.replace(html, described).into_owned()
}

/// Whole sentences up to so many characters, or whole words of the first.
fn shortened(text: &str, most: usize) -> String {
    let ends: Vec<usize> = text.match_indices(". ").map(|(at, _)| at + 1).collect();
    if text.len() <= most {
        return text.to_owned();
    }
    if let Some(&end) = ends.iter().rfind(|end| **end <= most) {
        return text[..end].to_owned();
    }
    let mut spaces = text.match_indices(' ').map(|(at, _)| at);
    let end = spaces.rfind(|at| *at < most).unwrap_or(0);
    format!("{} …", &text[..end])
}

/// The name of the page that a link at the foot leads to, in the link.
fn with_name(html: &str, which: &str, to: Option<&Listed>) -> String {
    let class = format!("class=\"mobile-nav-chapters {which}\"");
    let (Some((before, rest)), Some(to)) = (html.split_once(&class), to) else {
        return html.to_owned();
    };
    let label = match which {
        "next" => "aria-label=\"Next chapter",
        _ => "aria-label=\"Previous chapter",
    };
    let title = escaped(&to.title).replace('"', "&quot;");
    let name = format!("<span class=\"name\">{title}</span></a>");
    let named = rest.replacen(label, &format!("{label}: {title}"), 1);
    format!("{before}{class}{}", named.replacen("</a>", &name, 1))
}

/// Tests call the `main` of short versions, so it is `pub(crate)`. A reader's `main` need not be.
fn with_plain_main(html: &str) -> String {
    html.replace("pub(crate) fn main(", "fn main(")
        .replace("pub(crate) async fn main(", "async fn main(")
}

static REPOSITORY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"<span class="repository">.*?</span>"#));

/// Where to get the code, if the build knows it. Without that, the sentence of the page stays.
fn with_repository(html: &str, repository: Option<&str>) -> String {
    let Some(url) = repository else {
        return html.to_owned();
    };
    let sentence = format!(
        "Get the code with <code>git clone {url}</code>, or download it from \
         <a href=\"{url}\">{url}</a>."
    );
    REPOSITORY.replace(html, NoExpand(&sentence)).into_owned()
}

static FILE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"<span class="file">(.*?)</span>"#));

/// Links to files that are in the book.
fn with_file_links(html: &str, book: &Path, above: &str) -> String {
    let link = |found: &Captures<'_>| {
        let path = &found[1];
        match book.join("files").join(path).is_file() {
            true => {
                format!("<a class=\"file\" href=\"{above}files/{path}\"><code>{path}</code></a>")
            }
            false => format!("<code>{path}</code>"),
        }
    };
    FILE.replace_all(html, link).into_owned()
}

/// The pages that explain what this one needs, under its title.
fn with_what_to_read_first(
    html: &str,
    concept: &Concept,
    concepts: &[Concept],
    above: &str,
) -> String {
    let needed = concept.metadata.prerequisites.iter();
    let links: Vec<String> = needed
        .filter_map(|slug| concepts.iter().find(|other| other.slug == *slug))
        .map(|other| {
            let title = other.metadata.title.split(": ").next().unwrap_or_default();
            let (page, title) = (other.built_page(), escaped(title));
            format!("<a href=\"{above}{page}\">{title}</a>")
        })
        .collect();
    if links.is_empty() {
        return html.to_owned();
    }
    let first = format!("<p class=\"about\">Read first: {}</p>", links.join(" · "));
    html.replacen("</h1>\n<p>", &format!("</h1>\n{first}\n<p>"), 1)
}

/// The files that a page is about, at its end.
fn with_files(
    root: &Path,
    html: &str,
    concept: &Concept,
    above: &str,
    repository: Option<&str>,
) -> String {
    let folder = relative(root, &concept.folder);
    let snippet = concept.snippet();
    let mut files = vec!["Cargo.toml".to_owned()];
    files.extend(snippet.iter().map(|file| relative(&concept.folder, file)));
    let others = [
        "src/main.rs",
        "examples/idea.rs",
        "tests/it/behaviour.rs",
        "tests/model.rs",
    ];
    files.extend(others.map(str::to_owned));
    let links: Vec<String> = files
        .iter()
        .filter(|file| concept.folder.join(file).is_file())
        .map(|file| format!("<a href=\"{above}files/{folder}/{file}\">{file}</a>"))
        .collect();
    let place = match repository {
        Some(url) => format!("<a href=\"{url}/tree/HEAD/{folder}\">{folder}</a>"),
        None => format!("<code>{folder}</code>"),
    };
    let links = links.join(" · ");
    let about = format!("<p class=\"about\">Files in {place}: {links}</p>\n</main>");
    html.replacen("</main>", &about, 1)
}

static SCRIPT: LazyLock<Regex> = LazyLock::new(|| pattern("(?s)<script>(.*?)</script>"));

/// mdBook's page for the printer opens the print dialog by itself: this one is for reading, too.
fn to_read(html: &str) -> String {
    let text = SCRIPT.replace_all(html, |script: &Captures<'_>| {
        match script[1].contains("window.print") {
            true => String::new(),
            false => script[0].to_owned(),
        }
    });
    let heading = "<main>\n<p class=\"about\">The whole book on one page</p>\n";
    text.replacen("<main>", heading, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_described_by_its_first_sentences() {
        let html = "<meta name=\"description\" content=\"old\">x<main><h1>T</h1><p>One <code>a</code> \
                    \"b\".\nTwo.</p><p>Three</p>";
        let described = with_description(html, "Title");
        assert!(
            described.contains("content=\"Title: One a &quot;b&quot;. Two.\">x"),
            "{described}"
        );
        assert_eq!(shortened("One two. Three four five.", 12), "One two.");
        assert_eq!(shortened("One two three four", 9), "One two …");
    }

    #[test]
    fn links_at_the_foot_name_their_page() {
        let html = "<a class=\"mobile-nav-chapters next\" aria-label=\"Next chapter\"><svg/></a>";
        let to = Listed {
            page: "a.html".into(),
            title: "A & B".into(),
        };
        let named = with_name(html, "next", Some(&to));
        assert!(
            named.contains("<span class=\"name\">A &amp; B</span></a>"),
            "{named}"
        );
        assert!(
            named.contains("aria-label=\"Next chapter: A &amp; B\""),
            "{named}"
        );
        assert_eq!(with_name(html, "previous", Some(&to)), html);
    }

    #[test]
    fn main_needs_no_visibility_on_a_page() {
        let html = "pub(crate) fn main() {} pub(crate) async fn main() {} pub(crate) fn run() {}";
        assert_eq!(
            with_plain_main(html),
            "fn main() {} async fn main() {} pub(crate) fn run() {}"
        );
    }

    #[test]
    fn start_says_where_to_get_the_code() {
        let html = "<p>a <span class=\"repository\">You have it.</span> b</p>";
        assert_eq!(with_repository(html, None), html);
        let known = with_repository(html, Some("https://example.org/many"));
        assert_eq!(
            known,
            "<p>a Get the code with <code>git clone https://example.org/many</code>, or download it \
             from <a href=\"https://example.org/many\">https://example.org/many</a>. b</p>"
        );
    }

    #[test]
    fn the_whole_book_opens_no_dialog() {
        let html = "<main>x</main><script>a</script><script>f(window.print)</script>y";
        let read = to_read(html);
        assert!(
            !read.contains("print") && read.contains("<script>a</script>y"),
            "{read}"
        );
    }
}
