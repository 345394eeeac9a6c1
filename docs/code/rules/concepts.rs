//! What a folder needs to be a concept.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use crate::concept::{self, Concept, header};
use crate::fault::Faults;
use crate::files::{self, files_below, has_extension, pattern};
use crate::generate;

/// Folder, package and page share a name; metadata, page, tests and printed output are there.
pub fn every_folder_is_a_concept(root: &Path, faults: &mut Faults<'_>) {
    let (concepts, unreadable) = concept::load(root);
    faults.found.extend(unreadable);
    for concept in &concepts {
        check_files(root, concept, faults);
        let (slug, metadata) = (&concept.slug, &concept.metadata);
        let manifest = concept.folder.join("Cargo.toml");
        if !concept.description.ends_with('.') {
            let what = format!("the description is no sentence: {}", concept.description);
            faults.add(&manifest, what, "end it with a full stop");
        }
        let place = |concept: &Concept| (concept.metadata.part.clone(), concept.metadata.order);
        let mut before = concepts.iter().filter(|other| other.slug < *slug);
        if let Some(other) = before.find(|other| place(other) == place(concept)) {
            let what = format!("has the same part and order as {}", other.slug);
            let fix = "give one of them another order: leave gaps of 10";
            faults.add(&manifest, what, fix);
        }
        for entry in metadata.add.iter().flatten() {
            if entry.contains(['@', '$']) || entry.contains("--no-default-features") {
                let what = format!("package.metadata.concept.add has `{entry}`");
                let fix = "write `NAME --features A,B`: a version or --no-default-features would \
                           change an entry that the reader has";
                faults.add(&manifest, what, fix);
            }
        }
        for (key, siblings) in [
            ("see-also", &metadata.see_also),
            ("prerequisites", &metadata.prerequisites),
        ] {
            let known = |slug: &&String| concepts.iter().any(|other| other.slug == **slug);
            for sibling in siblings.iter().filter(|s| !known(s) || *s == slug) {
                let what = format!("{key} names {sibling}, which is no other concept");
                let fix = "name folders that exist, or leave it out";
                faults.add(&manifest, what, fix);
            }
        }
    }
}

/// Its page, its source and its tests are there, and its output where it has a demonstration.
fn check_files(root: &Path, concept: &Concept, faults: &mut Faults<'_>) {
    let page = root.join(concept.page());
    if !page.is_file() {
        let fix = "write the page; section 6 of CONTRIBUTING.md shows its form";
        faults.add(&page, "is missing", fix);
    }
    let library = concept.folder.join("src/lib.rs");
    if !library.is_file() {
        let fix = "the snippet lives in src/lib.rs, the demonstration in src/main.rs";
        faults.add(&library, "is missing", fix);
    }
    let folder = concept.folder.join("tests");
    let files = files_below(&folder);
    if !files.iter().any(|file| has_extension(file, "rs")) {
        let fix = "add a test of what the snippet promises";
        faults.add(&folder, "contains no test", fix);
    }
    let tests = tests(concept);
    if !test_a_promise(&tests) {
        let fix =
            "test what the snippet promises: the output and the short version alone are not enough";
        faults.add(&folder, "tests only what is printed", fix);
    }
    if !concept.folder.join("src/main.rs").is_file() {
        return;
    }
    let output = concept.folder.join("output.txt");
    if !output.is_file() {
        let fix = format!(
            "cargo run -q -p {} | cat, and put there what is the same on every run",
            concept.slug
        );
        faults.add(&output, "is missing", fix);
    }
    if !tests.iter().any(|text| text.contains("../output.txt\"")) {
        let what = "no test compares the demonstration with it";
        let fix =
            "call testing::transcript::check in tests/it/, as section 5 of CONTRIBUTING.md shows";
        faults.add(&output, what, fix);
    }
}

/// The text of each file below the concept's `tests`.
fn tests(concept: &Concept) -> Vec<String> {
    let files = files_below(&concept.folder.join("tests"));
    files.iter().map(files::text).collect()
}

/// Whether there are more tests than those of the output, the short version and the counterparts.
fn test_a_promise(tests: &[String]) -> bool {
    let (mut all, mut of_the_shell) = (0, 0);
    for text in tests {
        all += generate::test_names(text).len();
        for many in ["mutants!", "conformance!"] {
            all += text.matches(many).count();
        }
        for call in ["transcript::check", "idea::main()", "twin::"] {
            of_the_shell += text.matches(call).count();
        }
    }
    all > of_the_shell
}

/// The first line of what readers copy.
const SPDX: &str = "// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0";

fn check_licence(file: &Path, faults: &mut Faults<'_>) {
    if files::text(file).lines().next() != Some(SPDX) {
        let fix = format!("make this its first line: {SPDX}");
        faults.add(file, "does not begin with the licence line", fix);
    }
}

/// The header of `lib.rs`: licence, sentence, command, page, *Notice*, *Use instead*, program.
pub fn headers_have_the_form(root: &Path, faults: &mut Faults<'_>) {
    for concept in concept::load(root).0 {
        for file in concept.snippet() {
            check_licence(&file, faults);
        }
        let file = concept.folder.join("src/lib.rs");
        let library = concept.library();
        let lines: Vec<&str> = header(&library).map(str::trim).collect();
        let first = lines.split(|line| line.is_empty()).next();
        let first = first.unwrap_or_default().join(" ");
        let description = &concept.description;
        if first != *description && !first.starts_with(&format!("{description} ")) {
            let what = format!("does not begin with the manifest's description: {description}");
            let fix = "make the first sentence of the header and `description` the same";
            faults.add(&file, what, fix);
        }
        for needed in [
            &format!("cargo run -p {}", concept.slug),
            &concept.page(),
            "*Notice",
            "*Use instead",
        ] {
            if !lines.iter().any(|line| line.contains(needed)) {
                let what = format!("the header does not say `{needed}`");
                faults.add(&file, what, format!("add a `//!` line with `{needed}`"));
            }
        }
        check_program(&library, &file, faults);
    }
}

/// The longest program under `# Use it`, which must fit at a glance.
const LONGEST_PROGRAM: usize = 15;

fn check_program(library: &str, file: &Path, faults: &mut Faults<'_>) {
    let Some(program) = generate::program(library) else {
        return; // Another rule reports it, because what is generated is made of it.
    };
    let lines = program.lines().count();
    if lines > LONGEST_PROGRAM {
        let what = format!("the program under `# Use it` has {lines} lines");
        faults.add(file, what, format!("shorten it to {LONGEST_PROGRAM}"));
    }
    let hidden = |line: &str| line == "#" || line.starts_with("# ");
    if program.lines().any(|line| hidden(line.trim())) {
        let what = "the program under `# Use it` hides a line";
        faults.add(file, what, "show it: what is hidden is not copied");
    }
    let fence = header(library)
        .skip_while(|line| *line != "# Use it")
        .find_map(|line| line.strip_prefix("```"))
        .unwrap_or_default();
    if fence != "ignore" {
        let what = format!("the program under `# Use it` is marked `{fence}`");
        let fix = "mark it `ignore`: as a doctest it fails where the file is pasted as a module; \
                   the lift test compiles it";
        faults.add(file, what, fix);
    }
}

/// The longest short version, without its licence line.
const LONGEST_IDEA: usize = 30;

/// Each concept has a short version, at most 30 lines, which a test runs.
pub fn ideas_are_short(root: &Path, faults: &mut Faults<'_>) {
    for concept in concept::load(root).0 {
        let file = &concept.folder.join("examples/idea.rs");
        let Ok(text) = fs::read_to_string(file) else {
            let fix = "write the short version: at most 30 lines that run and print something";
            faults.add(file, "is missing", fix);
            continue;
        };
        check_licence(file, faults);
        let lines: Vec<&str> = text.lines().skip(1).collect();
        if lines.len() > LONGEST_IDEA {
            let what = format!("has {} lines below the licence line", lines.len());
            faults.add(file, what, format!("shorten it to {LONGEST_IDEA}"));
        }
        if !lines.iter().any(|line| line.starts_with("//!")) {
            let fix = "say what it gives up, in a `//!` comment below the licence line";
            faults.add(file, "has no comment", fix);
        }
        for needed in ["fn main()", "println!"] {
            if !text.contains(needed) {
                let fix = "make it a program that shows what it does";
                faults.add(file, format!("has no {needed}"), fix);
            }
        }
        if !tests(&concept).iter().any(|text| text.contains("idea")) {
            let fix = "add to tests/it/: #[path = \"../../examples/idea.rs\"] mod idea; \
                       and a test that calls idea::main()";
            faults.add(file, "is run by no test", fix);
        }
    }
}

static FROM_THE_CRATE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[^\w$])crate::"));

/// What is copied names its own items from where it is: pasted as a module it is no crate.
pub fn snippets_name_no_crate(root: &Path, faults: &mut Faults<'_>) {
    for concept in concept::load(root).0 {
        for file in concept.snippet() {
            for (at, line) in files::text(&file).lines().enumerate() {
                let code = line.split("// ").next().unwrap_or_default();
                if FROM_THE_CRATE.is_match(code) {
                    let what = format!("line {} names crate::", at + 1);
                    let fix = "write self:: or super::, so that it compiles as a module too";
                    faults.add(&file, what, fix);
                }
            }
        }
    }
}
