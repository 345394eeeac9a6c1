//! A cache behind std's RwLock.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Texts by name, each made once and read often.
#[derive(Debug, Default)]
pub struct Cache {
    texts: RwLock<HashMap<String, Arc<str>>>,
}

impl Cache {
    /// The text with this name, if there is one.
    pub fn get(&self, name: &str) -> Option<Arc<str>> {
        // Only a writer poisons the lock, and inserting is one step: poison means nothing here.
        let texts = self.texts.read().unwrap_or_else(PoisonError::into_inner);
        texts.get(name).cloned()
    }

    /// The text with this name; the first time, what `make` makes. Threads that come at the same
    /// time may all make it, and all get the one that was first in.
    pub fn get_or_make(&self, name: &str, make: impl FnOnce() -> String) -> Arc<str> {
        // This read lock is gone at the semicolon: held on, `write` would wait for it for ever.
        let found = self.get(name);
        found.unwrap_or_else(|| {
            let made = make().into(); // without a lock: it may take long, and may use this cache
            let mut texts = self.texts.write().unwrap_or_else(PoisonError::into_inner);
            // Looks again: between the two locks another thread may have put one in.
            Arc::clone(texts.entry(name.to_owned()).or_insert(made))
        })
    }
}
