//! Names: how often each is looked up, and what becomes of a lookup that never ends.
//!
//! The system's lookup is replaced by one that counts: a program's own `getaddrinfo` comes before
//! that of the C library.

#![cfg(target_os = "linux")]

use std::ffi::{CStr, c_char, c_int};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use demo_site::Site;
use thread_fetch::{FetchError, Limits, fetch_all};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::Resolver as _;
use ureq::unversioned::transport::NextTimeout;

#[path = "../../src/resolver.rs"]
mod resolver;

/// Every name that was asked for.
static ASKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn times_asked(name: &str) -> usize {
    let asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
    asked.iter().filter(|asked| *asked == name).count()
}

/// Every name leads to 127.0.0.1; `never.test` nowhere, for ever, and `no.test` is not known.
#[expect(unsafe_code, reason = "the C library's interface")]
#[unsafe(no_mangle)]
unsafe extern "C" fn getaddrinfo(
    node: *const c_char,
    _service: *const c_char,
    _hints: *const libc::addrinfo,
    result: *mut *mut libc::addrinfo,
) -> c_int {
    // SAFETY: std passes a string that ends in a zero.
    let name = unsafe { CStr::from_ptr(node) }.to_string_lossy();
    let mut asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
    asked.push(name.to_string());
    drop(asked);
    match &*name {
        "never.test" => loop {
            thread::park();
        },
        "no.test" => return libc::EAI_NONAME,
        _ => {}
    }
    let address = Box::leak(Box::new(libc::sockaddr_in {
        sin_family: libc::AF_INET as libc::sa_family_t,
        sin_port: 0,
        sin_addr: libc::in_addr {
            s_addr: u32::from_ne_bytes([127, 0, 0, 1]),
        },
        sin_zero: [0; 8],
    }));
    let info = Box::leak(Box::new(libc::addrinfo {
        ai_flags: 0,
        ai_family: libc::AF_INET,
        ai_socktype: libc::SOCK_STREAM,
        ai_protocol: 0,
        ai_addrlen: size_of::<libc::sockaddr_in>() as libc::socklen_t,
        ai_addr: std::ptr::from_mut(address).cast(),
        ai_canonname: std::ptr::null_mut(),
        ai_next: std::ptr::null_mut(),
    }));
    // SAFETY: std passes a place for the result.
    unsafe { *result = info };
    0
}

/// The few addresses that a test looks up are never freed.
#[expect(unsafe_code, reason = "the C library's interface")]
#[unsafe(no_mangle)]
extern "C" fn freeaddrinfo(_: *mut libc::addrinfo) {}

fn limits() -> Limits {
    Limits {
        concurrency: 4,
        ..Limits::default()
    }
}

#[test]
fn each_worker_looks_a_name_up_once() {
    let site = Site::start().unwrap();
    let port = site.address().port();
    let urls: Vec<_> = (0..100)
        .map(|i| format!("http://once.test:{port}/page/{i}?size=10"))
        .collect();
    let found = fetch_all(&urls, limits());
    assert!(found.iter().all(Result::is_ok), "{found:?}");
    assert_eq!(site.counts().requests, 100);
    let asked = times_asked("once.test");
    assert!((1..=4).contains(&asked), "{asked} lookups by 4 workers");
}

#[test]
fn a_lookup_that_never_ends_is_left_behind_at_the_deadline() {
    let site = Site::start().unwrap();
    let urls = [
        site.url("/page/before?size=10"),
        "http://never.test/".to_owned(),
        "http://no.test/".to_owned(),
        site.url("/page/after?size=10"),
    ];
    let limits = Limits {
        concurrency: 1,
        timeout: Duration::from_secs(2),
        ..Limits::default()
    };
    let found = fetch_all(&urls, limits);
    assert!(found[0].is_ok() && found[3].is_ok(), "{found:?}");
    assert!(matches!(found[1], Err(FetchError::TimedOut)), "{found:?}");
    assert!(matches!(found[2], Err(FetchError::Http(_))), "{found:?}");
}

#[test]
fn digits_need_no_thread() {
    // No time at all: whoever asks another thread is too late.
    let timeout = NextTimeout {
        after: ureq::unversioned::transport::time::Duration::from_secs(0),
        ..NextTimeout::default()
    };
    let names = resolver::Names::default();
    for (url, address) in [
        ("http://127.0.0.1:81/", "127.0.0.1:81"),
        ("http://127.0.0.1/", "127.0.0.1:80"),
        ("http://127.0.0.1:/", "127.0.0.1:80"),
        ("http://user:1@127.0.0.1/", "127.0.0.1:80"),
        ("https://[::1]/", "[::1]:443"),
    ] {
        let found = names.resolve(&Uri::from_static(url), &Config::default(), timeout);
        assert_eq!(found.unwrap()[..], [address.parse().unwrap()]);
    }
}

#[test]
fn a_bad_port_is_not_the_usual_one() {
    let names = resolver::Names::default();
    for url in [
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:x/",
        "http://a:a/",
        "https://[::1]:65536/",
    ] {
        let uri = Uri::from_static(url);
        let found = names.resolve(&uri, &Config::default(), NextTimeout::default());
        assert!(matches!(found, Err(ureq::Error::BadUri(_))), "{found:?}");
    }
}

#[test]
fn a_name_is_remembered_for_five_seconds_and_a_port_of_its_own() {
    let names = resolver::Names::default();
    let look_up = |url| {
        let uri = Uri::from_static(url);
        let found = names.resolve(&uri, &Config::default(), NextTimeout::default());
        (found.unwrap()[0].port(), times_asked("remembered.test"))
    };
    assert_eq!(look_up("http://remembered.test/"), (80, 1));
    assert_eq!(look_up("http://remembered.test/"), (80, 1));
    assert_eq!(look_up("https://remembered.test/"), (443, 2));
    assert_eq!(look_up("https://remembered.test/"), (443, 2));
    thread::sleep(Duration::from_millis(5100));
    assert_eq!(look_up("https://remembered.test/"), (443, 3));
}
