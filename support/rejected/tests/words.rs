//! The compiler refuses every program here, and with these words.
//!
//! `UPDATE=1 cargo test -p rejected` writes the words anew.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The compiler that said what the files hold. Others may lay it out otherwise, and need only agree
/// on what the error is.
const SAID_BY: &str = "rustc 1.95.";

#[test]
fn every_program_is_refused_with_these_words() {
    let update = env::var_os("UPDATE").is_some();
    let same_compiler = rustc().arg("--version").output().unwrap().stdout;
    let same_compiler = same_compiler.starts_with(SAID_BY.as_bytes());
    let mut seen = 0;
    for program in programs() {
        let found = words(&program);
        let file = program.with_extension("stderr");
        if update {
            fs::write(&file, &found).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap();
        if same_compiler {
            assert_eq!(found, expected, "{}", program.display());
        }
        assert_eq!(errors(&found), errors(&expected), "{}", program.display());
        assert_eq!(errors(&found).len(), 1, "{}", program.display());
        seen += 1;
    }
    assert!(seen >= 10, "{seen} programs");
}

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    files
}

fn rustc() -> Command {
    Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()))
}

/// What the compiler says, without what it quotes of std: that depends on where std's sources are.
fn words(program: &Path) -> String {
    let output = rustc()
        .args(["--edition", "2024", "--emit", "metadata", "--out-dir"])
        .arg(env!("CARGO_TARGET_TMPDIR"))
        .arg(program.file_name().unwrap())
        .current_dir(program.parent().unwrap())
        .output()
        .unwrap();
    assert!(!output.status.success(), "{} compiles", program.display());
    let text = String::from_utf8(output.stderr).unwrap();
    let (text, _) = text.split_once("\nerror: aborting").unwrap();
    let mut parts: Vec<String> = Vec::new();
    for line in text.lines() {
        let begins = ["error", "warning", "note", "help"]
            .iter()
            .any(|word| line.starts_with(word));
        match parts.last_mut() {
            Some(part) if !begins => *part += &format!("{line}\n"),
            _ => parts.push(format!("{line}\n")),
        }
    }
    let elsewhere = |part: &str| {
        part.lines()
            .nth(1)
            .is_some_and(|line| line.contains("library/"))
    };
    parts.retain(|part| !elsewhere(part));
    format!("{}\n", parts.concat().trim_end())
}

/// The first line of each error, such as `error[E0382]: borrow of moved value`.
fn errors(words: &str) -> Vec<&str> {
    let lines = words.lines();
    lines.filter(|line| line.starts_with("error")).collect()
}
