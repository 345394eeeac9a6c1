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
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, PoisonError};

use book::concept::{self, Concept};
use book::files::{self, has_extension, relative};
use book::page::{CodeBlock, anchored, code_blocks, includes, is_include, pages};
use regex::Regex;
use toml::{Table, Value};

use super::{Lift, ONE_AT_A_TIME, Pasted, copy, is_wanted, table_of};
use crate::fixture;

#[test]
fn every_block_compiles_alone() {
    let root = &book::root();
    let failures = compile(root, &root.join("target/lifted-blocks"), is_wanted);
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[test]
fn a_block_that_needs_more_than_its_page_shows_is_found() {
    let workspace = fixture::workspace();
    let root = workspace.path();
    let page = "docs/src/threads/counter.md";
    let mut text = files::text(root.join(page));
    text +=
        "\n```rust\n{{#include ../../../examples-threads/counter/tests/it/traps.rs:trap}}\n```\n";
    fixture::write(root, page, &text);
    let source = "examples-threads/counter/tests/it/traps.rs";
    let trap = "// ANCHOR: trap\nassert_eq!(LIMIT, counter::Counter::default().get());\n\
                // ANCHOR_END: trap\n";
    let limit = "const LIMIT: u64 = 0;\n";
    let compiled = || compile(root, &root.join("lifted-blocks"), |_| true);

    fixture::write(root, source, &format!("{limit}{trap}"));
    let failures = compiled().join("\n");
    assert!(failures.contains("cannot find value `LIMIT`"), "{failures}");
    assert!(failures.contains("threads/counter.md, line "), "{failures}");

    let yours = format!("// ANCHOR: yours\n{limit}// ANCHOR_END: yours\n{trap}");
    fixture::write(root, source, &yours);
    assert_eq!(compiled(), [""; 0]);
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
    /// A block of this page, written in this part of it.
    fn new(root: &Path, page: &Path, part: &Path, block: &CodeBlock) -> Self {
        let (mut files, mut text) = (Vec::new(), String::new());
        for line in block.body.lines() {
            match includes(line).next().filter(|_| is_include(line)) {
                None => text.extend([line, "\n"]),
                Some(include) => {
                    let file = include.file(part);
                    text += &include.shown(&files::text(&file));
                    files.push((relative(root, &file), include.anchor));
                }
            }
        }
        Self {
            page: relative(&root.join("docs/src"), page),
            line: block.line,
            files,
            text,
        }
    }

    /// Where its page shows it.
    fn place(&self) -> String {
        format!("{}, line {}", self.page, self.line)
    }

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
        let (file, _) = self.files.first()?;
        let (chapter, rest) = file.split_once('/')?;
        let owner = rest.split('/').next();
        owner.filter(|_| chapter.starts_with("examples-"))
    }

    /// The block as a file of Rust, in a crate that has the concept's source as this module.
    fn program(&self, root: &Path, module: Option<&str>) -> String {
        let mut imported: BTreeSet<String> = module
            .map(|name| format!("crate::{name}"))
            .into_iter()
            .collect();
        let mut items = String::new();
        for (file, _) in self.files.iter().filter(|(_, anchor)| anchor.is_some()) {
            let text = files::text(root.join(file));
            let mut yours = anchored(&text, "yours");
            if yours.contains(self.text.trim()) || items.contains(&yours) {
                yours.clear();
            }
            let block = format!("{yours}{}", self.text);
            imported.extend(imports(&text, &block, module));
            items += &yours;
        }
        let name = |path: &str| path.rsplit("::").next().map(str::to_owned);
        let own: Vec<_> = uses(&self.text).iter().map(|path| name(path)).collect();
        imported.retain(|path| !own.contains(&name(path)));
        let imports: String = imported
            .iter()
            .map(|path| format!("use {path};\n"))
            .collect();
        if self.by() == By::Whole {
            // An inner comment is allowed only before everything else.
            return format!("{}\n{imports}{items}", self.text.replace("//!", "//"));
        }
        let start = match self.text.contains(".await") {
            true => "async fn",
            false => "fn",
        };
        let mut program = format!(
            "{imports}{items}{start} block() -> std::result::Result<(), Box<dyn std::error::Error>> \
             {{\n{}\n;Ok(())\n}}\n",
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
        program
    }
}

/// The methods by which a block uses a trait that it does not name.
const METHODS: &[(&str, &str)] = &[
    ("Retryable", ".retry("),
    ("AsyncReadExt", READ),
    ("AsyncWriteExt", ".write_all( .flush("),
    ("FutureExt", ".now_or_never( .boxed( .catch_unwind("),
    (
        "StreamExt",
        ".next() .buffered( .buffer_unordered( .collect::<",
    ),
    ("Read", READ),
    ("Write", "write!( writeln!( .write_all( .flush("),
    ("BufRead", ".lines() .read_line("),
    ("AsyncBufReadExt", ".lines() .read_line("),
];
const READ: &str = ".read( .read_exact( .read_to_end( .read_to_string(";

/// What the imports of our tests begin with, and readers do not have.
const OURS: &str = "crate super self testing demo demo_site fetcher_suite model";

/// The imports at the top of a file that a block uses, but those of crates that a reader does not have.
/// A test of the concept names its modules by `super`, where a reader names them by the module.
fn imports(file: &str, block: &str, module: Option<&str>) -> Vec<String> {
    let is_of_a_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let words: BTreeSet<&str> = block.split(|letter| !is_of_a_name(letter)).collect();
    let mut found = uses(file);
    for path in &mut found {
        if let (Some(rest), Some(module)) = (path.strip_prefix("super::"), module) {
            *path = format!("crate::{module}::{rest}");
        }
    }
    found.retain(|path| {
        let first = path.split("::").next().unwrap_or_default();
        let name = path.rsplit([':', ' ']).next().unwrap_or_default();
        let mut known = METHODS.iter();
        let methods = known.find(|(name, _)| path.split([':', ' ']).any(|part| part == *name));
        let calls =
            |(_, methods): &(&str, &str)| methods.split(' ').any(|call| block.contains(call));
        let is_used = words.contains(name) || name == "*" || methods.is_some_and(calls);
        let of_the_concept = path.starts_with("crate::") && path.split("::").nth(1) == module;
        is_used && (of_the_concept || !OURS.split(' ').any(|ours| ours == first))
    });
    found
}

static USE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^use ([^;]+);").expect("the pattern is right"));

/// The paths that `use` items at the start of a line import.
fn uses(text: &str) -> Vec<String> {
    let imports = USE.captures_iter(text);
    imports.flat_map(|import| paths(&import[1])).collect()
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

/// A page and the generated pages that it includes, each with its text.
fn parts(page: &Path, text: String) -> Vec<(PathBuf, String)> {
    let included = includes(&text).map(|include| include.file(page));
    let generated = included.filter(|file| has_extension(file, "md"));
    let mut parts: Vec<(PathBuf, String)> = generated
        .map(|file| (file.clone(), files::text(file)))
        .collect();
    parts.insert(0, (page.to_owned(), text));
    parts
}

/// Every block of every page.
fn blocks(root: &Path) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (page, text) in pages(root) {
        for (part, text) in parts(&page, text) {
            for block in code_blocks(&text) {
                if block.language == "rust" {
                    blocks.push(Block::new(root, &page, &part, &block));
                }
            }
        }
    }
    blocks
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
    for command in page.split("cargo add ").skip(1) {
        let line = command.split(['`', '\n', '<']).next().unwrap_or_default();
        let mut words = line.split_whitespace();
        let Some(package) = words.next() else {
            continue;
        };
        let package = package.trim_matches('\'').to_owned();
        let features = added.entry(package).or_default();
        while let Some(word) = words.next() {
            if word == "--features" {
                let list = words.next().unwrap_or_default();
                features.extend(list.split(',').map(str::to_owned));
            }
        }
    }
    added
}

/// Compiles the blocks of the wanted concepts and pages below `place`. Returns what does not compile.
fn compile(root: &Path, place: &Path, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let (concepts, _) = concept::load(root);
    let concept = |slug: &str| concepts.iter().find(|concept| concept.slug == slug);
    let mut groups: BTreeMap<String, Vec<Block>> = BTreeMap::new();
    let mut count: BTreeMap<By, usize> = BTreeMap::new();
    for block in blocks(root) {
        let page = block.page.trim_end_matches(".md");
        let name = page.rsplit('/').next().unwrap_or_default();
        let owner = block.owner().filter(|_| concept(name).is_none());
        let group = owner.unwrap_or(name).to_owned();
        if !is_wanted(&group) {
            continue;
        }
        *count.entry(block.by()).or_default() += 1;
        if matches!(block.by(), By::Whole | By::Wrapped) {
            groups.entry(group).or_default().push(block);
        }
    }
    let mut failures = Vec::new();
    let mut lift = Lift::new(place);
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for (group, blocks) in &groups {
        let package = format!("{group}-blocks");
        match write(root, &place.join(&package), concept(group), blocks) {
            Ok(()) => lift.members.push(package.clone()),
            Err(error) => failures.push(format!("{group}: {error}")),
        }
        for (at, block) in blocks.iter().enumerate() {
            places.insert(format!("{package}/src/block_{}.rs", at + 1), block.place());
        }
    }
    failures.extend(lift.write_workspace().err());
    for package in &lift.members {
        let words = ["build", "--message-format=short", "-p", package].map(str::to_owned);
        if let Err(mut error) = lift.cargo(place, &words) {
            for (file, block) in &places {
                error = error.replace(file, block);
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

/// Writes the package of these blocks, with the source of the concept that they are about.
fn write(
    root: &Path,
    folder: &Path,
    concept: Option<&Concept>,
    blocks: &[Block],
) -> Result<(), String> {
    let _ = fs::remove_dir_all(folder);
    let mut library = "#![allow(warnings, let_underscore_lock)]\n".to_owned();
    let mut tables = Table::new();
    if let Some(concept) = concept {
        tables = Pasted::new(root, concept)?.tables(false);
        copy(concept, folder, |file| concept.saved_as(file))?;
        let _ = writeln!(library, "pub mod {};", concept.module());
    }
    let module = concept.map(Concept::module);
    for (at, block) in blocks.iter().enumerate() {
        let program = block.program(root, module.as_deref());
        let program = format!("// {}\n{program}", block.place());
        fixture::write(folder, &format!("src/block_{}.rs", at + 1), &program);
        let _ = writeln!(library, "mod block_{};", at + 1);
    }
    let pages = blocks
        .iter()
        .map(|block| format!("docs/src/{}", block.page));
    let pages: BTreeSet<String> = pages.chain(concept.map(Concept::page)).collect();
    for page in pages {
        let page = root.join(page);
        for (_, text) in parts(&page, files::text(&page)) {
            add(&mut tables, added(&text));
        }
    }
    let name = files::file_name(folder);
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{tables}"
    );
    fixture::write(folder, "Cargo.toml", &manifest);
    fixture::write(folder, "src/lib.rs", &library);
    Ok(())
}

/// Adds packages and features to the dependencies of a manifest, as `cargo add` does.
fn add(tables: &mut Table, added: BTreeMap<String, BTreeSet<String>>) {
    for (package, features) in added {
        let defaults = DEFAULTS.iter().find(|(name, _)| *name == package);
        let entry = table_of(tables, None).entry(package).or_insert_with(|| {
            let mut new = Table::from_iter([("version".to_owned(), "*".into())]);
            if let Some((_, features)) = defaults {
                new.insert("default-features".to_owned(), false.into());
                new.insert("features".to_owned(), features.to_vec().into());
            }
            new.into()
        });
        let entry = entry.as_table_mut().expect("each entry is a table");
        let list = entry
            .entry("features")
            .or_insert_with(|| Value::Array(Vec::new()));
        let list = list.as_array_mut().expect("features are a list");
        list.extend(features.into_iter().map(Value::from));
    }
}
