//! Each program in `tests/programs` does not compile, and the compiler prints what its file says.
//!
//! `UPDATE=1 cargo test -p rejected` writes the files again.

use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

/// The compiler that printed the files. Others may lay the text out differently, and need only agree
/// on the first line of the error.
const SAID_BY: &str = "rustc 1.95.";

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/programs");

macro_rules! programs {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() -> io::Result<()> {
                is_refused(concat!(stringify!($name), ".rs"))
            }
        )*
    };
}

include!(concat!(env!("OUT_DIR"), "/programs.rs"));

fn is_refused(program: &str) -> io::Result<()> {
    let found = words(program)?;
    let file = Path::new(FOLDER).join(program).with_extension("stderr");
    if env::var_os("UPDATE").is_some() {
        fs::write(&file, &found)?;
    }
    let expected = fs::read_to_string(&file)?;
    let version = rustc().arg("--version").output()?.stdout;
    if version.starts_with(SAID_BY.as_bytes()) {
        assert_eq!(found, expected);
    }
    assert_eq!(errors(&found), errors(&expected));
    assert_eq!(errors(&found).len(), 1);
    Ok(())
}

fn rustc() -> Command {
    Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()))
}

/// The crates that a program uses besides std, as cargo has built them for this test.
fn crates(program: &str) -> io::Result<Vec<String>> {
    let text = fs::read_to_string(Path::new(FOLDER).join(program))?;
    let own = env::current_exe()?;
    let built = own.parent().unwrap_or(&own);
    let mut arguments = vec![format!("-Ldependency={}", built.display())];
    for name in ["axum", "tokio"] {
        if !text.contains(&format!("{name}::")) {
            continue;
        }
        let start = format!("lib{name}-");
        let mut libraries = Vec::new();
        for entry in fs::read_dir(built)? {
            let entry = entry?;
            let file = entry.file_name().to_string_lossy().into_owned();
            if file.starts_with(&start) && file.ends_with(".rlib") {
                libraries.push((entry.metadata()?.modified()?, entry.path()));
            }
        }
        let newest = libraries.into_iter().max();
        let (_, library) = newest.ok_or_else(|| io::Error::other(format!("no {name} is built")))?;
        arguments.push(format!("--extern={name}={}", library.display()));
    }
    Ok(arguments)
}

/// What the compiler prints, without the parts that quote std or axum: they depend on where the
/// sources are.
fn words(program: &str) -> io::Result<String> {
    let output = rustc()
        .args(["--edition", "2024", "--emit", "metadata", "--out-dir"])
        .args([env!("CARGO_TARGET_TMPDIR"), program])
        .args(crates(program)?)
        .current_dir(FOLDER)
        .output()?;
    assert!(!output.status.success(), "{program} compiles");
    let text = String::from_utf8_lossy(&output.stderr);
    let text = text.split("\nerror: aborting").next().unwrap_or_default();
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
    let of_std = |part: &str| {
        part.lines()
            .nth(1)
            .is_some_and(|line| line.contains("library/") || line.contains("/axum-"))
    };
    parts.retain(|part| !of_std(part));
    Ok(format!("{}\n", parts.concat().trim_end()))
}

/// The first line of each error, such as `error[E0382]: borrow of moved value`.
fn errors(words: &str) -> Vec<&str> {
    let lines = words.lines();
    lines.filter(|line| line.starts_with("error")).collect()
}
