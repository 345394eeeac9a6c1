//! What is taken compiles where it lands.

use crate::project::{LIBRARY, PROGRAM, Project, take};

const ALLOW: &str = "#[allow(dead_code, unused_imports)] // what this program does not use";

#[test]
fn a_module_of_a_program_in_both_editions() {
    for edition in ["2021", "2024"] {
        let project = Project::program(edition);
        let printed = project.take_well("semaphore", &[]);
        assert!(printed.contains("writes  src/semaphore.rs"), "{printed}");
        assert!(printed.contains("changes src/main.rs"), "{printed}");
        assert_eq!(
            project.read("src/main.rs"),
            format!("{ALLOW}\nmod semaphore;\n\n{PROGRAM}")
        );
        assert!(project.cargo(&["run", "--quiet"]).status.success());
    }
}

#[test]
fn a_module_of_a_library_whose_doctests_still_pass() {
    for edition in ["2021", "2024"] {
        let project = Project::library(edition);
        project.take_well("channel", &[]);
        assert!(project.read("src/lib.rs").contains("pub mod channel;"));
        assert!(project.read("src/channel.rs").contains("app::channel::"));
        assert!(project.cargo(&["test", "--quiet"]).status.success());
    }
}

#[test]
fn several_files_go_into_a_folder_of_their_own() {
    let project = Project::library("2021");
    project.take_well("rwlock", &[]);
    assert!(project.read("src/rwlock/mod.rs").contains("mod by_hand;"));
    project.read("src/rwlock/by_hand.rs");
}

#[test]
fn two_concepts_leave_nothing_for_rustfmt_and_no_warning() {
    for edition in ["2021", "2024"] {
        let project = Project::program(edition);
        project.take_well("rwlock", &[]);
        project.take_well("process-pool", &[]);
        let rest = format!("{ALLOW}\nmod process_pool;\n{ALLOW}\nmod rwlock;\n\n{PROGRAM}");
        assert_eq!(project.read("src/main.rs"), rest);
        let formatted = project.cargo(&["fmt", "--check"]);
        assert!(formatted.status.success(), "{formatted:?}");
        let linted = project.cargo(&["clippy", "--quiet", "--", "--deny", "warnings"]);
        assert!(linted.status.success(), "{linted:?}");
    }
}

#[test]
fn a_file_that_is_left_out_takes_its_module_and_its_dependency_along() {
    let project = Project::program("2021");
    let printed = project.take_well("thread-parallel-map", &["--without", "with_rayon.rs"]);
    assert!(!printed.contains("Cargo.toml"), "{printed}");
    let source = project.read("src/thread_parallel_map/mod.rs");
    assert!(!source.contains("mod with_rayon"), "{source}");
    let into = project.path.to_str().expect("the path is text");
    let diff = take(
        &["diff", "thread-parallel-map", "--into", into],
        &project.path,
    );
    let diff = String::from_utf8(diff.stdout).expect("it prints text");
    assert_eq!(diff.matches(": no\n").count(), 2, "{diff}");
}

#[test]
fn the_reader_is_told_what_workers_need() {
    let project = Project::program("2024");
    let printed = project.take_well("process-pool", &[]);
    assert!(
        printed.contains("process_pool::serve::<YourTask>()` first in main"),
        "{printed}"
    );
}

#[test]
fn a_crate_of_the_workspace() {
    let project = Project::program("2024");
    let printed = project.take_well("mutex", &["--as-crate"]);
    assert!(printed.contains("use mutex::"), "{printed}");
    assert!(
        project
            .read("Cargo.toml")
            .contains("mutex = { path = \"mutex\" }")
    );
    let manifest = project.read("Cargo.toml");
    assert!(
        manifest.contains("[workspace]\nmembers = [\"mutex\"]\n"),
        "{manifest}"
    );
    let manifest = project.read("mutex/Cargo.toml");
    assert!(
        manifest.starts_with("[package]\nname = \"mutex\"\n"),
        "{manifest}"
    );
    let built = project.cargo(&["build", "--workspace", "--quiet"]);
    assert!(built.status.success(), "{built:?}");
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
    assert!(
        printed.contains("cargo run --example semaphore"),
        "{printed}"
    );
    let run = project.cargo(&["run", "--quiet", "--example", "semaphore"]);
    assert!(run.status.success() && !run.stdout.is_empty(), "{run:?}");
    let into = project.path.to_str().expect("the path is text");
    let listed = take(&["list", "--into", into], &project.path);
    let listed = String::from_utf8(listed.stdout).expect("it prints text");
    let line = listed.lines().find(|line| line.starts_with("semaphore "));
    assert!(
        line.is_some_and(|line| line.contains(" taken ")),
        "{listed}"
    );
    let diff = take(&["diff", "semaphore", "--into", into], &project.path);
    let diff = String::from_utf8(diff.stdout).expect("it prints text");
    assert_eq!(diff.matches(": no\n").count(), 2, "{diff}");
}

#[test]
fn taken_twice_changes_nothing() {
    let project = Project::program("2024");
    project.take_well("semaphore", &[]);
    let before = project.files();
    assert!(
        project
            .take_well("semaphore", &[])
            .contains("Nothing to do")
    );
    assert_eq!(project.files(), before);
}

#[test]
fn a_dry_run_changes_nothing() {
    let project = Project::program("2024");
    let before = project.files();
    let printed = project.take_well("semaphore", &["--dry-run"]);
    assert!(
        printed.contains("adds    src/main.rs: mod semaphore;"),
        "{printed}"
    );
    assert_eq!(project.files(), before);
}

#[test]
fn features_are_added_and_the_rest_of_an_entry_stays() {
    let own =
        "tokio = { version = \"1\", default-features = false, features = [\"sync\"] } # ours\n";
    let project = Project::new("src/main.rs", PROGRAM, "2024", own);
    let printed = project.take_well("async-fetch", &["--dry-run"]);
    assert!(printed.contains("tokio: features +macros +rt"), "{printed}");
    assert!(printed.contains("reqwest = \"0.13"), "{printed}");
}

#[test]
fn dependencies_in_alphabetical_order_stay_so() {
    let own = "anyhow = \"1\"\ntokio = \"1\"\n";
    let project = Project::new("src/main.rs", PROGRAM, "2024", own);
    project.take_well("thread-parallel-map", &[]);
    let manifest = project.read("Cargo.toml");
    let places = ["anyhow", "rayon", "tokio"].map(|name| manifest.find(&format!("\n{name} = ")));
    assert!(places.is_sorted() && places[0].is_some(), "{manifest}");
}

#[test]
fn an_entry_with_all_features_stays_as_it_is() {
    let own = "tokio = { version = \"1\", features = [\"full\"] }\n";
    let project = Project::new("src/main.rs", PROGRAM, "2024", own);
    let printed = project.take_well("mutex-async", &["--dry-run"]);
    assert!(!printed.contains("tokio"), "{printed}");
}
