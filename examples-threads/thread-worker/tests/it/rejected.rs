//! The program that uses a message after `post` is refused; without that use it compiles.

use std::process::Command;
use std::{env, fs};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rejected");
const USE: &str = "    println!(\"{}\", buffer.len()); // the buffer has moved\n";

#[test]
fn a_message_that_is_used_after_post_does_not_compile() {
    let library = concat!(env!("CARGO_TARGET_TMPDIR"), "/libthread_worker.rmeta");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs");
    let built = rustc(&["--crate-type", "lib", "-o", library, source]);
    assert_eq!(built, "");

    let program = format!("{FOLDER}/used_after_post.rs");
    let output = concat!(env!("CARGO_TARGET_TMPDIR"), "/used_after_post.rmeta");
    let library = format!("thread_worker={library}");
    let said = rustc(&["--extern", &library, "-o", output, &program]);
    let first = said.lines().next();
    let words = "error[E0382]: borrow of moved value: `buffer`";
    assert_eq!(first, Some(words), "{said}");

    let text = fs::read_to_string(&program).expect("it is part of the package");
    assert!(text.contains(USE));
    let fixed = concat!(env!("CARGO_TARGET_TMPDIR"), "/used_before_post.rs");
    fs::write(fixed, text.replace(USE, "")).expect("cargo made the folder");
    assert_eq!(rustc(&["--extern", &library, "-o", output, fixed]), "");
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
