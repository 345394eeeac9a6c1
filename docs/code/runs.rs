//! The runs of compare that are checked in. Each is what `compare … --json` has printed.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::path::{Path, PathBuf};

use measured::Document;

use crate::fault::Fault;

/// The runs of a workspace, each read once.
pub(crate) struct Runs<'a> {
    root: &'a Path,
    folder: PathBuf,
    read: BTreeMap<&'static str, Document>,
}

impl<'a> Runs<'a> {
    /// Those below this root; none if there are none.
    pub(crate) fn of(root: &'a Path) -> Option<Self> {
        let folder = root.join("docs/measured");
        let read = BTreeMap::new();
        folder.is_dir().then_some(Self { root, folder, read })
    }

    /// The run in `NAME.json`.
    pub(crate) fn get(&mut self, name: &'static str) -> Result<&Document, Fault> {
        let (root, path) = (self.root, self.path(name));
        match self.read.entry(name) {
            Entry::Occupied(run) => Ok(run.into_mut()),
            Entry::Vacant(place) => {
                let read = fs::read_to_string(&path).map_err(anyhow::Error::from);
                let run = read.and_then(|text| Document::from_json(&text));
                let run = run.map_err(|error| lacks(root, &path, format!("{error:#}")))?;
                Ok(place.insert(run))
            }
        }
    }

    /// The fault that this run lacks something.
    pub(crate) fn lacks(&self, name: &str, what: String) -> Fault {
        lacks(self.root, &self.path(name), what)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.json"))
    }
}

fn lacks(root: &Path, path: &Path, what: String) -> Fault {
    let fix = "measure it again: docs/README.md has the commands";
    Fault::new(root, path, what, fix)
}
