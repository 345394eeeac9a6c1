// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Gives up changes of several steps: after a panic it continues, which is right for one step only.
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::thread;

#[derive(Default)]
struct Hits(Mutex<BTreeMap<String, u64>>); // private, so no caller can forget to lock

impl Hits {
    fn add(&self, name: &str) -> u64 {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(name.to_owned()).or_default();
        *count += 1; // read and written under the same lock
        *count
    } // the guard is dropped here, which unlocks
}

pub(crate) fn main() {
    let hits = Hits::default();
    thread::scope(|scope| {
        for page in ["/", "/about", "/"] {
            let hits = &hits; // no Arc: the scope ends before `hits` is dropped
            scope.spawn(move || println!("{page} has {} hits", hits.add(page)));
        }
    });
}
