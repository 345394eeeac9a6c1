//! What a folder needs to be a concept.

use std::path::Path;

use crate::concept::{self, Concept};
use crate::fault::Fault;
use crate::generate;

/// The minimal program that a page shows must fit at a glance.
const LONGEST_PROGRAM: usize = 15;

/// Folder, package and page share a name; metadata, page, tests and printed output are there.
pub fn every_folder_is_a_concept(root: &Path) -> Vec<Fault> {
    let (concepts, mut faults) = concept::load(root);
    for concept in &concepts {
        let mut fault = |file: &Path, what: String, fix: String| {
            faults.push(Fault::new(root, file, what, fix));
        };
        let manifest = concept.folder.join("Cargo.toml");
        let page = root.join(concept.page());
        if !page.is_file() {
            let fix = "write the page; CONTRIBUTING.md shows its form";
            fault(&page, "is missing".into(), fix.into());
        }
        if !concept.folder.join("src/lib.rs").is_file() {
            let fix = "the snippet lives in src/lib.rs, the demonstration in src/main.rs";
            let lib = concept.folder.join("src/lib.rs");
            fault(&lib, "is missing".into(), fix.into());
        }
        let tests = concept.folder.join("tests");
        if !concept::files_below(&tests)
            .iter()
            .any(|file| file.extension().is_some_and(|extension| extension == "rs"))
        {
            let fix = "add a test of what the snippet promises";
            fault(&tests, "contains no test".into(), fix.into());
        }
        if !tests_a_promise(&tests) {
            let fix = "test what the snippet promises: the output and the short version alone are not enough";
            fault(&tests, "tests only what is printed".into(), fix.into());
        }
        if concept.folder.join("src/main.rs").is_file() {
            check_output(concept, &mut fault);
        }
        if !concept.description.ends_with('.') {
            let what = format!("the description is no sentence: {}", concept.description);
            fault(&manifest, what, "end it with a full stop".into());
        }
        if let Some(other) = concepts.iter().find(|other| {
            other.slug < concept.slug && (other.part, other.order) == (concept.part, concept.order)
        }) {
            let what = format!("has the same part and order as {}", other.slug);
            let fix = "give one of them another order: leave gaps of 10".into();
            fault(&manifest, what, fix);
        }
        for entry in concept.add.iter().flatten() {
            if entry.contains(['@', '$']) || entry.contains("--no-default-features") {
                let what = format!("package.metadata.concept.add has `{entry}`");
                let fix = "write `NAME --features A,B`: a version or --no-default-features would \
                           change an entry that the reader has";
                fault(&manifest, what, fix.into());
            }
        }
        let see_also = concept.see_also.iter().map(|slug| ("see-also", slug));
        let first = concept
            .prerequisites
            .iter()
            .map(|slug| ("prerequisites", slug));
        for (key, sibling) in see_also.chain(first) {
            let exists = concepts.iter().any(|other| other.slug == *sibling);
            if !exists || *sibling == concept.slug {
                let what = format!("{key} names {sibling}, which is no other concept");
                let fix = "name folders that exist, or leave it out".into();
                fault(&manifest, what, fix);
            }
        }
    }
    faults
}

/// Whether there are more tests than those of the output, the short version and the counterparts.
fn tests_a_promise(tests: &Path) -> bool {
    let (mut all, mut of_the_shell) = (0, 0);
    for file in concept::files_below(tests) {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        all += generate::test_names(&text).len() + text.matches("mutants!").count();
        all += text.matches("conformance!").count();
        for call in ["transcript::check", "idea::main()", "twin::"] {
            of_the_shell += text.matches(call).count();
        }
    }
    all > of_the_shell
}

fn check_output(concept: &Concept, fault: &mut impl FnMut(&Path, String, String)) {
    let output = concept.folder.join("output.txt");
    let slug = &concept.slug;
    if !output.is_file() {
        let fix =
            format!("cargo run -q -p {slug} | cat, and put there what is the same on every run");
        fault(&output, "is missing".into(), fix);
    }
    let compared = concept::files_below(&concept.folder.join("tests"))
        .iter()
        .any(|file| {
            std::fs::read_to_string(file).is_ok_and(|text| text.contains("../output.txt\""))
        });
    if !compared {
        let what = "no test compares the demonstration with it".into();
        let fix = "add tests/output.rs with testing::transcript::check, as in the sibling concepts";
        fault(&output, what, fix.into());
    }
}

/// The first line of what readers copy.
const SPDX: &str = "// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0";

/// The header of `lib.rs`: licence, sentence, command, page, *Notice*, *Use instead*, program.
pub fn headers_have_the_form(root: &Path) -> Vec<Fault> {
    let mut faults = Vec::new();
    for concept in concept::load(root).0 {
        let library = concept.library();
        for file in concept.snippet() {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            if text.lines().next() != Some(SPDX) {
                let what = "does not begin with the licence line";
                let fix = format!("make this its first line: {SPDX}");
                faults.push(Fault::new(root, &file, what, fix));
            }
        }
        let file = concept.folder.join("src/lib.rs");
        let header: Vec<&str> = library
            .lines()
            .skip_while(|line| !line.starts_with("//!"))
            .map_while(|line| line.strip_prefix("//!"))
            .map(str::trim)
            .collect();
        let mut fault = |what: String, fix: String| {
            faults.push(Fault::new(root, &file, what, fix));
        };
        let first: Vec<&str> = header
            .iter()
            .copied()
            .take_while(|line| !line.is_empty())
            .collect();
        let (first, description) = (first.join(" "), &concept.description);
        if first != *description && !first.starts_with(&format!("{description} ")) {
            fault(
                format!("does not begin with the manifest's description: {description}"),
                "make the first sentence of the header and `description` the same".into(),
            );
        }
        for needed in [
            format!("cargo run -p {}", concept.slug),
            concept.page(),
            "*Notice".into(),
            "*Use instead".into(),
        ] {
            if !header.iter().any(|line| line.contains(&needed)) {
                fault(
                    format!("the header does not say `{needed}`"),
                    format!("add a `//!` line with `{needed}`"),
                );
            }
        }
        check_program(&library, &header, &mut fault);
    }
    faults
}

fn check_program(library: &str, header: &[&str], fault: &mut impl FnMut(String, String)) {
    let Some(program) = generate::program(library) else {
        return; // Said by another rule, for what is generated is made of it.
    };
    let lines = program.lines().count();
    if lines > LONGEST_PROGRAM {
        fault(
            format!("the program under `# Use it` has {lines} lines"),
            format!("shorten it to {LONGEST_PROGRAM}"),
        );
    }
    if program
        .lines()
        .any(|line| line.trim() == "#" || line.trim_start().starts_with("# "))
    {
        fault(
            "the program under `# Use it` hides a line".into(),
            "show it: what is hidden is not copied".into(),
        );
    }
    let fence = header
        .iter()
        .skip_while(|line| **line != "# Use it")
        .find_map(|line| line.strip_prefix("```"))
        .unwrap_or_default();
    if fence != "ignore" {
        fault(
            format!("the program under `# Use it` is marked `{fence}`"),
            "mark it `ignore`: as a doctest it fails where the file is pasted as a module; \
             the lift test compiles it"
                .into(),
        );
    }
}

/// The longest short version, without its licence line.
const LONGEST_IDEA: usize = 30;

/// Each concept has a short version, at most 30 lines, which a test runs.
pub fn ideas_are_short(root: &Path) -> Vec<Fault> {
    let mut faults = Vec::new();
    for concept in concept::load(root).0 {
        let file = concept.folder.join("examples/idea.rs");
        let Ok(text) = std::fs::read_to_string(&file) else {
            let fix = "write the short version: at most 30 lines that run and print something";
            faults.push(Fault::new(root, &file, "is missing", fix));
            continue;
        };
        let mut fault = |what: String, fix: String| {
            faults.push(Fault::new(root, &file, what, fix));
        };
        if text.lines().next() != Some(SPDX) {
            let fix = format!("make this its first line: {SPDX}");
            fault("does not begin with the licence line".into(), fix);
        }
        let lines: Vec<&str> = text.lines().skip(1).collect();
        if lines.len() > LONGEST_IDEA {
            let what = format!("has {} lines below the licence line", lines.len());
            fault(what, format!("shorten it to {LONGEST_IDEA}"));
        }
        if !lines.iter().any(|line| line.starts_with("//")) {
            let fix = "say what it gives up, in a comment at its start";
            fault("has no comment".into(), fix.into());
        }
        for needed in ["fn main()", "println!"] {
            if !text.contains(needed) {
                let fix = "make it a program that shows what it does";
                fault(format!("has no {needed}"), fix.into());
            }
        }
        let runs = concept::files_below(&concept.folder.join("tests"))
            .iter()
            .any(|file| std::fs::read_to_string(file).is_ok_and(|text| text.contains("idea")));
        if !runs {
            let fix = "add to tests/it/: #[path = \"../../examples/idea.rs\"] mod idea; \
                       and a test that calls idea::main()";
            fault("is run by no test".into(), fix.into());
        }
    }
    faults
}

/// What is copied names its own items from where it is: pasted as a module it is no crate.
pub fn snippets_name_no_crate(root: &Path) -> Vec<Fault> {
    let mut faults = Vec::new();
    for concept in concept::load(root).0 {
        for file in concept.snippet() {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            for (at, line) in text.lines().enumerate() {
                let code = line.split("// ").next().unwrap_or_default();
                let path = code.match_indices("crate::").any(|(at, _)| {
                    !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$')
                });
                if path {
                    let what = format!("line {} names crate::", at + 1);
                    let fix = "write self:: or super::, so that it compiles as a module too";
                    faults.push(Fault::new(root, &file, what, fix));
                }
            }
        }
    }
    faults
}
