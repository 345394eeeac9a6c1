//! The cache and the lock built by hand, with real threads.

use rwlock::Cache;
use rwlock::by_hand::{Prefer, ReadGuard, RwLock, WriteGuard};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What threads may share and be given.
const _: () = {
    const fn sendable_and_shareable<T: Send + Sync>() {}
    const fn sendable<T: Send>() {}
    sendable_and_shareable::<Cache>();
    sendable_and_shareable::<RwLock<String>>();
    sendable_and_shareable::<ReadGuard<'static, String>>();
    sendable_and_shareable::<WriteGuard<'static, String>>();
    sendable::<RwLock<Cell<u32>>>(); // but not shared: two readers could change it
};

#[test]
fn writers_are_alone_and_readers_see_whole_changes() {
    const STEPS: usize = 2_000;
    for prefer in [Prefer::Readers, Prefer::Writers] {
        let lock = RwLock::new(prefer, (0, 0));
        let writing = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..STEPS {
                        let mut both = lock.write();
                        assert_eq!(writing.fetch_add(1, Ordering::Relaxed), 0);
                        both.0 += 1;
                        both.1 += 1;
                        writing.fetch_sub(1, Ordering::Relaxed);
                    }
                });
                scope.spawn(|| {
                    for _ in 0..STEPS {
                        let both = lock.read();
                        assert_eq!(writing.load(Ordering::Relaxed), 0);
                        assert_eq!(both.0, both.1);
                    }
                });
            }
        });
        assert_eq!(*lock.read(), (2 * STEPS, 2 * STEPS));
    }
}

#[test]
fn who_only_tries_is_told_at_once() {
    let lock = RwLock::new(Prefer::Writers, 1);
    let writer = lock.write();
    assert!(lock.try_read().is_none());
    drop(writer);
    let (one, other) = (lock.try_read(), lock.try_read());
    assert!(one.is_some() && other.is_some());
    assert_eq!(lock.writers_waiting(), 0);
}

#[test]
fn a_panic_frees_the_lock() {
    let lock = Arc::new(RwLock::new(Prefer::Writers, 0));
    let writer = Arc::clone(&lock);
    let panicked = thread::spawn(move || {
        *writer.write() = 1;
        let _guard = writer.read();
        panic!("meant");
    });
    assert!(panicked.join().is_err());
    *lock.write() += 1;
    assert_eq!(*lock.read(), 2);
}

#[test]
fn a_text_is_made_once_and_kept() {
    let cache = Cache::default();
    assert_eq!(cache.get("/"), None);
    assert_eq!(&*cache.get_or_make("/", || "first".into()), "first");
    let again = cache.get_or_make("/", || unreachable!("it is there"));
    assert_eq!(&*again, "first");
}

#[test]
fn making_a_text_may_use_the_cache() {
    let cache = Cache::default();
    let page = cache.get_or_make("page", || {
        format!("<h1>{}</h1>", cache.get_or_make("title", || "Hello".into()))
    });
    assert_eq!(&*page, "<h1>Hello</h1>");
}

#[test]
fn a_panic_while_making_leaves_the_cache_as_it_was() {
    let cache = Arc::new(Cache::default());
    let shared = Arc::clone(&cache);
    let panicked = thread::spawn(move || shared.get_or_make("/", || panic!("meant")));
    assert!(panicked.join().is_err());
    assert_eq!(&*cache.get_or_make("/", || "made".into()), "made");
}
