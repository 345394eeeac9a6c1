//! What changed since a concept was taken.

use crate::project::{Project, take};

fn diff(project: &Project) -> String {
    let into = project.path.to_str().expect("the path is text");
    let output = take(&["diff", "semaphore", "--into", into], &project.path);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn a_change_of_the_reader_is_shown_and_nothing_else() {
    let project = Project::library("2024");
    project.take_well("semaphore", &[]);
    assert_eq!(
        diff(&project),
        "lib.rs: changed in this repository since it was taken: no\nsrc/semaphore.rs: changed by you: no\n"
    );
    let text = project.read("src/semaphore.rs") + "// mine\n";
    project.write("src/semaphore.rs", &text);
    let shown = diff(&project);
    assert!(
        shown.contains("changed in this repository since it was taken: no"),
        "{shown}"
    );
    assert!(shown.contains("\n+// mine\n"), "{shown}");
    let removed = |line: &str| line.starts_with('-') && !line.starts_with("---");
    assert!(!shown.lines().any(removed), "{shown}");
}

#[test]
fn the_list_says_what_was_taken() {
    let project = Project::program("2024");
    project.take_well("semaphore", &[]);
    let into = project.path.to_str().expect("the path is text");
    let listed = take(&["list", "--into", into], &project.path);
    let listed = String::from_utf8(listed.stdout).expect("it prints text");
    let taken: Vec<&str> = listed
        .lines()
        .filter(|line| line.contains(" taken "))
        .collect();
    assert!(
        matches!(taken[..], [line] if line.starts_with("semaphore")),
        "{listed}"
    );
}
