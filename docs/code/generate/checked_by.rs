//! The folded list under *Checked by*: what the tests of a concept say about themselves.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use crate::concept::Concept;
use crate::files::{self, file_name, files_below, has_extension, pattern, relative};

/// Every property, planted bug and test of the concept.
pub(super) fn checked_by(root: &Path, concept: &Concept) -> String {
    let slug = &concept.slug;
    let tests = concept.folder.join("tests");
    let mut text = String::from(
        "<details class=\"checked-by\"><summary>All properties, planted bugs and tests</summary>\n",
    );
    let (models, others): (Vec<_>, Vec<_>) = binaries(&tests)
        .into_iter()
        .partition(|(_, files)| files::text(&files[0]).contains("mutants!"));
    for (name, files) in models {
        let _ = writeln!(
            text,
            "\nProperties (`cargo test -p {slug} --test {name}`):\n"
        );
        text += &of_a_model(&name, &files);
    }
    for (name, files) in others {
        let _ = writeln!(text, "\nTests (`cargo test -p {slug} --test {name}`):\n");
        for file in files {
            let source = files::text(&file);
            let mut names = names(&source);
            for module in ["cases", "requests", "scripts", "faults", "conformance"] {
                names.splice(0..0, cases(root, &source, module));
            }
            if !names.is_empty() {
                let file = relative(&concept.folder, &file);
                let _ = writeln!(text, "- `{file}`: {}.", in_words(&names));
            }
        }
    }
    text.push_str("\n</details>\n");
    text
}

/// The properties that loom checks, the bugs that they must find, and the other tests beside them.
fn of_a_model(name: &str, files: &[PathBuf]) -> String {
    let mut text = String::new();
    let sources: Vec<String> = files.iter().map(files::text).collect();
    let properties: Vec<Documented> = sources.iter().flat_map(|text| properties(text)).collect();
    let is_property = |name: &str| properties.iter().any(|property| property.name == name);
    for Documented { name, sentence } in &properties {
        let _ = writeln!(text, "- {sentence} (`{name}`)");
    }
    text.push_str("\nBugs planted in the source, each of which must fail a property:\n\n");
    for (Documented { name, sentence }, property) in planted(&sources[0]) {
        let fails = match is_property(&property) {
            true => format!(" fails `{property}`"),
            false => String::new(),
        };
        let _ = writeln!(text, "- {sentence} (`{name}`{fails})");
    }
    let mut more = names(&sources[0]);
    more.retain(|name| !is_property(name));
    if !more.is_empty() {
        let _ = writeln!(text, "\nAnd in `tests/{name}.rs`: {}.", in_words(&more));
    }
    text
}

/// The test binaries of a package, by cargo's rules: each name with its files, the root first.
fn binaries(tests: &Path) -> Vec<(String, Vec<PathBuf>)> {
    let mut all = files_below(tests);
    all.retain(|file| has_extension(file, "rs"));
    let mut found = Vec::new();
    for root in &all {
        let name = match root.parent() {
            Some(parent) if parent == tests => file_name(root).trim_end_matches(".rs").to_owned(),
            Some(parent) if root == &tests.join(file_name(parent)).join("main.rs") => {
                file_name(parent)
            }
            _ => continue,
        };
        let folder = tests.join(&name);
        let within = all
            .iter()
            .filter(|file| *file != root && file.starts_with(&folder));
        let files = [root].into_iter().chain(within).cloned().collect();
        found.push((name, files));
    }
    found
}

/// A function or a planted bug, and what its documentation says.
struct Documented {
    name: String,
    sentence: String,
}

impl Documented {
    fn new(name: &str, comment: &str) -> Self {
        let lines = comment
            .lines()
            .map(|line| line.trim().trim_start_matches('/').trim());
        Self {
            name: name.to_owned(),
            sentence: lines.collect::<Vec<_>>().join(" "),
        }
    }
}

static PROPERTY: LazyLock<Regex> = LazyLock::new(|| {
    let comment = r"((?:^ *///.*\n)+)(?:^ *#.*\n)*";
    pattern(&format!(
        r"(?m){comment}^ *pub(?:\(crate\))? fn (\w+)\(\) \{{"
    ))
});

/// The documented functions without parameters that a file of properties offers.
fn properties(source: &str) -> Vec<Documented> {
    let found = PROPERTY.captures_iter(source).map(|found| found.extract());
    found
        .map(|(_, [comment, name])| Documented::new(name, comment))
        .collect()
}

/// A comment, `name: {`, the code, and at its end `property, "complaint";`.
static PLANTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?m)((?:^ *///.*\n)+)^ *(\w+): \{(?s:.*?)\b(\w+),\s+"[^"\n]*";\n"#)
});

/// The planted bugs of a `mutants!`, each with the property that it must fail.
fn planted(source: &str) -> Vec<(Documented, String)> {
    let blocks = source.split("mutants::mutants! {\n").skip(1);
    let blocks = blocks.map(|block| block.split("\n}\n").next().unwrap_or_default());
    let text: String = blocks.flat_map(|block| [block, "\n"]).collect();
    let found = PLANTED.captures_iter(&text).map(|found| found.extract());
    found
        .map(|(_, [comment, name, property])| (Documented::new(name, comment), property.to_owned()))
        .collect()
}

static TEST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?m)^ *#\[(?:tokio::)?test\b.*\n(?:^ *(?:#|//).*\n)*.*\bfn (\w+)\(")
});
/// An entry of a list of tests.
static LISTED: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?m)^ *\("(\w+)", .*\),$"#));

/// The names of the tests of a file: functions marked as tests, and entries of a list of them.
pub(crate) fn names(source: &str) -> Vec<String> {
    let lists = source.contains("&[Test]").then_some(&*LISTED);
    let patterns = [&*TEST].into_iter().chain(lists);
    let found = patterns.flat_map(|pattern| pattern.captures_iter(source));
    found.map(|found| found[1].to_owned()).collect()
}

/// A case of the fetcher suite. Its stand-in on other systems does not use its fetcher.
static CASE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?m)^ *pub fn (\w+)\(fetcher: Fetcher\) \{"));

/// The cases of a module of the fetcher suite that this source joins: those that it names, or all.
fn cases(root: &Path, source: &str, module: &str) -> Vec<String> {
    let call = source.split_once(&format!("fetcher_suite::{module}!("));
    let Some((arguments, _)) = call.and_then(|(_, after)| after.split_once(')')) else {
        return Vec::new();
    };
    if let Some((_, named)) = arguments.split_once(';') {
        return named.split_whitespace().map(str::to_owned).collect();
    }
    let text = files::text(root.join(format!("support/fetcher-suite/src/{module}.rs")));
    let names = CASE.captures_iter(&text).map(|found| found[1].to_owned());
    names.filter(|name| !name.contains("twin")).collect()
}

/// The names of tests as the page lists them.
fn in_words(names: &[String]) -> String {
    names.join("; ").replace('_', " ")
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
            .map(|(bug, property)| (&*bug.name, &*bug.sentence, &**property))
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
        assert_eq!(in_words(&found), "one; two; three");
        assert_eq!(in_words(&["nobody_waits".to_owned()]), "nobody waits");
    }
}
