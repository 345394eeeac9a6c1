//! What the compiler refuses, and the first line of what it says: the headings under *Traps*.

use std::env;
use std::process::Command;

const REFUSED: [(&str, &str); 5] = [
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
];

#[test]
fn the_compiler_refuses_with_these_words() {
    let library = concat!(env!("CARGO_TARGET_TMPDIR"), "/libpromise.rmeta");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs");
    let built = rustc(&["--crate-type", "lib", "-o", library, source]);
    assert_eq!(built, "");

    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rejected");
    for (program, words) in REFUSED {
        let output = concat!(env!("CARGO_TARGET_TMPDIR"), "/rejected.rmeta");
        let program = format!("{folder}/{program}");
        let library = format!("promise={library}");
        let said = rustc(&["--extern", &library, "-o", output, &program]);
        let errors: Vec<_> = said
            .lines()
            .filter(|line| line.starts_with("error"))
            .collect();
        assert_eq!(errors.first(), Some(&words), "{said}");
        assert!(
            errors.len() <= 2,
            "one, and that it stops because of it: {said}"
        );
    }
}

/// What the compiler says. It checks, and makes no program.
fn rustc(arguments: &[&str]) -> String {
    let output = Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()))
        .args(["--edition", "2024", "--emit", "metadata"])
        .args(arguments)
        .output()
        .expect("cargo has found it a moment ago");
    String::from_utf8_lossy(&output.stderr).into_owned()
}
