//! What a rule finds.

use std::fmt;
use std::path::Path;

use crate::files::relative;

/// One breach of a house rule: where, what, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Path from the root of the workspace, with `/`.
    pub file: String,
    /// What is wrong there.
    pub what: String,
    /// What to do about it: a command where one does it.
    pub fix: String,
}

impl Fault {
    /// A breach in `file`, which lies below `root`.
    pub fn new(
        root: &Path,
        file: impl AsRef<Path>,
        what: impl Into<String>,
        fix: impl Into<String>,
    ) -> Fault {
        Fault {
            file: relative(root, file.as_ref()),
            what: what.into(),
            fix: fix.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n    fix: {}", self.file, self.what, self.fix)
    }
}

/// What the rules have found in the workspace at `root`.
pub struct Faults<'a> {
    root: &'a Path,
    pub(crate) found: Vec<Fault>,
}

impl<'a> Faults<'a> {
    /// None so far.
    pub fn new(root: &'a Path) -> Self {
        let found = Vec::new();
        Self { root, found }
    }

    /// Adds a breach in `file`.
    pub fn add(&mut self, file: impl AsRef<Path>, what: impl Into<String>, fix: impl Into<String>) {
        self.found.push(Fault::new(self.root, file, what, fix));
    }
}
