//! Plants a bug in a copy of a source file, at compile time, and asserts that its model finds it.
//!
//! ```text
//! mutants::mutants! {
//!     "src/lib.rs" as semaphore, "tests/model/properties.rs";
//!
//!     /// Nobody tells the waiter that its permits are there.
//!     no_notify: { first.turn.notify_one(); } => {}, never_more_than_n_inside, "deadlock; threads =";
//! }
//! ```
//!
//! A mutant is the file itself with some tokens replaced, so it cannot fall behind the file: tokens
//! that are not found exactly once are a compile error. Each becomes a module with the mutated file
//! and the properties beside it, and a test that the named property fails with the given words.
//! So the mutants compile with the test, without a second cargo, a build script or the network.
//! Rejected: a crate per mutant, written and built by a cargo that the test starts: slow, and in
//! need of the right lock file and target folder.

use proc_macro::{Delimiter, Group, TokenStream, TokenTree};
use std::env;
use std::fs;
use std::path::Path;

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
    let package = env::var("CARGO_MANIFEST_DIR").map_err(|error| error.to_string())?;
    let absolute = |literal: &str| Path::new(&package).join(literal.trim_matches('"'));
    let mut statements = input.into_iter().collect::<Vec<_>>();
    if statements.last().map(ToString::to_string).as_deref() == Some(";") {
        statements.pop();
    }
    let mut statements = statements.split(|token| token.to_string() == ";");

    let head = statements.next().unwrap_or_default();
    let [source, _as, module, _comma, properties] = head else {
        return Err("expected: \"source\" as module, \"properties\";".to_owned());
    };
    let (source, properties) = (
        absolute(&source.to_string()),
        absolute(&properties.to_string()),
    );
    let text =
        fs::read_to_string(&source).map_err(|error| format!("{}: {error}", source.display()))?;
    let original: TokenStream = text
        .parse()
        .map_err(|error| format!("{}: {error}", source.display()))?;

    // Naming the file as an include makes cargo compile this again when it changes.
    let mut output = format!("const _: &str = include_str!({source:?});\n");
    for statement in statements {
        let docs = statement
            .iter()
            .position(|token| matches!(token, TokenTree::Ident(_)));
        let (docs, rest) = statement.split_at(docs.unwrap_or(0));
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
        let (needle, replacement) = (inside(needle)?, inside(replacement)?);
        if needle.is_empty() {
            return Err(format!("{name}: no tokens to replace"));
        }
        let mut found = 0;
        let mutated = replace(original.clone(), &needle, &replacement, &mut found);
        if found != 1 {
            let needle = needle.iter().cloned().collect::<TokenStream>();
            return Err(format!(
                "{name}: found {found} times, not once, in {}: {needle}",
                source.display()
            ));
        }
        let docs = docs.iter().cloned().collect::<TokenStream>();
        output += &format!(
            "#[allow(warnings, clippy::all)]
            mod {name} {{
                use super::*; // the modules beside a source of several files, by `super::`
                pub mod {module} {{ {mutated} }}
                #[path = {properties:?}] pub mod properties;
            }}
            {docs} #[test]
            fn {name}() {{
                let test = concat!(module_path!(), \"::{name}\");
                ::testing::child::assert_caught(test, {complaint}, {name}::properties::{property});
            }}\n"
        );
    }
    output.parse().map_err(|error| format!("{error}"))
}

fn inside(token: &TokenTree) -> Result<Vec<TokenTree>, String> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            Ok(group.stream().into_iter().collect())
        }
        other => Err(format!("expected {{ tokens }}, found {other}")),
    }
}

/// Replaces `needle` in the tokens and in every group among them.
fn replace(
    tokens: TokenStream,
    needle: &[TokenTree],
    replacement: &[TokenTree],
    found: &mut usize,
) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => Group::new(
                group.delimiter(),
                replace(group.stream(), needle, replacement, found),
            )
            .into(),
            other => other,
        })
        .collect();
    let mut output = Vec::new();
    let mut rest = tokens.as_slice();
    while let [first, others @ ..] = rest {
        if rest.len() >= needle.len()
            && rest
                .iter()
                .zip(needle)
                .all(|(here, there)| same(here, there))
        {
            *found += 1;
            output.extend_from_slice(replacement);
            rest = &rest[needle.len()..];
        } else {
            output.push(first.clone());
            rest = others;
        }
    }
    output.into_iter().collect()
}

/// Whether two tokens are the same but for the white space within them.
fn same(one: &TokenTree, other: &TokenTree) -> bool {
    match (one, other) {
        (TokenTree::Group(one), TokenTree::Group(other)) => {
            let (inner, other_inner) = (one.stream().into_iter(), other.stream().into_iter());
            one.delimiter() == other.delimiter()
                && inner.clone().count() == other_inner.clone().count()
                && inner
                    .zip(other_inner)
                    .all(|(one, other)| same(&one, &other))
        }
        (TokenTree::Group(_), _) | (_, TokenTree::Group(_)) => false,
        (one, other) => one.to_string() == other.to_string(),
    }
}
