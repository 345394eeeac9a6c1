//! What the cache guarantees.

use super::cache::Cache;
use std::sync::Arc;
use std::thread;

/// Threads that miss at the same time all get the same text.
pub(crate) fn all_get_the_same_text() {
    model::check(|| {
        let cache = Arc::new(Cache::default());
        let shared = Arc::clone(&cache);
        let other = thread::spawn(move || shared.get_or_make("/", || "other".into()));
        let ours = cache.get_or_make("/", || "ours".into());
        let other = other.join().expect("a panic would have ended the model");
        assert!(Arc::ptr_eq(&ours, &other), "two texts for one name");
        let kept = cache.get("/").expect("it was made");
        assert!(Arc::ptr_eq(&ours, &kept), "two texts for one name");
    });
}
