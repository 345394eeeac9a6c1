//! What changed since a concept was taken.

use crate::project::{Project, contains};

#[test]
fn a_change_of_the_reader_is_shown_and_nothing_else() {
    let project = Project::library("2024");
    project.take_well("semaphore", &[]);
    assert_eq!(
        project.diff("semaphore"),
        "lib.rs: changed in this repository since it was taken: no\nsrc/semaphore.rs: changed by you: no\n"
    );
    project.append("src/semaphore.rs", "// mine\n");
    let shown = project.diff("semaphore");
    contains(&shown, "changed in this repository since it was taken: no");
    contains(&shown, "\n+// mine\n");
    let removed = |line: &str| line.starts_with('-') && !line.starts_with("---");
    assert!(!shown.lines().any(removed), "{shown}");
}

#[test]
fn the_list_says_what_was_taken() {
    let project = Project::program("2024");
    project.take_well("semaphore", &[]);
    assert_eq!(project.listed_as_taken(), ["semaphore"]);
}
