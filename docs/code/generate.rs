//! What is generated and checked in, so that plain mdBook and GitHub show it too.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use toml::Value;

use crate::concept::{self, CHAPTERS, Concept, Dependency};
use crate::fault::{Fault, relative};
use crate::figures;

/// Stands before and after what is generated within a file that is otherwise written by hand.
const BEGIN: &str = "<!-- concepts:begin";
const END: &str = "<!-- concepts:end -->";

const FIX: &str = "cargo run -p book -- sync";

/// Every generated file with the text that it must have.
///
/// # Errors
/// What keeps it from being generated: a manifest, a header or a pair of markers.
pub fn expected(root: &Path) -> Result<Vec<(PathBuf, String)>, Vec<Fault>> {
    let (concepts, mut faults) = concept::load(root);
    let mut files = Vec::new();
    for concept in &concepts {
        let folder = root.join("docs/src/generated").join(&concept.slug);
        match use_it(root, concept) {
            Ok((text, program)) => {
                files.push((folder.join("use-it.md"), text));
                files.push((folder.join("use-it.rs"), program));
            }
            Err(fault) => faults.push(fault),
        }
    }
    match figures::expected(root) {
        Ok(drawn) => files.extend(drawn),
        Err(fault) => faults.push(fault),
    }
    for (file, inner) in [
        ("docs/src/SUMMARY.md", summary(&concepts)),
        ("README.md", readme(&concepts)),
    ] {
        match between_markers(root, file, &inner) {
            Ok(text) => files.push((root.join(file), text)),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        Ok(files)
    } else {
        Err(faults)
    }
}

/// Writes the generated files and removes those of concepts that are gone. Returns what changed.
///
/// # Errors
/// If a file cannot be written.
pub fn sync(root: &Path, files: &[(PathBuf, String)]) -> io::Result<Vec<String>> {
    let mut changed = Vec::new();
    for (path, text) in files {
        if fs::read_to_string(path).ok().as_ref() != Some(text) {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(path, text)?;
            changed.push(relative(root, path));
        }
    }
    for path in stale(root, files) {
        fs::remove_file(&path)?;
        changed.push(relative(root, &path));
    }
    Ok(changed)
}

/// A fault for each generated file that differs from what [`sync`] would write.
pub fn check(root: &Path) -> Vec<Fault> {
    let files = match expected(root) {
        Ok(files) => files,
        Err(faults) => return faults,
    };
    let differing = files
        .iter()
        .filter(|(path, text)| fs::read_to_string(path).ok().as_ref() != Some(text))
        .map(|(path, _)| {
            let what = "is generated, and is not what the manifests, snippets and figures say";
            Fault::new(root, path, what, FIX)
        });
    let stale = stale(root, &files)
        .into_iter()
        .map(|path| Fault::new(root, path, "belongs to no concept and no figure", FIX));
    differing.chain(stale).collect()
}

fn stale(root: &Path, files: &[(PathBuf, String)]) -> Vec<PathBuf> {
    let mut found = concept::files_below(&root.join("docs/src/generated"));
    found.retain(|path| files.iter().all(|(expected, _)| expected != path));
    found
}

/// The *Use it* of a page: what to type, the dependency lines, the minimal program. And that program
/// by itself, for the pages that set it beside another language.
fn use_it(root: &Path, concept: &Concept) -> Result<(String, String), Fault> {
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
    if dependencies.is_empty() {
        text.push_str("No dependencies: the standard library is enough.\n");
    } else {
        let commands: String = dependencies.iter().map(cargo_add).collect();
        let _ = writeln!(text, "```console\n{commands}```");
        text.push_str("\n```toml");
        let mut table = "";
        for dependency in &dependencies {
            if dependency.table != table {
                let space = if table.is_empty() { "" } else { "\n" };
                table = &dependency.table;
                let _ = write!(text, "\n{space}{table}");
            }
            let _ = write!(text, "\n{}", dependency.lines);
        }
        text.push_str("\n```\n");
    }
    let program = with_main(&program);
    let _ = write!(text, "\n```rust\n{program}```\n");
    Ok((text, program))
}

/// The command that adds the dependency with this version and these features.
fn cargo_add(dependency: &Dependency) -> String {
    let text = |key| dependency.value.get(key).and_then(Value::as_str);
    let version = dependency.value.as_str().or(text("version"));
    let package = text("package").unwrap_or(&dependency.name);
    let mut command = format!("$ cargo add {package}@{}", version.unwrap_or("*"));
    if package != dependency.name {
        let _ = write!(command, " --rename {}", dependency.name);
    }
    if let Some(target) = &dependency.target {
        let _ = write!(command, " --target '{target}'");
    }
    let flag = |key| dependency.value.get(key).and_then(Value::as_bool);
    if flag("default-features") == Some(false) {
        command.push_str(" --no-default-features");
    }
    if flag("optional") == Some(true) {
        command.push_str(" --optional");
    }
    if let Some(features) = dependency.value.get("features").and_then(Value::as_array) {
        let features: Vec<&str> = features.iter().filter_map(Value::as_str).collect();
        let _ = write!(command, " --features {}", features.join(","));
    }
    command.push('\n');
    command
}

/// The first code block under `# Use it` in the header of a library.
pub fn program(library: &str) -> Option<String> {
    let header = library
        .lines()
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

fn summary(concepts: &[Concept]) -> String {
    let mut text = String::new();
    for (chapter, concepts) in by_chapter(concepts) {
        let _ = writeln!(text, "\n# {}\n", chapter.title);
        for concept in concepts {
            let _ = writeln!(
                text,
                "- [{}]({}/{}.md)",
                concept.title, chapter.slug, concept.slug
            );
        }
    }
    text.push('\n');
    text
}

fn readme(concepts: &[Concept]) -> String {
    let mut text = String::new();
    for (chapter, concepts) in by_chapter(concepts) {
        let _ = writeln!(
            text,
            "\n### {} ([`{folder}`]({folder}))\n\n| Concept | In one sentence | Command |\n|---|---|---|",
            chapter.title,
            folder = chapter.folder
        );
        for concept in concepts {
            let _ = writeln!(
                text,
                "| [{}]({}) | {} | `cargo run -p {}` |",
                concept.title,
                concept.page(),
                concept.description.replace('|', "\\|"),
                concept.slug
            );
        }
    }
    text.push('\n');
    text
}

fn by_chapter(
    concepts: &[Concept],
) -> impl Iterator<Item = (&'static concept::Chapter, Vec<&Concept>)> {
    CHAPTERS.iter().filter_map(|chapter| {
        let within: Vec<&Concept> = concepts
            .iter()
            .filter(|concept| concept.chapter == chapter)
            .collect();
        (!within.is_empty()).then_some((chapter, within))
    })
}

/// The text of `file` with `inner` between its two marker lines.
fn between_markers(root: &Path, file: &str, inner: &str) -> Result<String, Fault> {
    let text = fs::read_to_string(root.join(file)).unwrap_or_default();
    let lines = |marker: &str| {
        text.match_indices(marker)
            .map(|(at, _)| at)
            .collect::<Vec<_>>()
    };
    match (lines(BEGIN).as_slice(), lines(END).as_slice()) {
        (&[begin], &[end]) if begin < end => {
            let begin_line = text[begin..].split_inclusive('\n').next().unwrap_or("");
            Ok([&text[..begin + begin_line.len()], inner, &text[end..]].concat())
        }
        _ => {
            let what = "has not one pair of markers for the list of concepts";
            let fix = format!("put the lines `{BEGIN} -->` and `{END}` where the list belongs");
            Err(Fault::new(root, root.join(file), what, fix))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_the_first_block_under_its_heading() {
        let library = "//! One.\n//!\n//! ```\n//! no\n//! ```\n//! # Use it\n//!\n\
                       //! ```no_run\n//! fn main() {\n//!     run();\n//!\n//! }\n//! ```\nuse x;\n";
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
    fn cargo_add_says_version_features_target_and_name() {
        let add = |value: &str, target: Option<&str>| {
            cargo_add(&Dependency {
                name: "x".into(),
                table: String::new(),
                target: target.map(str::to_owned),
                lines: String::new(),
                value: format!("x = {value}").parse::<toml::Table>().unwrap()["x"].clone(),
            })
        };
        assert_eq!(add("\"1.2\"", None), "$ cargo add x@1.2\n");
        assert_eq!(
            add(
                "{ version = \"1\", package = \"y\", default-features = false, features = [\"a\", \"b\"] }",
                Some("cfg(unix)")
            ),
            "$ cargo add y@1 --rename x --target 'cfg(unix)' --no-default-features --features a,b\n"
        );
    }
}
