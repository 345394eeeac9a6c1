//! What is taken compiles where it lands.

use crate::project::{PROGRAM, Project, contains};

const ALLOW: &str = "#[allow(dead_code, unused_imports)] // what this program does not use";

#[test]
fn a_module_of_a_program_in_both_editions() {
    for edition in ["2021", "2024"] {
        let project = Project::program(edition);
        let printed = project.take_well("semaphore", &[]);
        contains(&printed, "writes  src/semaphore.rs");
        contains(&printed, "changes src/main.rs");
        assert_eq!(
            project.read("src/main.rs"),
            format!("{ALLOW}\nmod semaphore;\n\n{PROGRAM}")
        );
        project.cargo_well(&["run", "--quiet"]);
    }
}

#[test]
fn a_module_of_a_library_whose_doctests_still_pass() {
    for edition in ["2021", "2024"] {
        let project = Project::library(edition);
        project.take_well("channel", &[]);
        contains(&project.read("src/lib.rs"), "pub mod channel;");
        contains(&project.read("src/channel.rs"), "app::channel::");
        project.cargo_well(&["test", "--quiet"]);
    }
}

#[test]
fn several_files_go_into_a_folder_of_their_own() {
    let project = Project::library("2021");
    project.take_well("rwlock", &[]);
    contains(&project.read("src/rwlock/mod.rs"), "mod by_hand;");
    project.read("src/rwlock/by_hand.rs");
}

/// rustfmt sorts the imports of barrier differently in the two editions.
#[test]
fn two_concepts_leave_nothing_for_rustfmt_and_no_warning() {
    for edition in ["2021", "2024"] {
        let project = Project::program(edition);
        project.take_well("rwlock", &[]);
        project.take_well("barrier", &[]);
        let rest = format!("{ALLOW}\nmod barrier;\n{ALLOW}\nmod rwlock;\n\n{PROGRAM}");
        assert_eq!(project.read("src/main.rs"), rest);
        project.cargo_well(&["fmt", "--check"]);
        project.cargo_well(&["clippy", "--quiet", "--", "--deny", "warnings"]);
    }
}

#[test]
fn a_file_that_is_left_out_takes_its_module_and_its_dependency_along() {
    let project = Project::program("2021");
    let printed = project.take_well("thread-parallel-map", &["--without", "with_rayon.rs"]);
    assert!(!printed.contains("Cargo.toml"), "{printed}");
    let source = project.read("src/thread_parallel_map/mod.rs");
    assert!(!source.contains("mod with_rayon"), "{source}");
    let diff = project.diff("thread-parallel-map");
    assert_eq!(diff.matches(": no\n").count(), 2, "{diff}");
}

#[test]
fn a_crate_of_the_workspace() {
    let project = Project::program("2024");
    let printed = project.take_well("mutex", &["--as-crate"]);
    contains(&printed, "use mutex::");
    let manifest = project.read("Cargo.toml");
    contains(&manifest, "mutex = { path = \"mutex\" }");
    contains(&manifest, "[workspace]\nmembers = [\"mutex\"]\n");
    let manifest = project.read("mutex/Cargo.toml");
    assert!(
        manifest.starts_with("[package]\nname = \"mutex\"\n"),
        "{manifest}"
    );
    project.cargo_well(&["build", "--workspace", "--quiet"]);
}

#[test]
fn a_member_of_a_workspace() {
    let project = Project::new("app/src/main.rs", PROGRAM, "2024", "");
    project.write("app/Cargo.toml", &project.read("Cargo.toml"));
    project.write(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"app\"]\n",
    );
    project.take_well("semaphore", &["-p", "app"]);
    project.read("app/src/semaphore.rs");
}

#[test]
fn the_short_version_as_an_example() {
    let project = Project::program("2024");
    let printed = project.take_well("semaphore", &["--idea"]);
    contains(&printed, "cargo run --example semaphore");
    let printed = project.cargo_well(&["run", "--quiet", "--example", "semaphore"]);
    assert!(!printed.is_empty());
    assert_eq!(project.listed_as_taken(), ["semaphore"]);
    let diff = project.diff("semaphore");
    assert_eq!(diff.matches(": no\n").count(), 2, "{diff}");
}

#[test]
fn taken_twice_changes_nothing() {
    let project = Project::program("2024");
    project.take_well("semaphore", &[]);
    let before = project.files();
    contains(&project.take_well("semaphore", &[]), "Nothing to do");
    assert_eq!(project.files(), before);
}

#[test]
fn a_dry_run_changes_nothing() {
    let own = "tokio = { version = \"1\", features = [\"sync\"] }\n";
    let project = Project::new("src/main.rs", PROGRAM, "2024", own);
    let before = project.files();
    let printed = project.take_well("async-fetch", &["--dry-run"]);
    contains(&printed, "adds    src/main.rs: mod async_fetch;");
    contains(&printed, "tokio: features +macros +rt");
    contains(&printed, "reqwest = \"0.13");
    assert_eq!(project.files(), before);
}
