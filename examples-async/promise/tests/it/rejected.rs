//! Programs that the compiler rejects, with the message that is a heading under *Traps*.

use std::env;
use std::process::Command;

const REJECTED: [(&str, &str); 6] = [
    (
        "settled_twice.rs",
        "error[E0382]: use of moved value: `resolver`",
    ),
    (
        "called_often.rs",
        "error[E0507]: cannot move out of `resolver`, a captured variable in an `FnMut` closure",
    ),
    (
        "borrowed.rs",
        "error[E0373]: closure may outlive the current function, but it borrows `name`, \
         which is owned by the current function",
    ),
    (
        "outside_async.rs",
        "error[E0728]: `await` is only allowed inside `async` functions and blocks",
    ),
    ("unused.rs", "error: unused `Promise` that must be used"),
    (
        "unused_resolver.rs",
        "error: unused `Resolver` that must be used",
    ),
];

#[test]
fn the_compiler_rejects_them_with_the_messages_of_the_page() {
    let library = concat!(env!("CARGO_TARGET_TMPDIR"), "/libpromise.rmeta");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs");
    let built = rustc(&["--crate-type", "lib", "-o", library, source]);
    assert_eq!(built, "");

    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rejected");
    for (program, words) in REJECTED {
        let output = concat!(env!("CARGO_TARGET_TMPDIR"), "/rejected.rmeta");
        let program = format!("{folder}/{program}");
        let library = format!("promise={library}");
        let said = rustc(&["--extern", &library, "-o", output, &program]);
        let errors: Vec<_> = said
            .lines()
            .filter(|line| line.starts_with("error"))
            .collect();
        assert_eq!(errors.first(), Some(&words), "{said}");
        assert!(errors.len() <= 2, "one error and the summary: {said}");
    }
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
