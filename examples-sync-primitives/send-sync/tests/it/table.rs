//! The compiler checks each cell of the page's table: a `yes` must compile, a `no` must not.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// A type, and what the page says about `Send`, `Sync` and `'static`.
struct Row {
    name: String,
    says: [bool; 3],
}

const QUESTIONS: [&str; 3] = ["is_send", "is_sync", "is_static"];

/// The rows of the table: ``| `Rc<u8>` | no | no | yes | … |``.
fn rows() -> Vec<Row> {
    let page = Path::new(HERE).join("../../docs/src/locks/send-sync.md");
    let page = fs::read_to_string(page).expect("the page is in the repository");
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| `")?.split(" | ");
        let name = cells.next()?.strip_suffix('`')?.to_owned();
        let mut says = [false; 3];
        for says in &mut says {
            *says = match cells.next()? {
                "yes" => true,
                "**no**" => false,
                _ => return None,
            };
        }
        Some(Row { name, says })
    };
    page.lines().filter_map(row).collect()
}

/// A program with one line for each cell, and the lines on which rustc reports an error.
fn lines_with_errors(name: &str, cells: &[String]) -> BTreeSet<usize> {
    let mut program = format!(
        "#![allow(dead_code, unused_imports, mismatched_lifetime_syntaxes)]\n\
         #[path = {:?}] mod send_sync;\n",
        format!("{HERE}/src/lib.rs")
    );
    program += "use send_sync::*; use std::{cell::*, error::Error, rc::Rc, sync::*, thread}; \
                use std::sync::{atomic::*, mpsc::{Receiver, Sender}}; fn main() {}\n";
    let before = program.lines().count();
    program += &cells.join("\n");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(name).with_extension("rs");
    fs::write(&file, program).expect("the folder belongs to the tests");
    let output = Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()))
        .args(["--edition", "2024", "--emit", "metadata"])
        .args(["--error-format", "short", "--out-dir"])
        .args([folder, &file])
        .output()
        .expect("rustc compiled this test");
    let text = String::from_utf8_lossy(&output.stderr);
    // FILE:LINE:COLUMN: error[CODE]: MESSAGE
    let errors = text.lines().filter(|line| line.contains(": error"));
    let lines: BTreeSet<usize> = errors
        .map(|line| {
            let (place, message) = line.split_once(": error").expect("it was found above");
            let expected = ["[E0277]: `", "[E0521]: borrowed data", ": lifetime may not"];
            let expected = expected.iter().any(|words| message.starts_with(words));
            assert!(expected, "an error of another kind: {line}");
            let number = place.rsplit(':').nth(1).and_then(|n| n.parse().ok());
            let number: usize = number.expect("FILE:LINE:COLUMN");
            assert!(number > before, "not in a cell: {line}");
            number - before - 1
        })
        .collect();
    assert_eq!(output.status.success(), lines.is_empty(), "{text}");
    lines
}

fn cell(number: usize, question: &str, name: &str) -> String {
    let lifetime = if name.contains("'a") { "<'a>" } else { "" };
    format!("fn cell_{number}{lifetime}() {{ {question}::<{name}>() }}")
}

/// Every `yes` compiles, and every `no` is an error on its own line, in one program per question.
#[test]
fn the_compiler_agrees_with_every_cell_of_the_table() {
    let rows = rows();
    assert!(rows.len() >= 20, "{} rows", rows.len());
    for (column, question) in QUESTIONS.into_iter().enumerate() {
        let cells = rows.iter().enumerate();
        let cells: Vec<_> = cells
            .map(|(at, row)| cell(at, question, &row.name))
            .collect();
        let refused = lines_with_errors(question, &cells);
        for (at, row) in rows.iter().enumerate() {
            let compiles = !refused.contains(&at);
            assert_eq!(compiles, row.says[column], "{question}::<{}>()", row.name);
        }
        let has_both = refused.len() < rows.len() && !refused.is_empty();
        assert!(has_both, "{question} has only one answer");
    }
}

/// No cell hides another: what is refused alone is refused, and without those all compile.
#[test]
fn the_yes_cells_compile_alone() {
    let mut cells = Vec::new();
    for row in rows() {
        for (question, _) in QUESTIONS.iter().zip(row.says).filter(|(_, yes)| *yes) {
            cells.push(cell(cells.len(), question, &row.name));
        }
    }
    assert!(cells.len() >= 40, "{} cells", cells.len());
    assert_eq!(lines_with_errors("yes", &cells), BTreeSet::new());
}

/// The check would notice a wrong cell, whichever it is.
#[test]
fn a_wrong_cell_is_found() {
    let rc = cell(0, "is_send", "Rc<u8>");
    let arc = cell(1, "is_send", "Arc<u8>");
    let borrowed = cell(2, "is_static", "&'a u8");
    assert_eq!(lines_with_errors("wrong", &[rc, arc]), BTreeSet::from([0]));
    let alone = lines_with_errors("borrowed", &[borrowed]);
    assert_eq!(alone, BTreeSet::from([0]));
}
