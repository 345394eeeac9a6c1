//! What a page shows for pasting: what the source needs, a complete program, and the source.

use std::borrow::Borrow;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use toml::{Table, Value};

use super::FIX;
use crate::concept::{Concept, Dependency, header, lookup};
use crate::fault::Fault;
use crate::files::{self, relative};

/// The *Use it* of a page: what the source needs, where it is saved, and the program that uses it.
pub(super) fn use_it(root: &Path, concept: &Concept) -> Result<String, Fault> {
    let program = program(&concept.library()).ok_or_else(|| {
        let what = "has no program in its header under `# Use it`";
        let fix = "add `//! # Use it` and below it a code block with a complete program";
        Fault::new(root, concept.folder.join("src/lib.rs"), what, fix)
    })?;
    let mut text = format!(
        "<!-- Written by `{FIX}` from {}: do not edit. -->\n\n",
        relative(root, &concept.folder)
    );
    let needs = match rust_version(root) {
        Some(version) => format!("edition 2021 or later, Rust {version} or later"),
        None => "edition 2021 or later".to_owned(),
    };
    let save = save(root, concept);
    let dependencies = &concept.dependencies[..];
    let (needed, one_is_there) = match dependencies {
        [] => ("No dependency", ""),
        [_] => ("One dependency", "it"),
        [_, _] => ("Two dependencies", "one of them"),
        [_, _, _] => ("Three dependencies", "one of them"),
        more => (&*format!("{} dependencies", more.len()), "one of them"),
    };
    if dependencies.is_empty() {
        let _ = writeln!(text, "{needed}; {needs}. {save}");
    } else {
        let commands = commands(concept);
        let commands: String = commands
            .iter()
            .map(|line| format!("$ cargo add {line}\n"))
            .collect();
        let tested = each(dependencies, |dependency| {
            let version = locked(root, dependency);
            version.unwrap_or_else(|| dependency.version().to_owned())
        });
        let _ = writeln!(
            text,
            "{needed}; {needs}:\n\n```console\n{commands}```\n\n<details><summary>The tested versions, and what happens if your project has {one_is_there} already</summary>\n\nTested with {tested}. {}\n\n</details>\n\n{save}",
            if_it_is_there(dependencies)
        );
    }
    let _ = write!(
        text,
        "\n```rust\nmod {};\n\n{}```\n",
        concept.module(),
        with_main(&program)
    );
    Ok(text)
}

/// Each file of the snippet, folded, under the name that it is saved as.
pub(super) fn source(root: &Path, concept: &Concept) -> String {
    let files = concept.snippet();
    let names: Vec<&str> = concept
        .dependencies
        .iter()
        .map(Dependency::package)
        .collect();
    let needs = match names[..] {
        _ if files.len() > 1 => String::new(),
        [] => ", std only".to_owned(),
        _ => format!(", with {}", list(&names)),
    };
    let mut text = String::new();
    for (at, file) in files.iter().enumerate() {
        let lines = files::text(file).lines().count();
        let id = if at == 0 { " id=\"the-source\"" } else { "" };
        let what = match files.len() {
            1 => "The source".to_owned(),
            count => format!("The source, {} of {count}", at + 1),
        };
        let _ = writeln!(
            text,
            "<details class=\"source\"{id}><summary>{what}: <code>{}</code>, {lines} lines{needs}\
             </summary>\n\n```rust\n{{{{#include ../../../../{}}}}}\n```\n\n</details>",
            concept.saved_as(file),
            relative(root, file)
        );
    }
    if let Some(url) = playground(concept) {
        let _ = writeln!(
            text,
            "\nTo try the idea without a project, open its [short version in the Rust Playground]({url})."
        );
    }
    text
}

/// The short version in the Rust Playground, where a reader can run it without installing anything.
/// A concept with dependencies has none: the Playground may lack them, or have others.
fn playground(concept: &Concept) -> Option<String> {
    let idea = fs::read_to_string(concept.folder.join("examples/idea.rs")).ok()?;
    let code = utf8_percent_encode(&idea, ENCODED);
    let url = "https://play.rust-lang.org/?version=stable&mode=debug&edition=2021&code=";
    concept
        .dependencies
        .is_empty()
        .then(|| format!("{url}{code}"))
}

/// All but what a URL may contain anywhere.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// What to do with the source.
fn save(root: &Path, concept: &Concept) -> String {
    let files = concept.snippet();
    let source = "[the source](#the-source)";
    let folder = relative(root, &concept.folder);
    let mut text = match &files[..] {
        [_] => format!(
            "Save {source} (<span class=\"file\">{folder}/src/lib.rs</span>) as `src/{}.rs`",
            concept.module()
        ),
        _ => format!(
            "Save the {} files of {source} (<span class=\"file\">{folder}/src</span>) in `src/{}/`, \
             `lib.rs` as `mod.rs`",
            files.len(),
            concept.module()
        ),
    };
    if root.join("support/take/Cargo.toml").is_file() {
        let _ = write!(
            text,
            ", or run `cargo run -p take -- {} --into ../my-app` in this repository",
            concept.slug
        );
    }
    text.push_str(". Then:");
    text
}

/// What `cargo add` is given, one entry each: as the manifest says, or made from its dependencies.
///
/// They are safe beside an entry that exists: without a version `cargo add` keeps the one that is
/// there, and features are only added.
fn commands(concept: &Concept) -> Vec<String> {
    let from_dependencies = || concept.dependencies.iter().map(arguments).collect();
    concept
        .metadata
        .add
        .clone()
        .unwrap_or_else(from_dependencies)
}

fn arguments(dependency: &Dependency) -> String {
    let Dependency {
        name,
        target,
        value,
    } = dependency;
    let mut arguments = dependency.package().to_owned();
    if arguments != *name {
        let _ = write!(arguments, " --rename {name}");
    }
    if let Some(target) = target {
        let _ = write!(arguments, " --target '{target}'");
    }
    let features = value.get("features").and_then(Value::as_array);
    let features: Vec<&str> = features
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if !features.is_empty() {
        let _ = write!(arguments, " --features {}", features.join(","));
    }
    arguments
}

/// The version in `Cargo.lock` that meets the manifest's.
fn locked(root: &Path, dependency: &Dependency) -> Option<String> {
    let lock: Table = files::text(root.join("Cargo.lock")).parse().ok()?;
    let asked = line(dependency.version());
    let mut versions = lock.get("package")?.as_array()?.iter().filter_map(|entry| {
        let version = entry.get("version")?.as_str()?;
        let ours = entry.get("name")?.as_str()? == dependency.package();
        (ours && entry.get("source").is_some() && line(version) == asked).then_some(version)
    });
    versions.next_back().map(str::to_owned)
}

/// What two versions have in common if one may take the other's place: `0.13` of `0.13.5`, `1` of
/// `1.54.1`.
pub fn line(version: &str) -> String {
    let parts: Vec<&str> = version
        .trim_start_matches(['^', '=', '~'])
        .split('.')
        .collect();
    let zeros = parts.iter().take_while(|part| **part == "0").count();
    parts[..parts.len().min(zeros + 1)].join(".")
}

fn rust_version(root: &Path) -> Option<String> {
    let manifest: Table = files::text(root.join("Cargo.toml")).parse().ok()?;
    let version = lookup(&manifest, &["workspace", "package", "rust-version"])?;
    version.as_str().map(str::to_owned)
}

/// What becomes of an entry that the reader's project has already.
fn if_it_is_there(dependencies: &[Dependency]) -> String {
    let these = match dependencies {
        [_] => "This command keeps the version that is there and only adds",
        _ => "These commands keep the versions that are there and only add",
    };
    format!(
        "{these} what is missing. The source is tested with {}. An entry with an older major version has to \
         be updated first, unless this page says otherwise.",
        each(dependencies, |dependency| line(dependency.version()))
    )
}

/// `reqwest 0.13 and tokio 1`
fn each(dependencies: &[Dependency], version: impl Fn(&Dependency) -> String) -> String {
    let named = dependencies.iter();
    let named = named.map(|dependency| format!("{} {}", dependency.package(), version(dependency)));
    list(&named.collect::<Vec<_>>())
}

/// `a, b and c`
fn list<T: Borrow<str>>(items: &[T]) -> String {
    match items {
        [some @ .., last] if !some.is_empty() => {
            format!("{} and {}", some.join(", "), last.borrow())
        }
        _ => items.concat(),
    }
}

/// The first code block under `# Use it` in the header of a library.
pub fn program(library: &str) -> Option<String> {
    let mut block = header(library)
        .skip_while(|line| *line != "# Use it")
        .skip_while(|line| !line.starts_with("```"))
        .skip(1);
    let mut program = String::new();
    loop {
        match block.next()? {
            "```" => return Some(program),
            line => program.extend([line, "\n"]),
        }
    }
}

/// The program with a `main` around its statements, if it has none: rustdoc puts one around an
/// example too, but a reader who pastes it needs to see it.
fn with_main(program: &str) -> String {
    if program.contains("fn main()") {
        return program.to_owned();
    }
    let is_use = |line: &&str| line.starts_with("use ");
    let mut text = String::new();
    for line in program.lines().take_while(is_use) {
        text.extend([line, "\n"]);
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str("fn main() {\n");
    let statements = program.lines().skip_while(is_use);
    for line in statements.skip_while(|line| line.is_empty()) {
        let indent = if line.is_empty() { "" } else { "    " };
        text.extend([indent, line, "\n"]);
    }
    text.push_str("}\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_the_first_block_under_its_heading() {
        let library = "// SPDX\n//! One.\n//!\n//! ```\n//! no\n//! ```\n//! # Use it\n//!\n\
                       //! ```ignore\n//! fn main() {\n//!     run();\n//!\n//! }\n//! ```\nuse x;\n";
        assert_eq!(program(library).unwrap(), "fn main() {\n    run();\n\n}\n");
        assert_eq!(program("//! # Use it\n//! ```\n//! fn main() {}\n"), None);
        assert_eq!(program("//! One.\n"), None);
    }

    #[test]
    fn statements_get_a_main_around_them() {
        assert_eq!(
            with_main("use a::B;\nuse c;\n\nlet b = B;\n\nb.run(|| {\n    c::d();\n});\n"),
            "use a::B;\nuse c;\n\nfn main() {\n    let b = B;\n\n    b.run(|| {\n        \
             c::d();\n    });\n}\n"
        );
        assert_eq!(with_main("x();\n"), "fn main() {\n    x();\n}\n");
        assert_eq!(with_main("async fn main() {}\n"), "async fn main() {}\n");
    }

    #[test]
    fn cargo_add_never_names_a_version_or_switches_a_default_off() {
        let arguments = |value: &str, target: Option<&str>| {
            arguments(&Dependency {
                name: "x".into(),
                target: target.map(str::to_owned),
                value: format!("x = {value}").parse::<Table>().unwrap()["x"].clone(),
            })
        };
        assert_eq!(arguments("\"1.2\"", None), "x");
        assert_eq!(
            arguments(
                "{ version = \"1\", package = \"y\", default-features = false, features = [\"a\", \"b\"] }",
                Some("cfg(unix)")
            ),
            "y --rename x --target 'cfg(unix)' --features a,b"
        );
    }

    #[test]
    fn versions_that_may_take_each_others_place_have_one_line() {
        assert_eq!(line("1.54.1"), "1");
        assert_eq!(line("0.13.5"), "0.13");
        assert_eq!(line("~3.5.2"), "3");
        assert_eq!(line("0.0.3"), "0.0.3");
        assert_eq!(line("2"), "2");
    }
}
