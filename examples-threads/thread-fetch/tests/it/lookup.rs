//! Names: how often each is looked up, and what becomes of a lookup that never returns.
//!
//! The system's lookup is replaced by one that counts: a program's own `getaddrinfo` comes before
//! that of the C library.

#![cfg(target_os = "linux")]

use std::ffi::{CStr, c_char, c_int};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use demo_site::Site;
use testing::watchdog::assert_ends;
use thread_fetch::{FetchError, Limits, agents_with, config, fetch_all};
use ureq::Agent;
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

/// Every name leads to 127.0.0.1, and `two.test` to 127.0.0.2 before. A lookup of `never.test`, or of
/// a name that ends so, never returns, and `no.test` is not known.
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
    if name.ends_with("never.test") {
        loop {
            thread::park();
        }
    }
    if name == "no.test" {
        return libc::EAI_NONAME;
    }
    let mut found = info([127, 0, 0, 1], std::ptr::null_mut());
    if name == "two.test" {
        found = info([127, 0, 0, 2], found);
    }
    // SAFETY: std passes a place for the result.
    unsafe { *result = found };
    0
}

fn info(address: [u8; 4], next: *mut libc::addrinfo) -> *mut libc::addrinfo {
    let address = Box::leak(Box::new(libc::sockaddr_in {
        sin_family: libc::AF_INET as libc::sa_family_t,
        sin_port: 0,
        sin_addr: libc::in_addr {
            s_addr: u32::from_ne_bytes(address),
        },
        sin_zero: [0; 8],
    }));
    Box::leak(Box::new(libc::addrinfo {
        ai_flags: 0,
        ai_family: libc::AF_INET,
        ai_socktype: libc::SOCK_STREAM,
        ai_protocol: 0,
        ai_addrlen: size_of::<libc::sockaddr_in>() as libc::socklen_t,
        ai_addr: std::ptr::from_mut(address).cast(),
        ai_canonname: std::ptr::null_mut(),
        ai_next: next,
    }))
}

/// The few addresses that a test looks up are never freed.
#[expect(unsafe_code, reason = "the C library's interface")]
#[unsafe(no_mangle)]
extern "C" fn freeaddrinfo(_: *mut libc::addrinfo) {}

fn direct() -> Vec<Agent> {
    agents_with(4, config(2).proxy(None).build())
}

fn limits() -> Limits {
    Limits {
        concurrency: 4,
        ..Limits::default()
    }
}

#[test]
fn a_name_is_looked_up_once_for_many_pages() {
    let site = Site::start().unwrap();
    let port = site.address().port();
    let urls: Vec<_> = (0..100)
        .map(|i| format!("http://once.test:{port}/page/{i}?size=10"))
        .collect();
    let found = fetch_all(&direct(), &urls, limits());
    assert!(found.iter().all(Result::is_ok), "{found:?}");
    assert_eq!(site.counts().requests, 100);
    let asked = times_asked("once.test");
    assert!((1..=4).contains(&asked), "{asked} lookups by 4 workers");
}

#[test]
fn a_lookup_that_never_returns_is_left_behind_at_the_deadline() {
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
    let found = fetch_all(&direct(), &urls, limits);
    assert!(found[0].is_ok() && found[3].is_ok(), "{found:?}");
    assert!(matches!(found[1], Err(FetchError::TimedOut)), "{found:?}");
    assert!(matches!(found[2], Err(FetchError::Http(_))), "{found:?}");
}

/// Nine slow names and one good, and a slot for each.
#[test]
fn lookups_that_hang_delay_nobody_else() {
    assert_ends(|| {
        let site = Site::start().unwrap();
        let mut urls: Vec<_> = (0..9).map(|i| format!("http://{i}.never.test/")).collect();
        let port = site.address().port();
        urls.push(format!("http://quick.test:{port}/page/a?size=10"));
        let limits = Limits {
            concurrency: 10,
            timeout: Duration::from_secs(5),
            ..Limits::default()
        };
        let found = fetch_all(&direct(), &urls, limits);
        for slow in &found[..9] {
            assert!(matches!(slow, Err(FetchError::TimedOut)), "{slow:?}");
        }
        assert!(found[9].is_ok(), "{:?}", found[9]);
    });
}

/// Drops what nobody accepts: the first of two addresses does not answer, and leaves time for the
/// second.
#[test]
fn the_first_address_does_not_take_all_the_time() {
    assert_ends(|| {
        let site = Site::start().unwrap();
        let port = site.address().port();
        let silent = fetcher_suite::silent::Silent::at(([127, 0, 0, 2], port).into());
        let limits = Limits {
            timeout: Duration::from_secs(6),
            ..Limits::default()
        };
        let url = format!("http://two.test:{port}/page/a?size=10");
        let found = fetch_all(&direct(), [url], limits);
        assert!(found[0].is_ok(), "{found:?}");
        drop(silent);
    });
}

#[test]
fn digits_need_no_thread() {
    // There is no time, so an answer of another thread would be too late.
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
