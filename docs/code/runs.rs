//! The runs of compare that are checked in. Each is what `compare … --json` has printed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use measured::Document;

use crate::fault::Fault;

/// The runs of a workspace, each read once.
pub(crate) struct Runs<'a> {
    root: &'a Path,
    read: BTreeMap<&'static str, Document>,
}

impl<'a> Runs<'a> {
    /// Those below this root; none if there are none.
    pub(crate) fn of(root: &'a Path) -> Option<Self> {
        let read = BTreeMap::new();
        let exists = root.join("docs/measured").is_dir();
        exists.then_some(Self { root, read })
    }

    /// The run in `NAME.json`.
    pub(crate) fn get(&mut self, name: &'static str) -> Result<&Document, Fault> {
        if !self.read.contains_key(name) {
            let text = fs::read_to_string(self.root.join(path(name)));
            let run = text
                .map_err(anyhow::Error::from)
                .and_then(|text| Document::from_json(&text))
                .map_err(|error| self.lacks(name, format!("{error:#}")))?;
            self.read.insert(name, run);
        }
        Ok(&self.read[name])
    }

    /// The fault that this run lacks something.
    pub(crate) fn lacks(&self, name: &str, what: String) -> Fault {
        let fix = "measure it again: docs/README.md has the commands";
        Fault::new(self.root, path(name), what, fix)
    }
}

fn path(name: &str) -> String {
    format!("docs/measured/{name}.json")
}
