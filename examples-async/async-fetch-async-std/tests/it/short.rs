//! The short version: the program as it is, and with each line replaced by the comment above it.

use testing::child::again;

#[path = "../../examples/idea.rs"]
mod idea;
#[path = "migrated.rs"]
mod migrated;

/// In a child process, because it prints.
#[test]
fn the_short_version_runs() {
    let Some(mut child) = again("short::the_short_version_runs") else {
        return idea::main();
    };
    let output = child.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    for line in [
        "a task was awaited: 2",
        "a task goes on without its handle",
        "a socket is bound: true",
    ] {
        assert!(printed.contains(line), "{printed}");
    }
}

/// What the comments say is tested too: this is the program that they make.
#[test]
fn the_comments_are_the_migrated_program() {
    let source = include_str!("../../examples/idea.rs");
    let mut lines = source
        .lines()
        .skip_while(|line| !line.starts_with("use std"));
    let mut migrated = Vec::new();
    while let Some(line) = lines.next() {
        match line.trim_start().strip_prefix("// ") {
            Some(new) => {
                migrated.push(new.trim());
                lines.next();
            }
            None => migrated.push(line.trim()),
        }
    }
    let theirs = include_str!("migrated.rs");
    let theirs = theirs
        .lines()
        .skip_while(|line| !line.starts_with("use std"));
    let theirs: Vec<_> = theirs.map(str::trim).collect();
    assert_eq!(migrated, theirs);
    migrated::main();
}
