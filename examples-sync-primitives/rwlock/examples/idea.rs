// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up making each text only once: threads that miss it at the same time all make it.
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
#[derive(Default)]
struct Cache(RwLock<HashMap<String, Arc<str>>>);
impl Cache {
    fn get_or_make(&self, name: &str, make: impl FnOnce() -> String) -> Arc<str> {
        let texts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let found = texts.get(name).cloned();
        drop(texts); // or `write` below would wait for this thread's own read lock, forever
        found.unwrap_or_else(|| {
            let made = make().into(); // slow work, so without a lock
            let mut texts = self.0.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(texts.entry(name.to_owned()).or_insert(made)) // checks again
        })
    }
}
pub(crate) fn main() {
    let pages = Cache::default();
    thread::scope(|scope| {
        for thread in 0..4 {
            let pages = &pages;
            scope.spawn(move || {
                let page = pages.get_or_make("/", || format!("made by thread {thread}"));
                println!("thread {thread} reads the page {page}");
            });
        }
    });
}
