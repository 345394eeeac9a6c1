//! A project in a temporary folder, and `take` run on it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The bytes of each file; a folder has none.
pub(crate) type Files = BTreeMap<PathBuf, Option<Vec<u8>>>;

pub(crate) struct Project {
    folder: TempDir,
    /// Below the temporary folder, with a space in its name.
    pub(crate) path: PathBuf,
}

pub(crate) const PROGRAM: &str = "fn main() {\n    println!(\"hello\");\n}\n";
pub(crate) const LIBRARY: &str = "//! A library.\n\n/// ```\n/// assert_eq!(app::one(), 1);\n/// ```\npub fn one() -> u32 {\n    1\n}\n";

impl Project {
    /// A package `app` with this root file, `src/main.rs` or `src/lib.rs`, and lines of dependencies.
    pub(crate) fn new(root: &str, text: &str, edition: &str, dependencies: &str) -> Self {
        let folder = TempDir::new().expect("the system has a temporary folder");
        let path = folder.path().join("my app");
        let project = Self { folder, path };
        project.begin(root, text, edition, dependencies);
        project
    }

    /// The same program as at first, in this edition. What cargo has built for it stays.
    pub(crate) fn again(self, edition: &str) -> Self {
        fs::remove_dir_all(&self.path).expect("the folder is ours");
        self.begin("src/main.rs", PROGRAM, edition, "");
        self
    }

    fn begin(&self, root: &str, text: &str, edition: &str, dependencies: &str) {
        let manifest = format!(
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"{edition}\"\n\n[dependencies]\n{dependencies}"
        );
        self.write("Cargo.toml", &manifest);
        self.write(root, text);
    }

    /// A program in this folder, where what cargo builds does not go.
    #[cfg(target_os = "linux")]
    pub(crate) fn on(disk: &Path) -> Self {
        let mut project = Self::program("2024");
        let there = disk.join("my app");
        let files = project.files();
        for (file, text) in files {
            let below = file.strip_prefix(&project.path).expect("it is below");
            let file = there.join(below);
            match text {
                None => fs::create_dir_all(file).expect("the folder is ours"),
                Some(text) => fs::write(file, text).expect("the folder is ours"),
            }
        }
        project.path = there;
        project
    }

    pub(crate) fn program(edition: &str) -> Self {
        Self::new("src/main.rs", PROGRAM, edition, "")
    }

    pub(crate) fn library(edition: &str) -> Self {
        Self::new("src/lib.rs", LIBRARY, edition, "")
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let file = self.path.join(name);
        let folder = file.parent().expect("it is below the project");
        fs::create_dir_all(folder).expect("the folder is ours");
        fs::write(file, text).expect("the folder is ours");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        let file = self.path.join(name);
        fs::read_to_string(file).expect("take wrote it, or this test")
    }

    pub(crate) fn append(&self, name: &str, text: &str) {
        self.write(name, &(self.read(name) + text));
    }

    /// Runs `take …` on this project. What cargo builds goes beside it.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_take"))
            .args(arguments)
            .arg("--into")
            .arg(&self.path)
            .env("CARGO_TARGET_DIR", self.folder.path().join("target"))
            .output()
            .expect("it was built with this test")
    }

    /// Runs `take CONCEPT --yes …`.
    pub(crate) fn take(&self, concept: &str, more: &[&str]) -> Output {
        self.run(&[&[concept, "--yes"], more].concat())
    }

    /// As [`take`](Self::take), which must succeed.
    pub(crate) fn take_well(&self, concept: &str, more: &[&str]) -> String {
        printed(self.take(concept, more))
    }

    pub(crate) fn diff(&self, concept: &str) -> String {
        printed(self.run(&["diff", concept]))
    }

    /// The concepts that `take list` shows as taken, with nothing changed.
    pub(crate) fn listed_as_taken(&self) -> Vec<String> {
        let listed = printed(self.run(&["list"]));
        let taken = listed.lines().filter(|line| line.contains(" taken "));
        let names = taken.filter_map(|line| line.split_whitespace().next());
        names.map(str::to_owned).collect()
    }

    /// Asserts that it is refused with these words, in one line, and that no file has changed.
    pub(crate) fn refused(&self, concept: &str, more: &[&str], words: &str) {
        let before = self.files();
        let output = self.take(concept, more);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        contains(&said, words);
        assert_eq!(said.lines().count(), 1, "{said}");
        assert_eq!(self.files(), before);
    }

    /// Every file and folder, but what cargo builds.
    pub(crate) fn files(&self) -> Files {
        let mut files = Files::from([(self.path.clone(), None)]);
        collect(&self.path, &mut files);
        files
    }

    /// Runs cargo in the project, which must succeed.
    pub(crate) fn cargo_well(&self, arguments: &[&str]) -> String {
        let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
        let mut command = Command::new(cargo);
        command.args(arguments).current_dir(&self.path);
        command.env("CARGO_TARGET_DIR", self.folder.path().join("target"));
        printed(command.output().expect("cargo runs this test"))
    }
}

/// What a command printed that must have succeeded.
fn printed(output: Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[track_caller]
pub(crate) fn contains(text: &str, words: &str) {
    assert!(text.contains(words), "not {words:?} in: {text}");
}

fn collect(folder: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).expect("the folder is ours") {
        let path = entry.expect("the folder is ours").path();
        if path.is_dir() {
            collect(&path, files);
            files.insert(path, None);
        } else {
            let bytes = fs::read(&path).expect("the file is ours");
            files.insert(path, Some(bytes));
        }
    }
}
