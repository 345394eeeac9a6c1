//! The text in a file, the language, and the cell built by hand, with real threads.

use once::by_hand::OnceLock;
use once::{Text, language, set_language};
use std::cell::Cell;
use std::env;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What threads may share and be given.
const _: () = {
    const fn sendable_and_shareable<T: Send + Sync>() {}
    const fn sendable<T: Send>() {}
    sendable_and_shareable::<Text>();
    sendable_and_shareable::<OnceLock<String>>();
    sendable::<OnceLock<Cell<u32>>>(); // but not shared: two threads could change it
};

#[test]
fn it_is_made_once_and_all_get_the_same() {
    for _ in 0..200 {
        let (cell, made) = (OnceLock::default(), AtomicUsize::new(0));
        let get = || {
            let text = cell.get_or_init(|| made.fetch_add(1, Ordering::Relaxed).to_string());
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
        assert_eq!(made.into_inner(), 1);
    }
}

#[test]
fn before_it_is_made_there_is_none() {
    let cell = OnceLock::default();
    assert_eq!(cell.get(), None);
    assert_eq!(cell.get_or_init(|| 1), &1);
    assert_eq!(cell.get_or_init(|| unreachable!("it is made")), &1);
    assert_eq!(cell.get(), Some(&1));
}

#[test]
fn after_a_panic_the_next_one_makes_it() {
    let cell = OnceLock::default();
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
        cell.get_or_init(|| panic!("meant"));
    }));
    assert!(panicked.is_err());
    assert_eq!(cell.get(), None);
    assert_eq!(cell.get_or_init(|| 2), &2);
}

#[test]
fn what_it_holds_is_dropped_once() {
    let value = Arc::new(());
    let cell = OnceLock::default();
    cell.get_or_init(|| Arc::clone(&value));
    cell.get_or_init(|| Arc::clone(&value));
    assert_eq!(Arc::strong_count(&value), 2);
    drop(cell);
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn a_file_that_is_not_there_is_looked_for_again() {
    let file = env::temp_dir().join(format!("once-{}.txt", std::process::id()));
    let text = Text::open(&file);
    assert!(text.content().is_err());
    assert!(text.words().is_err());
    fs::write(&file, "the cat and the dog and a cat").unwrap();
    let words = text.words().unwrap();
    assert_eq!(words.get("cat"), Some(&2));
    assert_eq!(words.get("the"), None);
    assert_eq!(words.len(), 2);
    // Read and counted once: what happens to the file after that is not seen.
    fs::remove_file(&file).unwrap();
    assert_eq!(text.content().unwrap(), "the cat and the dog and a cat");
    assert!(ptr::eq(text.words().unwrap(), words));
}

#[test]
fn the_language_is_set_before_it_is_asked_for_or_never() {
    assert_eq!(set_language("fr".into()), Ok(()));
    assert_eq!(language(), "fr");
    assert_eq!(set_language("de".into()), Err("de".into()));
    assert_eq!(language(), "fr");
}
