// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A cache behind std's RwLock.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Texts by name. Each is made when it is first needed, and then only read.
#[derive(Debug, Default)]
pub struct Cache {
    texts: RwLock<HashMap<String, Arc<str>>>,
}

impl Cache {
    /// The text with this name, if it was made.
    pub fn get(&self, name: &str) -> Option<Arc<str>> {
        // Only a writer can poison the lock, and inserting is one step. So ignoring it is right.
        let texts = self.texts.read().unwrap_or_else(PoisonError::into_inner);
        texts.get(name).cloned()
    }

    /// The text with this name. If there is none, `make` makes it. Threads that miss it at the same
    /// time may all make one, and they all get the one that was inserted first.
    pub fn get_or_make(&self, name: &str, make: impl FnOnce() -> String) -> Arc<str> {
        // The read lock ends here. If it were still held, `write` below would wait for it forever.
        let found = self.get(name);
        found.unwrap_or_else(|| {
            let made = make().into(); // without a lock: it may take long, and may use this cache
            let mut texts = self.texts.write().unwrap_or_else(PoisonError::into_inner);
            // Checks again: between the two locks another thread may have inserted one.
            Arc::clone(texts.entry(name.to_owned()).or_insert(made))
        })
    }
}
