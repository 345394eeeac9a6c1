//! Tests each property of a source file under a model, and plants bugs that the properties must find.
//!
//! ```text
//! mutants::mutants! {
//!     "src/lib.rs" as semaphore, "tests/model/properties.rs";
//!
//!     /// The waiting thread is not notified that its permits are there.
//!     no_notify: { first.turn.notify_one(); } => {}, at_most_n_threads_are_inside, "deadlock; threads =";
//! }
//! ```
//!
//! A property that no planted bug is for must be named, in a last statement `unplanted: a, b;`, so that
//! nobody takes it for one that is known to find something.
//!
//! Each `pub(crate) fn` without arguments in the file of properties becomes a test on the source as it
//! is. Each planted bug, a *mutant*, becomes a test that the named property fails with these words.
//!
//! A mutant is the source file with some tokens replaced, so it cannot fall behind the file: tokens
//! that are not found exactly once do not compile. It is written below cargo's temporary folder for
//! tests, with the line numbers of the original, so a failure names a line that you can open. A bug that
//! the property does not find is reported with that file and line. It is
//! compiled with the test, without a second cargo, a build script or the network.
//!
//! The tests that it generates use the package `testing`, which its user must depend on.

mod source;

use proc_macro::{Delimiter, TokenStream, TokenTree};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

/// See the crate's documentation. Paths are relative to the package.
#[proc_macro]
pub fn mutants(input: TokenStream) -> TokenStream {
    expand(input).unwrap_or_else(|message| {
        format!("compile_error!({message:?});")
            .parse()
            .unwrap_or_default()
    })
}

fn expand(input: TokenStream) -> Result<TokenStream, String> {
    let package = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let mut statements = input.into_iter().collect::<Vec<_>>();
    if statements.last().map(ToString::to_string).as_deref() == Some(";") {
        statements.pop();
    }
    let mut statements = statements.split(|token| token.to_string() == ";");

    let head = statements.next().unwrap_or_default();
    let [source, _as, module, _comma, properties] = head else {
        return Err("expected: \"source\" as module, \"properties\";".to_owned());
    };
    let path = |literal: &TokenTree| package.join(literal.to_string().trim_matches('"'));
    let (source, properties) = (path(source), path(properties));
    let original = read(&source)?;

    // Naming the file as an include makes cargo compile this again when it changes.
    let mut output = format!("const _: &str = include_str!({source:?});\n");
    let names = property_names(&properties)?;
    output += &property_tests(&properties, &names);
    let mut named = Vec::new();
    for statement in statements {
        if let Some(unplanted) = unplanted(statement) {
            named.extend(unplanted);
            continue;
        }
        let bug = Bug::parse(statement)?;
        let (mutated, line) = source::replace(&original, &bug.needle, &bug.replacement)
            .map_err(|error| format!("{}: {error}, in {}", bug.name, source.display()))?;
        let file = write(&source, &bug.name, &module.to_string(), &mutated)?;
        let place = format!("{}:{line}", file.display());
        named.push(bug.property.clone());
        let Bug {
            docs,
            name,
            property,
            complaint,
            ..
        } = bug;
        let _ = write!(
            output,
            "#[allow(warnings, clippy::all)]
            mod {name} {{
                use super::*; // the modules beside a source of several files, by `super::`
                #[path = {file:?}] pub mod {module};
                #[path = {properties:?}] pub mod properties;
            }}
            {docs} #[test]
            fn {name}() {{
                let test = concat!(module_path!(), \"::{name}\");
                let property = {name}::properties::{property};
                ::testing::child::assert_finds({place:?}, test, {complaint}, property);
            }}\n"
        );
    }
    if let Some(name) = names.iter().find(|name| !named.contains(name)) {
        return Err(format!(
            "no planted bug is for the property {name}: plant one, or name it as `unplanted: {name};`"
        ));
    }
    output.parse().map_err(|error| format!("{error}"))
}

/// The properties of the statement `unplanted: a, b`, or `None` if it is another one.
fn unplanted(statement: &[TokenTree]) -> Option<Vec<String>> {
    let [first, _colon, names @ ..] = statement else {
        return None;
    };
    let names = names.iter().map(ToString::to_string);
    (first.to_string() == "unplanted").then(|| names.filter(|name| name != ",").collect())
}

/// A statement of the macro.
struct Bug {
    /// Why it is a bug, as doc comments.
    docs: String,
    name: String,
    /// The tokens that are replaced, and what replaces them.
    needle: Vec<String>,
    replacement: String,
    /// The property that must fail, and with which words.
    property: String,
    complaint: String,
}

impl Bug {
    fn parse(statement: &[TokenTree]) -> Result<Self, String> {
        let name = statement
            .iter()
            .position(|token| matches!(token, TokenTree::Ident(_)));
        let (docs, rest) = statement.split_at(name.unwrap_or(0));
        let [
            name,
            _colon,
            needle,
            _equals,
            _greater,
            replacement,
            _comma,
            property,
            _comma2,
            complaint,
        ] = rest
        else {
            return Err(
                "expected: /// why\nname: { tokens } => { tokens }, property, \"complaint\";"
                    .to_owned(),
            );
        };
        let needle = source::atoms(inside(needle)?);
        if needle.is_empty() {
            return Err(format!("{name}: no tokens to replace"));
        }
        Ok(Self {
            docs: docs.iter().cloned().collect::<TokenStream>().to_string(),
            name: name.to_string(),
            needle,
            replacement: inside(replacement)?.to_string(),
            property: property.to_string(),
            complaint: complaint.to_string(),
        })
    }
}

fn inside(token: &TokenTree) -> Result<TokenStream, String> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Ok(group.stream()),
        other => Err(format!("expected {{ tokens }}, found {other}")),
    }
}

/// The functions of the file that are properties.
fn property_names(properties: &Path) -> Result<Vec<String>, String> {
    let text = read(properties)?;
    let names = text.lines().filter_map(|line| {
        let name = line.strip_prefix("pub(crate) fn ")?;
        name.strip_suffix("() {").map(str::to_owned)
    });
    Ok(names.collect())
}

/// A test for each property, on the source as it is. The file of properties is a module of its name.
fn property_tests(properties: &Path, names: &[String]) -> String {
    let module = properties.file_stem().unwrap_or_default().to_string_lossy();
    let mut tests = String::new();
    for name in names {
        let _ = writeln!(
            tests,
            "#[test] fn {name}() {{
                let test = concat!(module_path!(), \"::{name}\");
                ::testing::child::assert_property(test, {module}::{name});
            }}"
        );
    }
    tests
}

/// Writes a mutant below cargo's temporary folder for tests: `mutants/PACKAGE/NAME/MODULE.rs`.
fn write(original: &Path, name: &str, module: &str, text: &str) -> Result<PathBuf, String> {
    // A folder for each package, because those are compiled at the same time.
    let folder = Path::new(&variable("CARGO_TARGET_TMPDIR")?)
        .join("mutants")
        .join(variable("CARGO_PKG_NAME")?)
        .join(name);
    let file = folder.join(format!("{module}.rs"));
    let write = || {
        if fs::read_to_string(&file).is_ok_and(|old| old == text) {
            return Ok(());
        }
        fs::create_dir_all(&folder)?;
        // Written aside and renamed: a debug and a release build may write it at the same time.
        let aside = folder.join(process::id().to_string());
        fs::write(&aside, text)?;
        // Cargo compiles again what is newer than the last build, which began before this.
        let modified = fs::metadata(original)?.modified()?;
        let opened = fs::File::options().write(true).open(&aside)?;
        opened.set_modified(modified)?;
        drop(opened);
        fs::rename(&aside, &file)
    };
    write().map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(file)
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

/// A variable that cargo sets while it builds an integration test.
fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|error| format!("{name}: {error}"))
}
