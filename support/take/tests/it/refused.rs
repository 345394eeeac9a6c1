//! What is refused leaves no trace.

use std::process::Command;

use crate::project::{PROGRAM, Project, take};

#[test]
fn a_module_of_that_name() {
    let project = Project::new(
        "src/main.rs",
        "mod semaphore;\n\nfn main() {}\n",
        "2024",
        "",
    );
    project.write("src/semaphore.rs", "//! Mine.\n");
    project.refused(
        "semaphore",
        &[],
        "src/semaphore.rs exists already and is something else",
    );
    let text = "mod semaphore {\n}\n\nfn main() {}\n";
    let project = Project::new("src/main.rs", text, "2024", "");
    project.refused("semaphore", &[], "has a module semaphore of its own");
}

#[test]
fn a_file_that_was_changed() {
    let project = Project::program("2024");
    project.take_well("semaphore", &[]);
    let text = project.read("src/semaphore.rs") + "// mine\n";
    project.write("src/semaphore.rs", &text);
    project.refused("semaphore", &[], "was changed since it was taken");
}

#[test]
fn an_older_major_version() {
    let project = Project::new("src/main.rs", PROGRAM, "2021", "reqwest = \"0.12\"\n");
    project.refused(
        "async-fetch",
        &[],
        "reqwest = \"0.12\", and this was tested with reqwest 0.13",
    );
}

#[test]
fn a_project_that_does_not_compile() {
    let project = Project::new("src/main.rs", "fn main() { 1 }\n", "2024", "");
    project.refused(
        "semaphore",
        &[],
        "the project does not compile as it is: error[E0308]",
    );
}

#[test]
fn a_project_that_would_not_compile_any_more() {
    let text = "#![forbid(unsafe_code)]\n\nfn main() {}\n";
    let project = Project::new("src/main.rs", text, "2024", "");
    project.refused("spinlock", &[], "nothing was changed: error[E0453]");
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
        project.refused("semaphore", &[], "cannot write src/semaphore.rs");
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
    let folder = tempfile::tempdir().expect("the system has a temporary folder");
    let missing = take(&["semaphore", "--into", "no-such-folder"], folder.path());
    assert_eq!(missing.status.code(), Some(1));
    let misuse = take(&["semaphore", "--no-such-option"], folder.path());
    assert_eq!(misuse.status.code(), Some(2));
    let nothing = take(&[], folder.path());
    let said = String::from_utf8_lossy(&nothing.stderr);
    assert!(said.contains("--into <DIR> <CONCEPT>"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}
