//! What a page shows for pasting: what the source needs, a complete program, and the source.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

use super::FIX;
use crate::concept::{Concept, Dependency, lookup};
use crate::fault::{Fault, relative};

/// The *Use it* of a page: what the source needs, where it is saved, and the program that uses it.
pub(super) fn use_it(root: &Path, concept: &Concept) -> Result<String, Fault> {
    let dependencies = concept.dependencies().map_err(|error| {
        let fix = "write it in one entry: name = { version = \"…\", … }";
        Fault::new(root, concept.folder.join("Cargo.toml"), error, fix)
    })?;
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
    if dependencies.is_empty() {
        let _ = writeln!(text, "No dependency; {needs}. {save}");
    } else {
        let commands: String = commands(concept, &dependencies)
            .iter()
            .map(|arguments| format!("$ cargo add {arguments}\n"))
            .collect();
        let tested: Vec<String> = dependencies
            .iter()
            .map(|dependency| {
                let package = package(dependency);
                let version = locked(root, dependency).unwrap_or_else(|| version(dependency));
                format!("{package} {version}")
            })
            .collect();
        let _ = writeln!(
            text,
            "{}; {needs}:\n\n```console\n{commands}```\n\n<details><summary>The tested versions, and what happens if your project has {} already</summary>\n\nTested with {}. {}\n\n</details>\n\n{save}",
            capital(&needed(&dependencies)),
            if dependencies.len() == 1 {
                "it"
            } else {
                "one of them"
            },
            list(&tested),
            if_it_is_there(&dependencies)
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
    let dependencies = concept.dependencies().unwrap_or_default();
    let files = concept.snippet();
    let mut text = String::new();
    for (at, file) in files.iter().enumerate() {
        let lines = fs::read_to_string(file).unwrap_or_default().lines().count();
        let id = if at == 0 { " id=\"the-source\"" } else { "" };
        let what = match files.len() {
            1 => "The source".to_owned(),
            count => format!("The source, {} of {count}", at + 1),
        };
        let needs = if files.len() > 1 {
            String::new()
        } else if dependencies.is_empty() {
            ", std only".to_owned()
        } else {
            let names: Vec<String> = dependencies.iter().map(package).collect();
            format!(", with {}", list(&names))
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
    if !concept.dependencies().is_ok_and(|needed| needed.is_empty()) {
        return None;
    }
    let mut url =
        "https://play.rust-lang.org/?version=stable&mode=debug&edition=2021&code=".to_owned();
    for byte in idea.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                url.push(byte.into());
            }
            _ => drop(write!(url, "%{byte:02X}")),
        }
    }
    Some(url)
}

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
pub fn commands(concept: &Concept, dependencies: &[Dependency]) -> Vec<String> {
    match &concept.add {
        Some(entries) => entries.clone(),
        None => dependencies.iter().map(arguments).collect(),
    }
}

fn arguments(dependency: &Dependency) -> String {
    let mut arguments = package(dependency);
    if arguments != dependency.name {
        let _ = write!(arguments, " --rename {}", dependency.name);
    }
    if let Some(target) = &dependency.target {
        let _ = write!(arguments, " --target '{target}'");
    }
    if let Some(features) = dependency.value.get("features").and_then(Value::as_array) {
        let features: Vec<&str> = features.iter().filter_map(Value::as_str).collect();
        if !features.is_empty() {
            let _ = write!(arguments, " --features {}", features.join(","));
        }
    }
    arguments
}

/// The name in the registry.
fn package(dependency: &Dependency) -> String {
    let package = dependency.value.get("package").and_then(Value::as_str);
    package.unwrap_or(&dependency.name).to_owned()
}

/// The version that the manifest asks for.
fn version(dependency: &Dependency) -> String {
    let version = dependency.value.get("version").and_then(Value::as_str);
    let version = dependency.value.as_str().or(version);
    version.unwrap_or("*").to_owned()
}

/// The version in `Cargo.lock` that meets the manifest's.
fn locked(root: &Path, dependency: &Dependency) -> Option<String> {
    let lock = fs::read_to_string(root.join("Cargo.lock")).ok()?;
    let lock: Table = lock.parse().ok()?;
    let asked = version(dependency);
    let mut versions = lock.get("package")?.as_array()?.iter().filter_map(|entry| {
        let version = entry.get("version")?.as_str()?;
        let ours = entry.get("name")?.as_str()? == package(dependency);
        (ours && entry.get("source").is_some() && line(version) == line(&asked)).then_some(version)
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
    let manifest = fs::read_to_string(root.join("Cargo.toml")).ok()?;
    let manifest: Table = manifest.parse().ok()?;
    let version = lookup(&manifest, &["workspace", "package", "rust-version"])?;
    version.as_str().map(str::to_owned)
}

fn needed(dependencies: &[Dependency]) -> String {
    match dependencies {
        [_] => "one dependency".to_owned(),
        [_, _] => "two dependencies".to_owned(),
        [_, _, _] => "three dependencies".to_owned(),
        _ => format!("{} dependencies", dependencies.len()),
    }
}

/// What becomes of an entry that the reader's project has already.
fn if_it_is_there(dependencies: &[Dependency]) -> String {
    let lines: Vec<String> = dependencies
        .iter()
        .map(|dependency| format!("{} {}", package(dependency), line(&version(dependency))))
        .collect();
    let these = match dependencies {
        [_] => "This command keeps the version that is there and only adds",
        _ => "These commands keep the versions that are there and only add",
    };
    format!(
        "{these} what is missing. The source is tested with {}. An entry with an older major version has to \
         be updated first, unless this page says otherwise.",
        list(&lines)
    )
}

/// `a, b and c`
fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [some @ .., last] => format!("{} and {last}", some.join(", ")),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// The first code block under `# Use it` in the header of a library.
pub fn program(library: &str) -> Option<String> {
    let header = library
        .lines()
        .skip_while(|line| !line.starts_with("//!"))
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line));
    let mut block = header
        .skip_while(|line| *line != "# Use it")
        .skip_while(|line| !line.starts_with("```"))
        .skip(1);
    let mut program = String::new();
    loop {
        let line = block.next()?;
        if line == "```" {
            return Some(program);
        }
        program.push_str(line);
        program.push('\n');
    }
}

/// The program with a `main` around its statements, if it has none: rustdoc puts one around an
/// example too, but a reader who pastes it needs to see it.
fn with_main(program: &str) -> String {
    if program.contains("fn main()") {
        return program.to_owned();
    }
    let is_use = |line: &&str| line.starts_with("use ");
    let uses: Vec<&str> = program.lines().take_while(is_use).collect();
    let mut text = String::new();
    for line in &uses {
        let _ = writeln!(text, "{line}");
    }
    text.push_str(if uses.is_empty() {
        "fn main() {\n"
    } else {
        "\nfn main() {\n"
    });
    let statements = program.lines().skip(uses.len());
    for line in statements.skip_while(|line| line.is_empty()) {
        let indent = if line.is_empty() { "" } else { "    " };
        let _ = writeln!(text, "{indent}{line}");
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
                table: String::new(),
                target: target.map(str::to_owned),
                lines: String::new(),
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
