//! What is refused leaves no trace.

use std::process::Command;

use crate::project::{PROGRAM, Project, contains};

#[test]
fn what_the_project_has_already() {
    let forbids = "#![forbid(unsafe_code)]\n\nfn main() {}\n";
    let own_module = "mod semaphore {\n}\n\nfn main() {}\n";
    // The program, its dependencies, the concept, and the words of the refusal.
    let cases = [
        (
            own_module,
            "",
            "semaphore",
            "has a module semaphore of its own",
        ),
        (
            PROGRAM,
            "reqwest = \"0.12\"\n",
            "async-fetch",
            "reqwest = \"0.12\", and this was tested with reqwest 0.13",
        ),
        (
            "fn main() { 1 }\n",
            "",
            "semaphore",
            "the project does not compile as it is: error[E0308]",
        ),
        (forbids, "", "spinlock", "nothing was changed: error[E0453]"),
    ];
    for (program, dependencies, concept, words) in cases {
        let project = Project::new("src/main.rs", program, "2021", dependencies);
        project.refused(concept, &[], words);
    }
}

#[test]
fn a_file_that_was_there_or_was_changed() {
    let project = Project::program("2024");
    project.write("src/semaphore.rs", "//! Mine.\n");
    let words = "src/semaphore.rs exists already and is something else";
    project.refused("semaphore", &[], words);
    let project = project.again("2024");
    project.take_well("semaphore", &[]);
    project.append("src/semaphore.rs", "// mine\n");
    project.refused("semaphore", &[], "was changed since it was taken");
}

#[test]
fn changes_that_are_not_committed() {
    let project = Project::program("2024");
    let git = |arguments: &[&str]| {
        let git = Command::new("git")
            .args(arguments)
            .current_dir(&project.path)
            .status();
        assert!(git.expect("git is installed").success());
    };
    git(&["init", "--quiet"]);
    project.refused("semaphore", &[], "changes that are not committed");
    project.take_well("semaphore", &["--allow-dirty"]);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    let project = Project::program("2024");
    let sources = project.path.join("src");
    fs::set_permissions(&sources, fs::Permissions::from_mode(0o555)).expect("it is ours");
    // Root may write anywhere.
    if fs::write(sources.join("probe"), "").is_ok() {
        fs::remove_file(sources.join("probe")).expect("it is ours");
        println!("not tested as root");
    } else {
        project.refused("semaphore", &[], "src/semaphore.rs: Permission denied");
    }
    fs::set_permissions(&sources, fs::Permissions::from_mode(0o755)).expect("it is ours");
}

#[test]
fn names_and_options_that_mean_nothing() {
    let project = Project::program("2024");
    project.refused("nonsense", &[], "there is no concept \"nonsense\"");
    project.refused("../semaphore", &[], "there is no concept");
    project.refused(
        "rwlock",
        &["--without", "nothing.rs"],
        "what can be left out is",
    );
    let misuse = project.run(&["semaphore", "--no-such-option"]);
    assert_eq!(misuse.status.code(), Some(2));

    let take = |arguments: &[&str]| {
        let take = Command::new(env!("CARGO_BIN_EXE_take"))
            .args(arguments)
            .output();
        take.expect("it was built with this test")
    };
    let missing = take(&["semaphore", "--into", "no-such-folder"]);
    assert_eq!(missing.status.code(), Some(1));
    let nothing = take(&[]);
    let said = String::from_utf8_lossy(&nothing.stderr);
    contains(&said, "--into <DIR> <CONCEPT>");
    assert_eq!(said.lines().count(), 1, "{said}");
}
