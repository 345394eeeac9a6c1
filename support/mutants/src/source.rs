//! Finds tokens in the text of a source file and replaces them there, line for line.

use proc_macro::{Delimiter, TokenStream, TokenTree};

/// The tokens as they are written, delimiters included, without the white space between them.
pub(crate) fn atoms(tokens: TokenStream) -> Vec<String> {
    let mut atoms = Vec::new();
    for token in tokens {
        let TokenTree::Group(group) = token else {
            atoms.push(token.to_string());
            continue;
        };
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Brace => ("{", "}"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => ("", ""),
        };
        atoms.push(open.to_owned());
        atoms.append(&mut self::atoms(group.stream()));
        atoms.push(close.to_owned());
    }
    atoms.retain(|atom| !atom.is_empty());
    atoms
}

/// The text with the tokens replaced, and every other line where it was; and the line in which the
/// tokens begin.
///
/// # Errors
/// If the tokens are not found exactly once, or the replacement has more lines.
pub(crate) fn replace(
    text: &str,
    needle: &[String],
    replacement: &str,
) -> Result<(String, usize), String> {
    let code = without_comments(text);
    let found: Vec<(usize, usize)> = (0..code.len())
        .filter_map(|start| Some((start, end_of(&code, start, needle)?)))
        .collect();
    let [(start, end)] = found[..] else {
        let needle = needle.join(" ");
        return Err(format!("found {} times, not once: {needle}", found.len()));
    };
    let replacement = replacement.replace('\n', " ");
    let lines = "\n".repeat(text[start..end].matches('\n').count());
    let line = text[..start].matches('\n').count() + 1;
    let text = [&text[..start], &replacement, &lines, &text[end..]].concat();
    Ok((text, line))
}

/// Where the atoms end, if they begin at `start`.
fn end_of(code: &str, start: usize, atoms: &[String]) -> Option<usize> {
    let mut at = start;
    for (index, atom) in atoms.iter().enumerate() {
        if index > 0 {
            let rest = code.get(at..)?;
            at += rest.len() - rest.trim_start().len();
        }
        let in_a_word = |c: char| c.is_alphanumeric() || c == '_';
        let is_word = atom.starts_with(in_a_word);
        if is_word && code.get(..at)?.ends_with(in_a_word) {
            return None;
        }
        at += code
            .get(at..)?
            .strip_prefix(atom.as_str())
            .map(|_| atom.len())?;
        if is_word && code.get(at..)?.starts_with(in_a_word) {
            return None;
        }
    }
    Some(at)
}

/// The text with each byte of a comment as a space, so that all positions stay the same.
fn without_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            let length = rest.find('\n').unwrap_or(rest.len());
            code += &" ".repeat(length);
            length
        } else if first == '"' {
            let length = end_of_string(rest);
            code += &rest[..length];
            length
        } else if rest.starts_with("'\"'") {
            code += &rest[..3];
            3
        } else {
            code.push(first);
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    code
}

/// The length of the string literal with which the text begins.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atoms(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn other_lines_stay_where_they_were() {
        let text = "one();\nfirst\n    .turn // why\n    .notify_one();\nlast();\n";
        let replaced = replace(text, &atoms("first . turn . notify_one ( ) ;"), "");
        assert_eq!(replaced.unwrap(), ("one();\n\n\n\nlast();\n".to_owned(), 2));
    }

    #[test]
    fn words_are_whole_and_comments_are_no_code() {
        let text = "// free = 1\nlet free_now = 1; let free = 1;";
        let replaced = replace(text, &atoms("free = 1"), "free = 2");
        assert_eq!(
            replaced.unwrap().0,
            "// free = 1\nlet free_now = 1; let free = 2;"
        );
    }

    #[test]
    fn tokens_that_are_not_found_once_are_an_error() {
        let error = replace("a(); a();", &atoms("a ( )"), "").unwrap_err();
        assert!(error.starts_with("found 2 times"), "{error}");
        replace("a();", &atoms("b ( )"), "").unwrap_err();
    }

    #[test]
    fn a_string_with_slashes_is_no_comment() {
        let text = "f(\"http://x\"); g();";
        assert_eq!(
            replace(text, &atoms("g ( )"), "h()").unwrap().0,
            "f(\"http://x\"); h();"
        );
    }
}
