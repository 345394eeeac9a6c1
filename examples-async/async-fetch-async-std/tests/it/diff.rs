//! `to-smol.diff`, which the book shows, is what must change in these files to become those of
//! `async-fetch-smol`. After a change in either: `UPDATE=1 cargo test -p async-fetch-async-std diff`

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use similar::TextDiff;

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn smol() -> PathBuf {
    folder().with_file_name("async-fetch-smol")
}

#[expect(clippy::panic, reason = "part of a test, and panics to fail it")]
fn read(file: PathBuf) -> String {
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// What the snippet needs: the rest of the manifest is not copied.
fn dependencies(manifest: &str) -> String {
    let lines = manifest
        .lines()
        .skip_while(|line| *line != "[dependencies]")
        .take_while(|line| !line.is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn diff() -> String {
    let mut text = String::new();
    for file in ["Cargo.toml", "src/lib.rs", "src/connect.rs"] {
        let (mut old, mut new) = (read(folder().join(file)), read(smol().join(file)));
        if file == "Cargo.toml" {
            (old, new) = (dependencies(&old), dependencies(&new));
        }
        let diff = TextDiff::from_lines(&old, &new);
        let mut diff = diff.unified_diff();
        let (ours, theirs) = (
            format!("async-fetch-async-std/{file}"),
            format!("async-fetch-smol/{file}"),
        );
        let diff = diff.context_radius(2).header(&ours, &theirs);
        write!(text, "{diff}").expect("a string takes all");
    }
    text
}

#[test]
fn the_diff_in_the_book_is_that_of_the_files() {
    let file = folder().join("to-smol.diff");
    let diff = diff();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &diff).unwrap();
    }
    let shown = read(file);
    assert!(
        shown == diff,
        "to-smol.diff is not the diff to async-fetch-smol, which is\n{diff}\n\
         fix: UPDATE=1 cargo test -p async-fetch-async-std diff"
    );
}

#[test]
fn the_other_file_is_the_same() {
    let file = "src/client.rs";
    assert_eq!(read(folder().join(file)), read(smol().join(file)));
    let mut files: Vec<_> = fs::read_dir(folder().join("src"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    files.sort();
    assert_eq!(
        files,
        ["client.rs", "connect.rs", "lib.rs", "main.rs",],
        "a new file must be in the diff, or the same"
    );
}
