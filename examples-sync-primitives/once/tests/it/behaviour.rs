//! The text in a file, the language, and the cell built by hand, with real threads.

use once::by_hand::OnceLock;
use once::{Text, language, set_language};
use std::cell::Cell;
use std::env;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, MutexGuard};
use std::thread;
use testing::watchdog;

/// `Send`, but not `Sync`.
type Sendable = Cell<u8>;
/// `Sync`, but not `Send`.
type Shareable = MutexGuard<'static, u8>;

const _: () = {
    const fn sync<T: Sync>() {}
    const fn send<T: Send>() {}
    send::<Text>();
    sync::<Text>();
    send::<OnceLock<String>>();
    sync::<OnceLock<String>>();
    send::<OnceLock<Sendable>>();
};

/// Compiles only while none of these has the trait: else two impls would fit.
#[test]
fn a_cell_is_shared_only_if_its_value_may_be_shared_and_sent() {
    trait NotSync<Why> {
        fn is_not_sync() {}
    }
    impl<T> NotSync<()> for T {}
    impl<T: Sync> NotSync<u8> for T {}
    trait NotSend<Why> {
        fn is_not_send() {}
    }
    impl<T> NotSend<()> for T {}
    impl<T: Send> NotSend<u8> for T {}
    <OnceLock<Sendable> as NotSync<_>>::is_not_sync(); // two threads could change it
    <OnceLock<Shareable> as NotSync<_>>::is_not_sync(); // computed in one, dropped in another
    <OnceLock<Shareable> as NotSend<_>>::is_not_send();
}

static IN_A_STATIC: OnceLock<u32> = OnceLock::new();

#[test]
fn a_cell_can_be_in_a_static() {
    let _limit = watchdog::limit();
    assert_eq!(IN_A_STATIC.get_or_init(|| 7), &7);
}

#[test]
fn debug_shows_the_value_as_std_does() {
    let _limit = watchdog::limit();
    let (ours, theirs) = (OnceLock::new(), std::sync::OnceLock::new());
    assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
    ours.get_or_init(|| "a value");
    theirs.get_or_init(|| "a value");
    assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
}

#[test]
fn the_value_is_computed_once_and_all_get_the_same() {
    let _limit = watchdog::limit();
    for _ in 0..200 {
        let (cell, computed) = (OnceLock::new(), AtomicUsize::new(0));
        let get = || {
            let text = cell.get_or_init(|| computed.fetch_add(1, Ordering::Relaxed).to_string());
            assert_eq!(text, "0");
            ptr::from_ref(text) as usize
        };
        thread::scope(|scope| {
            let others = [(); 3].map(|()| scope.spawn(get));
            let ours = get();
            for other in others {
                assert_eq!(other.join().unwrap(), ours);
            }
        });
        assert_eq!(computed.into_inner(), 1);
    }
}

#[test]
fn before_it_is_computed_there_is_none() {
    let _limit = watchdog::limit();
    let cell = OnceLock::default();
    assert_eq!(cell.get(), None);
    assert_eq!(cell.get_or_init(|| 1), &1);
    assert_eq!(cell.get_or_init(|| unreachable!("it is computed")), &1);
    assert_eq!(cell.get(), Some(&1));
}

#[test]
fn after_a_panic_the_next_caller_computes_it() {
    let _limit = watchdog::limit();
    let cell = OnceLock::new();
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
        cell.get_or_init(|| panic!("intended"));
    }));
    assert!(panicked.is_err());
    assert_eq!(cell.get(), None);
    assert_eq!(cell.get_or_init(|| 2), &2);
}

#[test]
fn the_value_is_dropped_once() {
    let _limit = watchdog::limit();
    let value = Arc::new(());
    let cell = OnceLock::new();
    cell.get_or_init(|| Arc::clone(&value));
    cell.get_or_init(|| Arc::clone(&value));
    assert_eq!(Arc::strong_count(&value), 2);
    drop(cell);
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn a_file_that_does_not_exist_is_read_at_the_next_call() {
    let _limit = watchdog::limit();
    let file = env::temp_dir().join(format!("once-{}.txt", std::process::id()));
    let text = Text::open(&file);
    assert!(text.content().is_err());
    assert!(text.words().is_err());
    fs::write(&file, "the cat and the dog is to a cat of").unwrap();
    let words = text.words().unwrap();
    assert_eq!(words.get("cat"), Some(&2));
    assert_eq!(words.get("the"), None);
    assert_eq!(words.len(), 2);
    // Read and counted once: later changes of the file are not seen.
    fs::remove_file(&file).unwrap();
    assert_eq!(
        text.content().unwrap(),
        "the cat and the dog is to a cat of"
    );
    assert!(ptr::eq(text.words().unwrap(), words));
}

#[test]
fn the_language_is_set_before_its_first_use_or_never() {
    let _limit = watchdog::limit();
    assert_eq!(set_language("fr".into()), Ok(()));
    assert_eq!(language(), "fr");
    assert_eq!(set_language("de".into()), Err("de".into()));
    assert_eq!(language(), "fr");
}

#[test]
fn the_first_use_sets_the_default_language() {
    let test = "behaviour::the_first_use_sets_the_default_language";
    testing::child::alone(test, &[], || {
        assert_eq!(language(), "en");
        assert_eq!(set_language("fr".into()), Err("fr".into()));
        assert_eq!(language(), "en");
    });
}

#[test]
fn debug_does_not_wait_for_the_value() {
    let _limit = watchdog::limit();
    let cell = OnceLock::new();
    let shown = cell.get_or_init(|| format!("{cell:?}"));
    assert_eq!(shown, "OnceLock(<uninit>)");
}

#[cfg(target_os = "linux")]
#[test]
fn a_thread_that_waits_for_the_value_uses_no_cpu() {
    let _limit = watchdog::limit();
    let (cell, computing, may_end) = (OnceLock::new(), Barrier::new(2), Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| {
            cell.get_or_init(|| {
                computing.wait();
                may_end.wait();
                7
            });
        });
        computing.wait();
        let wait = || {
            let value = cell.get_or_init(|| unreachable!("the other computes it"));
            assert_eq!(value, &7);
        };
        testing::waits::assert_sleeps(wait, || _ = may_end.wait());
    });
}
