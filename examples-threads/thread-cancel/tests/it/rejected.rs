//! Only the thread of the worker may sleep: the compiler refuses to share its `Stop`.

use std::env;
use std::process::Command;

#[test]
fn a_stop_cannot_be_shared_with_another_thread() {
    let library = concat!(env!("CARGO_TARGET_TMPDIR"), "/libthread_cancel.rmeta");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs");
    let built = rustc(&["--crate-type", "lib", "-o", library, source]);
    assert_eq!(built, "");

    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rejected/shared_stop.rs");
    let output = concat!(env!("CARGO_TARGET_TMPDIR"), "/shared_stop.rmeta");
    let library = format!("thread_cancel={library}");
    let said = rustc(&["--extern", &library, "-o", output, program]);
    let words = "error[E0277]: `*const ()` cannot be shared between threads safely";
    assert_eq!(said.lines().next(), Some(words), "{said}");
}

/// The compiler's messages. It checks the program and does not build it.
fn rustc(arguments: &[&str]) -> String {
    let output = Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()))
        .args(["--edition", "2024", "--emit", "metadata"])
        .args(arguments)
        .output()
        .expect("cargo has just run it");
    String::from_utf8_lossy(&output.stderr).into_owned()
}
