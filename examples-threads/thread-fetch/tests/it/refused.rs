//! A system that refuses threads: no row is lost.

use std::error::Error as _;
use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicIsize, Ordering::Relaxed};

use demo_site::Site;
use testing::child::again;
use thread_fetch::{FetchError, Limits, agents_with, config, fetch_all};

/// Threads that the system grants. Only a process of its own changes it.
static LEFT: AtomicIsize = AtomicIsize::new(isize::MAX);

type Create = unsafe extern "C" fn(*mut c_void, *const c_void, *const c_void, *mut c_void) -> c_int;

/// The system's way to start a thread: a program's own comes before that of the C library.
#[expect(unsafe_code, reason = "the C library's interface")]
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_create(
    thread: *mut c_void,
    attributes: *const c_void,
    main: *const c_void,
    argument: *mut c_void,
) -> c_int {
    if LEFT.fetch_sub(1, Relaxed) <= 0 {
        return libc::EAGAIN;
    }
    // SAFETY: the name ends in a zero.
    let real = unsafe { libc::dlsym(libc::RTLD_NEXT, c"pthread_create".as_ptr()) };
    // SAFETY: the next function of this name is the C library's, which is of this type.
    let real = unsafe { std::mem::transmute::<*mut c_void, Create>(real) };
    // SAFETY: the caller keeps the contract of this very function.
    unsafe { real(thread, attributes, main, argument) }
}

/// In a process of its own.
fn limited(test: &str, body: fn()) {
    let Some(mut child) = again(test) else {
        return body();
    };
    let output = child.output().expect("a test binary can start itself");
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn those_that_are_granted_do_all_the_work() {
    limited("refused::those_that_are_granted_do_all_the_work", || {
        let site = Site::start().unwrap();
        let urls: Vec<_> = (0..100)
            .map(|i| site.url(&format!("/page/{i}?size=10&delay=20ms")))
            .collect();
        let limits = Limits {
            concurrency: 100,
            ..Limits::default()
        };
        let agents = agents_with(100, config(2).proxy(None).build());
        LEFT.store(3, Relaxed);
        let pages = fetch_all(&agents, &urls, limits);
        assert!(pages.iter().all(Result::is_ok), "{pages:?}");
        let most = site.counts().most_in_flight;
        assert!((1..=3).contains(&most), "{most} in flight");
        assert!(LEFT.load(Relaxed) < 0, "no thread was refused");
    });
}

#[test]
fn without_any_each_row_says_so() {
    limited("refused::without_any_each_row_says_so", || {
        let agents = agents_with(100, config(2).proxy(None).build());
        LEFT.store(0, Relaxed);
        let pages = fetch_all(&agents, ["http://127.0.0.1:1/"; 20], Limits::default());
        assert_eq!(pages.len(), 20);
        for page in pages {
            let error = page.unwrap_err();
            assert!(matches!(error, FetchError::Thread(_)), "{error:?}");
            let cause = error.source().unwrap().to_string();
            assert_eq!(error.to_string(), format!("no thread: {cause}"));
        }
    });
}

/// The worker has a thread, and its lookup gets none.
#[test]
fn a_lookup_without_a_thread_costs_its_own_row() {
    limited(
        "refused::a_lookup_without_a_thread_costs_its_own_row",
        || {
            let site = Site::start().unwrap();
            let urls = [
                "http://localhost:1/".to_owned(),
                site.url("/page/a?size=10"),
            ];
            let limits = Limits {
                concurrency: 1,
                ..Limits::default()
            };
            let agents = agents_with(1, config(2).proxy(None).build());
            LEFT.store(1, Relaxed);
            let pages = fetch_all(&agents, urls, limits);
            let error = pages[0].as_ref().unwrap_err();
            assert!(matches!(error, FetchError::Http(_)), "{error:?}");
            assert!(pages[1].is_ok(), "{pages:?}");
        },
    );
}

/// However high the limit is.
#[test]
fn there_are_no_more_threads_than_requests() {
    limited("refused::there_are_no_more_threads_than_requests", || {
        let site = Site::start().unwrap();
        let urls = [1, 2].map(|i| site.url(&format!("/page/{i}?size=10")));
        let limits = Limits {
            concurrency: usize::MAX,
            ..Limits::default()
        };
        let agents = agents_with(1, config(2).proxy(None).build());
        LEFT.store(10, Relaxed);
        let pages = fetch_all(&agents, urls, limits);
        assert!(pages.iter().all(Result::is_ok), "{pages:?}");
        assert_eq!(LEFT.load(Relaxed), 8);
    });
}
