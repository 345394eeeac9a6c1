//! The data races that the page says the compiler refuses, given to the compiler.

use std::env;
use std::path::Path;
use std::process::Command;

#[test]
fn two_threads_that_change_a_variable() {
    refused(
        "count.rs",
        "cannot borrow `count` as mutable more than once at a time",
    );
}

#[test]
fn a_static_that_changes() {
    refused(
        "static.rs",
        "use of mutable static is unsafe and requires unsafe",
    );
}

/// Asserts that the compiler refuses a program in these words, and with no other error.
fn refused(program: &str, words: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/refused");
    let output = Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()))
        .args(["--edition", "2024", "--emit", "metadata", "-o"])
        .arg(env::temp_dir().join(format!("refused-{}-{program}", std::process::id())))
        .arg(folder.join(program))
        .output()
        .expect("cargo found the compiler, too");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "it compiles");
    assert!(said.contains("due to 1 previous error"), "{said}");
    assert!(said.contains(words), "{said}");
}
