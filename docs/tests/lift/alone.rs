//! Every block of Rust on every page compiles alone, in a crate that has what its page says.
//!
//! What that means for a block depends on what it is:
//!
//! - A source, or the program of *Use it*: the lift compiles it in every form.
//! - A program that the compiler must refuse: the tests of its package give it alone to rustc, and
//!   compare the message.
//! - A complete program, with a `main`: compiled as it is.
//! - Anything else: compiled as the body of a function, which is `async` if the block has an
//!   `.await`. Its imports are those at the top of its file.
//!
//! Of the rest of its file a block sees only the anchor `yours`: what stands for the reader's own code,
//! such as a `fetch` or a `save`. So a block cannot use a variable, constant or helper that its page
//! does not show. Under loom, `model::check` is `loom::model`, and `std::sync` is `loom::sync`.
//!
//! The crate has edition 2024, the concept's source as a module, and the dependencies of the page's
//! `cargo add` lines. The blocks of a concept are modules of one crate, because a module sees nothing
//! of its siblings. Whether a wrong block fails as its page says is asserted by the test or the
//! demonstration that the block is from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use book::concept::{self, Concept, files_below};
use book::fault::relative;
use toml::{Table, Value};

use super::{Lift, ONE_AT_A_TIME, Pasted};
use crate::fixture;

#[test]
fn every_block_compiles_alone() {
    let root = &book::root();
    let place = root.join("target/lifted-blocks");
    let failures = compile(root, &place);
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[test]
fn a_block_that_needs_more_than_its_page_shows_is_found() {
    let workspace = fixture::workspace();
    let root = workspace.path();
    let page = "docs/src/threads/counter.md";
    let mut text = fs::read_to_string(root.join(page)).unwrap();
    text +=
        "\n```rust\n{{#include ../../../examples-threads/counter/tests/it/traps.rs:trap}}\n```\n";
    fixture::write(root, page, &text);
    let source = "examples-threads/counter/tests/it/traps.rs";
    let trap = "// ANCHOR: trap\nassert_eq!(LIMIT, counter::Counter::default().get());\n\
                // ANCHOR_END: trap\n";
    let limit = "const LIMIT: u64 = 0;\n";

    fixture::write(root, source, &format!("{limit}{trap}"));
    let failures = compile(root, &root.join("lifted-blocks")).join("\n");
    assert!(failures.contains("cannot find value `LIMIT`"), "{failures}");
    assert!(failures.contains("threads/counter.md, line "), "{failures}");

    let yours = format!("// ANCHOR: yours\n{limit}// ANCHOR_END: yours\n{trap}");
    fixture::write(root, source, &yours);
    assert_eq!(compile(root, &root.join("lifted-blocks")), [""; 0]);
}

/// A block of Rust as a page shows it.
struct Block {
    /// Below `docs/src`.
    page: String,
    /// The line of its fence.
    line: usize,
    /// What it includes, below the root, each with its anchor.
    files: Vec<(String, Option<String>)>,
    text: String,
}

/// What compiles a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    /// The lift, as a crate and as a module.
    Lift,
    /// A test of the package, which expects an error.
    Refusal,
    /// This test, as it is.
    Whole,
    /// This test, as the inside of a function.
    Wrapped,
}

impl Block {
    fn by(&self) -> By {
        if let [(file, None)] = &self.files[..] {
            if file.starts_with("examples-") && file.contains("/src/") {
                return By::Lift;
            }
            if file.contains("/tests/programs/") || file.contains("/tests/rejected/") {
                return By::Refusal;
            }
        }
        if self.files.is_empty() && self.text.starts_with("mod ") {
            return By::Lift;
        }
        let main = |line: &str| line.contains("fn main(") && !line.starts_with("//");
        match self.text.lines().any(main) {
            true => By::Whole,
            false => By::Wrapped,
        }
    }

    /// The concept whose files it shows.
    fn owner(&self) -> Option<&str> {
        let mut parts = self.files.first()?.0.split('/');
        let folder = parts.next()?;
        if folder.starts_with("examples-") {
            parts.next()
        } else {
            None
        }
    }

    /// The block as a file of Rust, in a crate where the modules `names` are at the root.
    fn program(&self, root: &Path, names: &[String]) -> Result<String, String> {
        let mut imported: BTreeSet<String> =
            names.iter().map(|name| format!("crate::{name}")).collect();
        let mut items = String::new();
        for (file, anchor) in &self.files {
            if anchor.is_none() {
                continue;
            }
            let text = fs::read_to_string(root.join(file)).map_err(|error| error.to_string())?;
            let mut yours = shown(root, file, Some("yours"));
            if yours.contains(self.text.trim()) || items.contains(&yours) {
                yours.clear();
            }
            imported.extend(imports(
                &text,
                &format!("{yours}{}", self.text),
                names.first(),
            ));
            items += &yours;
        }
        let own: BTreeSet<String> = uses(&self.text).into_iter().collect();
        let mut program = String::new();
        let name = |path: &str| path.rsplit("::").next().map(str::to_owned);
        for path in imported {
            if !own.iter().any(|own| name(own) == name(&path)) {
                let _ = writeln!(program, "use {path};");
            }
        }
        program += &items;
        if self.by() == By::Whole {
            // An inner comment is allowed only before everything else.
            return Ok(format!("{}\n{program}", self.text.replace("//!", "//")));
        }
        let start = if self.text.contains(".await") {
            "async fn"
        } else {
            "fn"
        };
        let _ = write!(
            program,
            "{start} block() -> std::result::Result<(), Box<dyn std::error::Error>> {{\n{}\n;Ok(())\n}}\n",
            self.text
        );
        if self.text.contains("model::check(") {
            for (ours, theirs) in [
                ("model::check(", "loom::model("),
                ("std::sync::", "loom::sync::"),
                ("std::thread", "loom::thread"),
            ] {
                program = program.replace(ours, theirs);
            }
        }
        Ok(program)
    }
}

/// The methods by which a block uses a trait that it does not name.
const METHODS: &[(&str, &[&str])] = &[
    ("Retryable", &[".retry("]),
    (
        "AsyncReadExt",
        &[
            ".read(",
            ".read_exact(",
            ".read_to_end(",
            ".read_to_string(",
        ],
    ),
    ("AsyncWriteExt", &[".write_all(", ".flush("]),
    (
        "FutureExt",
        &[".now_or_never(", ".boxed(", ".catch_unwind("],
    ),
    (
        "StreamExt",
        &[".next()", ".buffered(", ".buffer_unordered(", ".collect::<"],
    ),
    (
        "Read",
        &[
            ".read(",
            ".read_exact(",
            ".read_to_end(",
            ".read_to_string(",
        ],
    ),
    ("Write", &["write!(", "writeln!(", ".write_all(", ".flush("]),
    ("BufRead", &[".lines()", ".read_line("]),
    ("AsyncBufReadExt", &[".lines()", ".read_line("]),
];

/// The imports at the top of a file that a block uses, but those of crates that a reader does not have.
/// A test of the concept names its modules by `super`, where a reader names them by the module.
fn imports(file: &str, block: &str, module: Option<&String>) -> Vec<String> {
    const OURS: [&str; 8] = [
        "crate",
        "super",
        "self",
        "testing",
        "demo",
        "demo_site",
        "fetcher_suite",
        "model",
    ];
    let words: BTreeSet<&str> = block.split(|letter: char| !is_of_a_name(letter)).collect();
    let mut found = uses(file);
    for path in &mut found {
        if let (Some(rest), Some(module)) = (path.strip_prefix("super::"), module) {
            *path = format!("crate::{module}::{rest}");
        }
    }
    found.retain(|path| {
        let first = path.split("::").next().unwrap_or_default();
        let name = path.rsplit([':', ' ']).next().unwrap_or_default();
        let methods = METHODS
            .iter()
            .find(|(name, _)| path.split([':', ' ']).any(|part| part == *name));
        let used = words.contains(name)
            || name == "*"
            || methods
                .is_some_and(|(_, methods)| methods.iter().any(|method| block.contains(method)));
        let theirs = !OURS.contains(&first)
            || path.starts_with("crate::") && path.split("::").nth(1) == module.map(String::as_str);
        theirs && used
    });
    found
}

/// The paths that `use` items at the start of a line import.
fn uses(text: &str) -> Vec<String> {
    let text = format!("\n{text}");
    let mut found = Vec::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("\nuse ") {
        rest = &rest[at + "\nuse ".len()..];
        let end = rest.find(';').unwrap_or(rest.len());
        found.extend(paths(&rest[..end]));
        rest = &rest[end..];
    }
    found
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The paths of an import: `a::{b, c::{d, self}}` is `a::b`, `a::c::d` and `a::c`.
fn paths(import: &str) -> Vec<String> {
    let import = import.trim();
    let Some((start, list)) = import.split_once('{') else {
        return match import.strip_suffix("::self") {
            Some(path) => vec![path.to_owned()],
            None => vec![import.to_owned()],
        };
    };
    let list = list.strip_suffix('}').unwrap_or(list);
    let (mut depth, mut part, mut found) = (0, String::new(), Vec::new());
    for letter in list.chars().chain([',']) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if letter == ',' && depth == 0 {
            if !part.trim().is_empty() {
                found.extend(paths(&format!("{start}{}", part.trim())));
            }
            part.clear();
        } else {
            part.push(letter);
        }
    }
    found
}

/// Every block of every page.
fn blocks(root: &Path) -> Vec<Block> {
    let source = root.join("docs/src");
    let mut blocks = Vec::new();
    for page in files_below(&source) {
        if page.extension().is_none_or(|kind| kind != "md")
            || page.starts_with(source.join("generated"))
        {
            continue;
        }
        let text = expanded(root, &page);
        let mut block: Option<Block> = None;
        for (at, line) in text.lines().enumerate() {
            match &mut block {
                None if line == "```rust" || line.starts_with("```rust,") => {
                    block = Some(Block {
                        page: relative(&source, &page),
                        line: at + 1,
                        files: Vec::new(),
                        text: String::new(),
                    });
                }
                None => {}
                Some(_) if line == "```" => blocks.extend(block.take()),
                Some(block) => match line
                    .strip_prefix("{{#include ")
                    .and_then(|rest| rest.strip_suffix("}}"))
                {
                    None => block.text += &format!("{line}\n"),
                    Some(spec) => {
                        let (file, anchor) = split(spec);
                        block.text += &shown(root, file, anchor);
                        block
                            .files
                            .push((file.to_owned(), anchor.map(str::to_owned)));
                    }
                },
            }
        }
        assert!(
            block.is_none(),
            "{}: a fence that is not closed",
            page.display()
        );
    }
    blocks
}

fn split(spec: &str) -> (&str, Option<&str>) {
    spec.split_once(':')
        .map_or((spec, None), |(file, anchor)| (file, Some(anchor)))
}

/// The text of a page with the pages that it includes, and its other includes from the root.
fn expanded(root: &Path, page: &Path) -> String {
    let text = fs::read_to_string(page).unwrap_or_default();
    let folder = page.parent().unwrap_or(page);
    let mut expanded = String::new();
    for line in text.lines() {
        let Some(spec) = line
            .strip_prefix("{{#include ")
            .and_then(|rest| rest.strip_suffix("}}"))
        else {
            expanded += &format!("{line}\n");
            continue;
        };
        let (file, anchor) = split(spec);
        let mut path = folder.to_path_buf();
        for piece in file.split('/') {
            match piece {
                ".." => drop(path.pop()),
                piece => path.push(piece),
            }
        }
        if path.extension().is_some_and(|kind| kind == "md") {
            expanded += &self::expanded(root, &path);
            continue;
        }
        let anchor = anchor
            .map(|anchor| format!(":{anchor}"))
            .unwrap_or_default();
        expanded += &format!("{{{{#include {}{anchor}}}}}\n", relative(root, &path));
    }
    expanded
}

/// What mdBook shows of a file.
fn shown(root: &Path, file: &str, anchor: Option<&str>) -> String {
    let text = fs::read_to_string(root.join(file)).unwrap_or_default();
    let mut within = anchor.is_none();
    let mut shown = String::new();
    for line in text.lines() {
        let mark = |mark: &str| {
            let (_, name) = line.split_once(mark)?;
            Some(name.trim())
        };
        if let Some(name) = mark("ANCHOR: ") {
            within |= Some(name) == anchor;
        } else if let Some(name) = mark("ANCHOR_END: ") {
            within &= Some(name) != anchor;
        } else if within {
            shown += &format!("{line}\n");
        }
    }
    shown
}

/// Some packages have default features that need what the workspace does not have, and the test has no
/// network. They get these default features instead.
const DEFAULTS: [(&str, &[&str]); 4] = [
    ("axum", &[]),
    ("futures-util", &["std", "async-await"]),
    ("reqwest", &["rustls-no-provider"]),
    ("rustls", &["std"]),
];

/// The packages and features of the `cargo add` lines of a page.
fn added(page: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut added: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (at, start) in page.match_indices("cargo add ") {
        let rest = &page[at + start.len()..];
        let line = rest.split(['`', '\n', '<']).next().unwrap_or_default();
        let mut words = line.split_whitespace();
        let Some(package) = words.next() else {
            continue;
        };
        let features = added
            .entry(package.trim_matches('\'').to_owned())
            .or_default();
        while let Some(word) = words.next() {
            if word == "--features" {
                let list = words.next().unwrap_or_default();
                features.extend(list.split(',').map(str::to_owned));
            }
        }
    }
    added
}

/// Compiles the blocks of all pages below `place`. Returns what does not compile.
fn compile(root: &Path, place: &Path) -> Vec<String> {
    let _turn = ONE_AT_A_TIME
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let (concepts, _) = concept::load(root);
    let mut groups: BTreeMap<String, Vec<Block>> = BTreeMap::new();
    let mut count: BTreeMap<By, usize> = BTreeMap::new();
    // The variable chooses among the concepts of this book, not of a test's fixture.
    let only = std::env::var("LIFT_ONLY").unwrap_or_default();
    let only = if root == book::root() {
        only
    } else {
        String::new()
    };
    for block in blocks(root) {
        let name = file_stem(&block.page);
        let of_page = concepts.iter().find(|concept| concept.slug == name);
        let group = match (of_page, block.owner()) {
            (Some(concept), _) => concept.slug.clone(),
            (None, Some(owner)) => owner.to_owned(),
            (None, None) => name,
        };
        if !only.is_empty() && !only.split(',').any(|slug| slug == group) {
            continue;
        }
        *count.entry(block.by()).or_default() += 1;
        if matches!(block.by(), By::Whole | By::Wrapped) {
            groups.entry(group).or_default().push(block);
        }
    }
    let mut failures = Vec::new();
    let mut lift = Lift::new(place);
    let mut packages = Vec::new();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for (group, blocks) in &groups {
        let package = format!("{group}-blocks");
        let folder = place.join(&package);
        let _ = fs::remove_dir_all(&folder);
        let concept = concepts.iter().find(|concept| concept.slug == *group);
        match write(root, &folder, &package, concept, blocks, &mut files) {
            Ok(()) => {
                lift.members.push(package.clone());
                packages.push(package);
            }
            Err(error) => failures.push(format!("{group}: {error}")),
        }
    }
    failures.extend(lift.write_workspace().err());
    for package in &packages {
        let words = ["build", "--message-format=short", "-p", package].map(str::to_owned);
        if let Err(mut error) = lift.cargo(place, &words) {
            for (file, shown) in &files {
                error = error.replace(file, shown);
            }
            failures.push(format!(
                "{package}: {error}    fix: a block shows everything that it uses, its page has a \
                 `cargo add` line for each crate, and `// ANCHOR: yours` in the file of the block \
                 marks what stands for the reader's own code"
            ));
        }
    }
    for (by, blocks) in count {
        println!("{by:?}: {blocks} blocks");
    }
    failures
}

fn file_stem(page: &str) -> String {
    Path::new(page)
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn write(
    root: &Path,
    folder: &Path,
    package: &str,
    concept: Option<&Concept>,
    blocks: &[Block],
    files: &mut BTreeMap<String, String>,
) -> Result<(), String> {
    let mut manifest =
        format!("[package]\nname = \"{package}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    let mut library = "#![allow(warnings, let_underscore_lock)]\n".to_owned();
    let mut names = Vec::new();
    let mut tables = Table::new();
    if let Some(concept) = concept {
        tables = Pasted::new(root, concept)?
            .tables(false)
            .parse()
            .map_err(|error| format!("{error}"))?;
        super::copy(concept, folder, |file| concept.saved_as(file))?;
        library += &format!("pub mod {};\n", concept.module());
        names.push(concept.module());
    }
    let source = root.join("docs/src");
    let mut pages: BTreeSet<String> = blocks.iter().map(|block| block.page.clone()).collect();
    pages.extend(concept.map(|concept| format!("{}/{}.md", concept.chapter.slug, concept.slug)));
    for page in pages {
        let text = expanded(root, &source.join(page));
        for (package, features) in added(&text) {
            let entry = tables
                .entry("dependencies")
                .or_insert_with(|| Table::new().into());
            let entry = entry.as_table_mut().and_then(|entries| {
                let defaults = DEFAULTS.iter().find(|(name, _)| *name == package);
                let mut new = Table::from_iter([("version".to_owned(), "*".into())]);
                if let Some((_, features)) = defaults {
                    new.insert("default-features".to_owned(), false.into());
                    let features = features.iter().copied().map(Value::from).collect();
                    new.insert("features".to_owned(), Value::Array(features));
                }
                entries
                    .entry(package)
                    .or_insert_with(|| new.into())
                    .as_table_mut()
            });
            let list = entry.map(|entry| {
                entry
                    .entry("features")
                    .or_insert_with(|| Value::Array(Vec::new()))
            });
            if let Some(Value::Array(list)) = list {
                list.extend(features.into_iter().map(Value::from));
            }
        }
    }
    manifest += &format!("\n{tables}");
    for (at, block) in blocks.iter().enumerate() {
        let module = format!("block_{}", at + 1);
        library += &format!("mod {module};\n");
        let shown = format!("{}, line {}", block.page, block.line);
        let program = format!("// {shown}\n{}", block.program(root, &names)?);
        fixture::write(folder, &format!("src/{module}.rs"), &program);
        files.insert(format!("{package}/src/{module}.rs"), shown);
    }
    fixture::write(folder, "Cargo.toml", &manifest);
    fixture::write(folder, "src/lib.rs", &library);
    Ok(())
}
