//! The folded list under *Checked by*: what the tests of a concept say about themselves.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::concept::{Concept, file_name, files_below};
use crate::fault::relative;

/// Every property, planted bug and test of the concept.
pub(super) fn checked_by(root: &Path, concept: &Concept) -> String {
    let slug = &concept.slug;
    let tests = concept.folder.join("tests");
    let mut text = String::from(
        "<details class=\"checked-by\"><summary>All properties, planted bugs and tests</summary>\n",
    );
    let mut other = Vec::new();
    for (name, file, files) in binaries(&tests) {
        let source = fs::read_to_string(&file).unwrap_or_default();
        if !source.contains("mutants!") {
            other.push((name, files));
            continue;
        }
        let sources: Vec<String> = files.iter().flat_map(fs::read_to_string).collect();
        let properties: Vec<Said> = sources.iter().flat_map(|text| properties(text)).collect();
        let _ = writeln!(
            text,
            "\nProperties (`cargo test -p {slug} --test {name}`):\n"
        );
        for Said { name, sentence } in &properties {
            let _ = writeln!(text, "- {sentence} (`{name}`)");
        }
        text.push_str("\nBugs planted in the source, each of which must fail a property:\n\n");
        for (Said { name, sentence }, property) in planted(&source) {
            let fails = match properties.iter().any(|known| known.name == property) {
                true => format!(" fails `{property}`"),
                false => String::new(),
            };
            let _ = writeln!(text, "- {sentence} (`{name}`{fails})");
        }
        let more: Vec<String> = names(&source)
            .into_iter()
            .filter(|name| properties.iter().all(|known| known.name != *name))
            .map(|name| in_words(&name))
            .collect();
        if !more.is_empty() {
            let _ = writeln!(text, "\nAnd in `tests/{name}.rs`: {}.", more.join("; "));
        }
    }
    for (name, files) in other {
        let _ = writeln!(text, "\nTests (`cargo test -p {slug} --test {name}`):\n");
        for file in files {
            let source = fs::read_to_string(&file).unwrap_or_default();
            let mut names = names(&source);
            for module in ["scripts", "faults", "conformance"] {
                names.splice(0..0, cases(root, &source, module));
            }
            let names: Vec<String> = names.iter().map(|name| in_words(name)).collect();
            if !names.is_empty() {
                let file = relative(&concept.folder, &file);
                let _ = writeln!(text, "- `{file}`: {}.", names.join("; "));
            }
        }
    }
    text.push_str("\n</details>\n");
    text
}

/// The test binaries of a package, by cargo's rules: name, root file, all files.
fn binaries(tests: &Path) -> Vec<(String, std::path::PathBuf, Vec<std::path::PathBuf>)> {
    let all = files_below(tests);
    let rust = |file: &&std::path::PathBuf| file.extension().is_some_and(|end| end == "rs");
    let roots = all.iter().filter(rust).filter_map(|file| {
        let parent = file.parent()?;
        if parent == tests {
            Some((file_name(file).trim_end_matches(".rs").to_owned(), file))
        } else if parent.parent() == Some(tests) && file_name(file) == "main.rs" {
            Some((file_name(parent), file))
        } else {
            None
        }
    });
    let files = |name: &str, root: &std::path::PathBuf| {
        let within = all.iter().filter(rust).filter(|file| *file != root);
        let within = within.filter(|file| file.starts_with(tests.join(name)));
        [root].into_iter().chain(within).cloned().collect()
    };
    roots
        .map(|(name, root)| (name.clone(), root.clone(), files(&name, root)))
        .collect()
}

/// A function, and what its documentation says.
struct Said {
    name: String,
    sentence: String,
}

/// The documented functions without parameters that a file of properties offers.
fn properties(source: &str) -> Vec<Said> {
    let (mut found, mut said) = (Vec::new(), Vec::new());
    for line in source.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            said.push(words.trim());
            continue;
        }
        if line.starts_with('#') {
            continue;
        }
        let public = line.strip_prefix("pub(crate) fn ");
        if let Some((name, _)) = public
            .or_else(|| line.strip_prefix("pub fn "))
            .and_then(|rest| rest.split_once("() {"))
            && !said.is_empty()
        {
            found.push(Said {
                name: name.to_owned(),
                sentence: said.join(" "),
            });
        }
        said.clear();
    }
    found
}

/// The planted bugs of a `mutants!`, each with the property that it must fail.
fn planted(source: &str) -> Vec<(Said, String)> {
    let mut found = Vec::new();
    for block in source.split("mutants::mutants! {").skip(1) {
        let mut said = Vec::new();
        let mut rest = block;
        while let Some((line, after)) = rest.split_once('\n') {
            rest = after;
            if line == "}" {
                break;
            }
            if let Some(words) = line.trim().strip_prefix("///") {
                said.push(words.trim());
                continue;
            }
            let name = line.trim().split_once(": {").map_or("", |(name, _)| name);
            if !said.is_empty() && is_name(name) {
                let entry = [line, "\n", after].concat();
                let entry = entry.split("\";\n").next().unwrap_or_default();
                let before = entry.rsplit_once(", \"").map_or("", |(before, _)| before);
                let property = before.rsplit(|c: char| !is_part(c)).next();
                found.push((
                    Said {
                        name: name.to_owned(),
                        sentence: said.join(" "),
                    },
                    property.unwrap_or_default().to_owned(),
                ));
            }
            said.clear();
        }
    }
    found
}

/// The names of the tests of a file: functions marked as tests, and entries of a list of them.
pub(crate) fn names(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut marked = false;
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            marked = true;
        } else if let Some((name, rest)) = line
            .strip_prefix("(\"")
            .and_then(|rest| rest.split_once("\", "))
            && is_name(name)
            && rest.ends_with("),")
            && source.contains("&[Test]")
        {
            found.push(name.to_owned());
        } else if marked && !line.starts_with('#') && !line.starts_with("//") {
            let name = line.split_once("fn ").map_or("", |(_, rest)| rest);
            let name = name.split('(').next().unwrap_or_default();
            if is_name(name) {
                found.push(name.to_owned());
            }
            marked = false;
        }
    }
    found
}

/// The cases of a module of the fetcher suite that this source joins: those that it names, or all.
fn cases(root: &Path, source: &str, module: &str) -> Vec<String> {
    let call = source.split_once(&format!("fetcher_suite::{module}!("));
    let Some((arguments, _)) = call.and_then(|(_, after)| after.split_once(')')) else {
        return Vec::new();
    };
    if let Some((_, named)) = arguments.split_once(';') {
        return named.split_whitespace().map(str::to_owned).collect();
    }
    let suite = root.join("support/fetcher-suite/src");
    let text = fs::read_to_string(suite.join(format!("{module}.rs"))).unwrap_or_default();
    let names = text.lines().filter_map(|line| {
        let (name, parameter) = line.trim().strip_prefix("pub fn ")?.split_once('(')?;
        let one = ["fetcher: Fetcher) {", "_: Fetcher) {"].contains(&parameter);
        (one && !name.contains("twin")).then(|| name.to_owned())
    });
    let mut found: Vec<String> = Vec::new();
    for case in names {
        if !found.contains(&case) {
            found.push(case);
        }
    }
    found
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_part)
}

fn in_words(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_and_planted_bugs_are_told_by_their_sentences() {
        let properties = properties(
            "/// Never more than N\n/// are inside.\npub(crate) fn limit() {\n}\n\
             pub(crate) fn helper() {\n}\n/// Of two.\nfn private() {\n}\n",
        );
        assert_eq!(properties.len(), 1);
        assert_eq!(properties[0].name, "limit");
        assert_eq!(properties[0].sentence, "Never more than N are inside.");

        let found = planted(
            "mutants::mutants! {\n    \"src/lib.rs\" as x, \"tests/p.rs\";\n\n    /// Nobody is\n    \
             /// told.\n    no_notify: { a; } => {},\n        limit, \"deadlock; threads =\";\n\n    \
             /// Two.\n    two: { b: { c } } => {\n            d();\n        },\n        limit, \"x\";\n}\n",
        );
        let found: Vec<_> = found
            .iter()
            .map(|(said, property)| (&*said.name, &*said.sentence, &**property))
            .collect();
        assert_eq!(
            found,
            [
                ("no_notify", "Nobody is told.", "limit"),
                ("two", "Two.", "limit")
            ]
        );
    }

    #[test]
    fn tests_are_told_by_their_names() {
        let found = names(
            "#[test]\nfn one() {}\nfn no() {}\n#[tokio::test]\n#[cfg(unix)]\nasync fn two() {}\n\
             const TESTS: &[Test] = &[\n(\"three\", three),\n(\"some text\", 3),\n",
        );
        assert_eq!(found, ["one", "two", "three"]);
        assert_eq!(in_words("nobody_waits"), "nobody waits");
    }
}
