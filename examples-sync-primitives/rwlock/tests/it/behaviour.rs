//! The cache and the lock built by hand, with real threads.

use rwlock::Cache;
use rwlock::by_hand::{Prefer, ReadGuard, RwLock, WriteGuard};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, MutexGuard};
use std::thread;

/// What threads may share and send to each other.
const _: () = {
    const fn sendable_and_shareable<T: Send + Sync>() {}
    const fn sendable<T: Send>() {}
    sendable_and_shareable::<Cache>();
    sendable_and_shareable::<RwLock<String>>();
    sendable_and_shareable::<ReadGuard<'static, String>>();
    sendable_and_shareable::<WriteGuard<'static, String>>();
    sendable::<RwLock<Cell<u32>>>(); // but not shared: two readers could change it at the same time
};

/// Compiles only if the type may not be shared: if it is `Sync`, both implementations fit.
macro_rules! assert_not_shareable {
    ($type:ty) => {
        const _: fn() = || {
            trait Ambiguous<A> {
                fn check() {}
            }
            impl<T> Ambiguous<()> for T {}
            struct IfSync;
            impl<T: Sync> Ambiguous<IfSync> for T {}
            let _ = <$type as Ambiguous<_>>::check;
        };
    };
}
// `Send` and not `Sync`: two readers could change it at the same time.
assert_not_shareable!(RwLock<Cell<u32>>);
// `Sync` and not `Send`: a writer could move the guard out, and unlock it in the wrong thread.
assert_not_shareable!(RwLock<MutexGuard<'static, u32>>);
assert_not_shareable!(ReadGuard<'static, Cell<u32>>);
assert_not_shareable!(WriteGuard<'static, Cell<u32>>);

#[test]
fn writers_are_alone_and_readers_see_whole_changes() {
    let _limit = testing::watchdog::limit();
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
fn trying_never_waits() {
    let _limit = testing::watchdog::limit();
    let lock = RwLock::new(Prefer::Writers, 1);
    let writer = lock.write();
    assert!(lock.try_read().is_none());
    assert!(lock.try_write().is_none());
    drop(writer);
    let (one, other) = (lock.try_read(), lock.try_read());
    assert!(one.is_some() && other.is_some());
    assert!(lock.try_write().is_none());
    drop((one, other));
    *lock.try_write().unwrap() = 2;
    assert_eq!(*lock.read(), 2);
    assert_eq!(lock.writers_waiting(), 0);
}

#[test]
fn a_panic_unlocks() {
    let _limit = testing::watchdog::limit();
    let lock = Arc::new(RwLock::new(Prefer::Writers, 0));
    let writer = Arc::clone(&lock);
    let panicked = thread::spawn(move || {
        *writer.write() = 1;
        let _guard = writer.read();
        panic!("intended");
    });
    assert!(panicked.join().is_err());
    *lock.write() += 1;
    assert_eq!(*lock.read(), 2);
}

#[test]
fn a_text_is_made_once_and_kept() {
    let _limit = testing::watchdog::limit();
    let cache = Cache::default();
    assert_eq!(cache.get("/"), None);
    assert_eq!(&*cache.get_or_make("/", || "first".into()), "first");
    let again = cache.get_or_make("/", || unreachable!("it was made before"));
    assert_eq!(&*again, "first");
}

#[test]
fn making_a_text_may_use_the_cache() {
    let _limit = testing::watchdog::limit();
    let cache = Cache::default();
    let page = cache.get_or_make("page", || {
        format!("<h1>{}</h1>", cache.get_or_make("title", || "Hello".into()))
    });
    assert_eq!(&*page, "<h1>Hello</h1>");
}

#[test]
fn a_panic_while_making_leaves_the_cache_as_it_was() {
    let _limit = testing::watchdog::limit();
    let cache = Arc::new(Cache::default());
    let shared = Arc::clone(&cache);
    let panicked = thread::spawn(move || shared.get_or_make("/", || panic!("intended")));
    assert!(panicked.join().is_err());
    assert_eq!(&*cache.get_or_make("/", || "made".into()), "made");
}

#[test]
fn a_downgraded_guard_reads_with_others_and_keeps_writers_out() {
    let _limit = testing::watchdog::limit();
    for prefer in [Prefer::Readers, Prefer::Writers] {
        let lock = RwLock::new(prefer, 1);
        let mut writer = lock.write();
        *writer = 2;
        let reader = WriteGuard::downgrade(writer);
        assert_eq!(*reader, 2);
        assert!(lock.try_read().is_some());
        assert!(lock.try_write().is_none());
        drop(reader);
        assert!(lock.try_write().is_some());
    }
}

#[test]
fn debug_shows_the_value() {
    let _limit = testing::watchdog::limit();
    static LOCK: RwLock<u32> = RwLock::new(Prefer::Writers, 7);
    assert_eq!(format!("{LOCK:?}"), "RwLock { data: 7, .. }");
    assert_eq!(format!("{:?}", LOCK.read()), "7");
    let guard = LOCK.write();
    assert_eq!(format!("{guard:?}"), "7");
    assert_eq!(format!("{LOCK:?}"), "RwLock { data: <locked>, .. }");
}

/// A row for each state: what is done to the lock, what `Debug` shows, and whether a reader and a
/// writer may get in afterwards. So `Debug` neither waits nor keeps the lock.
#[test]
fn debug_leaves_a_lock_in_each_state_as_it_was() {
    fn panics_as_a_writer(lock: &'static RwLock<u32>) {
        let panicked = thread::spawn(move || {
            let _guard = lock.write();
            panic!("intended");
        });
        assert!(panicked.join().is_err());
    }
    let _limit = testing::watchdog::limit();
    type Change = fn(&'static RwLock<u32>);
    let (shown, locked) = ("RwLock { data: 7, .. }", "RwLock { data: <locked>, .. }");
    let rows: [(Change, &str, bool, bool); 4] = [
        (|_| (), shown, true, true),
        (
            |lock| _ = std::mem::ManuallyDrop::new(lock.read()),
            shown,
            true,
            false,
        ),
        (
            |lock| _ = std::mem::ManuallyDrop::new(lock.write()),
            locked,
            false,
            false,
        ),
        (panics_as_a_writer, shown, true, true),
    ];
    for prefer in [Prefer::Readers, Prefer::Writers] {
        for (row, (change, expected, reads, writes)) in rows.into_iter().enumerate() {
            let lock = Box::leak(Box::new(RwLock::new(prefer, 7)));
            change(lock);
            assert_eq!(format!("{lock:?}"), expected, "row {row}");
            assert_eq!(lock.try_write().is_some(), writes, "row {row}");
            assert_eq!(lock.try_read().is_some(), reads, "row {row}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn waiting_threads_use_no_cpu() {
    let _limit = testing::watchdog::limit();
    let lock = RwLock::new(Prefer::Writers, 0);
    for wait in [
        |lock: &RwLock<u32>| drop(lock.read()),
        |lock: &RwLock<u32>| drop(lock.write()),
    ] {
        let guard = lock.write();
        testing::waits::assert_sleeps(|| wait(&lock), || drop(guard));
    }
}

#[test]
fn two_writers_that_wait_for_a_writer_both_get_in() {
    let _limit = testing::watchdog::limit();
    for prefer in [Prefer::Readers, Prefer::Writers] {
        let lock = RwLock::new(prefer, 0);
        let guard = lock.write();
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| *lock.write() += 1);
            }
            while lock.writers_waiting() < 2 {
                thread::yield_now();
            }
            drop(guard);
        });
        assert_eq!(*lock.read(), 2);
    }
}
