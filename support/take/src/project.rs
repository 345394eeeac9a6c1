//! The project that a concept is copied into.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use cargo_metadata::{MetadataCommand, Package};

/// One package of the reader's.
pub(crate) struct Project {
    pub(crate) name: String,
    /// The folder of the package.
    pub(crate) folder: PathBuf,
    pub(crate) manifest: PathBuf,
    /// The folder of its workspace, often the same.
    pub(crate) workspace: PathBuf,
    pub(crate) edition: String,
    /// The file with the root module: of the library, if there is one, or of the program.
    pub(crate) root_file: PathBuf,
    pub(crate) is_library: bool,
}

impl Project {
    /// The package in this folder; in a workspace with several, the one that is named.
    pub(crate) fn find(folder: &Path, package: Option<&str>) -> anyhow::Result<Self> {
        let folder = fs::canonicalize(folder)
            .with_context(|| format!("there is no folder {}", folder.display()))?;
        let manifest = folder.join("Cargo.toml");
        if !manifest.is_file() {
            bail!(
                "{} has no Cargo.toml: name the folder of a package",
                folder.display()
            );
        }
        let metadata = MetadataCommand::new()
            .manifest_path(&manifest)
            .no_deps()
            .exec()
            .map_err(|error| {
                anyhow::anyhow!(
                    "cargo cannot read {}: {}",
                    manifest.display(),
                    last_line(&error.to_string())
                )
            })?;
        let members = metadata.workspace_packages();
        let found = match package {
            Some(name) => members.iter().find(|member| member.name.as_str() == name),
            None => members
                .iter()
                .find(|member| member.manifest_path.as_std_path() == manifest),
        };
        let found = found.or(match (package, &members[..]) {
            (None, [only]) => Some(only),
            _ => None,
        });
        let Some(found) = found else {
            let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
            bail!(
                "which package is it? Use -p with one of: {}",
                names.join(", ")
            );
        };
        Self::of(found, metadata.workspace_root.as_std_path())
    }

    fn of(package: &Package, workspace: &Path) -> anyhow::Result<Self> {
        let library = package.targets.iter().find(|target| target.is_lib());
        let program = package.targets.iter().find(|target| target.is_bin());
        let Some(target) = library.or(program) else {
            bail!("{} has neither a library nor a program", package.name);
        };
        let manifest = package.manifest_path.as_std_path();
        Ok(Self {
            name: package.name.to_string(),
            folder: manifest.parent().unwrap_or(workspace).to_owned(),
            manifest: manifest.to_owned(),
            workspace: workspace.to_owned(),
            edition: package.edition.to_string(),
            root_file: target.src_path.as_std_path().to_owned(),
            is_library: library.is_some(),
        })
    }

    /// The folder of the root module, in which other modules are.
    pub(crate) fn sources(&self) -> &Path {
        self.root_file.parent().unwrap_or(&self.folder)
    }

    /// The package's name in code.
    pub(crate) fn crate_name(&self) -> String {
        self.name.replace('-', "_")
    }

    /// A path as the reader sees it.
    pub(crate) fn shown(&self, path: &Path) -> String {
        let relative = path.strip_prefix(&self.workspace).unwrap_or(path);
        relative.display().to_string()
    }

    /// # Errors
    /// If git knows the project, and it has changes that are not committed.
    pub(crate) fn refuse_uncommitted_changes(&self) -> anyhow::Result<()> {
        let status = Command::new("git")
            .args(["status", "--porcelain", "--", "."])
            .current_dir(&self.workspace)
            .output();
        // Without git, or outside of a repository, there is nothing to protect.
        let Ok(status) = status else { return Ok(()) };
        if status.status.success() && !status.stdout.is_empty() {
            bail!(
                "{} has changes that are not committed; commit them, or use --allow-dirty",
                self.workspace.display()
            );
        }
        Ok(())
    }
}

fn last_line(text: &str) -> &str {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.next_back().unwrap_or_default().trim()
}
