//! The programs that the page says the compiler refuses, given to the compiler.

use std::env;
use std::path::Path;
use std::process::Command;

#[test]
fn an_rc_in_another_thread() {
    refused(
        "rc.rs",
        "`Rc<Vec<&str>>` cannot be sent between threads safely",
    );
}

#[test]
fn a_refcell_in_an_arc_in_another_thread() {
    refused(
        "refcell.rs",
        "`RefCell<Vec<&str>>` cannot be shared between threads safely",
    );
}

#[test]
fn a_change_through_an_arc() {
    refused("change.rs", "cannot borrow data in an `Arc` as mutable");
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
