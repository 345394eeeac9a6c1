//! The data race that the page says the compiler refuses, given to the compiler.

use std::env;
use std::process::Command;

#[test]
fn a_static_that_changes() {
    let output = Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()))
        .args(["--edition", "2024", "--emit", "metadata", "--out-dir"])
        .arg(env!("CARGO_TARGET_TMPDIR"))
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/rejected/static.rs"
        ))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "it compiles");
    assert!(said.contains("due to 1 previous error"), "{said}");
    let words = "use of mutable static is unsafe and requires unsafe";
    assert!(said.contains(words), "{said}");
}
