//! In a binary of its own, because it counts the threads of its whole process.
//!
//! Thousands in flight on one thread, and what is left when they are done. The only test of its
//! file: it counts the threads and descriptors of its process.

use std::time::Duration;

use demo_site::Site;
use reactor::{Client, Limits, block_on, fetch_each};

const MANY: usize = 2000;

#[test]
fn two_thousand_in_flight_on_one_thread_and_nothing_left() {
    let reached = [2, 8, 20].into_iter().any(|delay| {
        let site = Site::start().unwrap();
        let urls: Vec<_> = (0..MANY)
            .map(|i| site.url(&format!("/page/n{i}?delay={delay}s&size=100")))
            .collect();
        let limits = Limits {
            concurrency: MANY,
            timeout: Duration::from_secs(60),
            ..Limits::default()
        };
        let before = (threads(), descriptors());
        let mut pages = 0;
        block_on(async |reactor| {
            let client = Client::new(&reactor);
            fetch_each(&client, &urls, limits, async |fetched| {
                assert_eq!(fetched.result.unwrap().body.len(), 100);
                pages += 1;
                if pages == 1 {
                    // All the others wait, each for its socket and its deadline.
                    assert_eq!(reactor.load(), (MANY, MANY - 1));
                    assert_eq!(threads(), before.0);
                }
            })
            .await;
            drop(client);
            assert_eq!(reactor.load(), (0, 0));
        })
        .unwrap();
        assert_eq!(pages, MANY);
        // The site closes its ends in its own time.
        let deadline = std::time::Instant::now() + Duration::from_secs(30);
        while descriptors() != before.1 {
            assert!(std::time::Instant::now() < deadline, "descriptors are left");
            std::thread::sleep(Duration::from_millis(10));
        }
        // On a busy machine the first may end before the last has started: then with slower pages.
        let counts = site.counts();
        assert_eq!(counts.connections, MANY as u64);
        counts.most_in_flight == MANY
    });
    assert!(reached, "never {MANY} in flight");
}

#[cfg(target_os = "linux")]
fn threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task");
    tasks.expect("Linux has it").count()
}

#[cfg(target_os = "linux")]
fn descriptors() -> usize {
    let open = std::fs::read_dir("/proc/self/fd");
    open.expect("Linux has it").count()
}

/// Elsewhere only the sockets are counted.
#[cfg(not(target_os = "linux"))]
fn threads() -> usize {
    0
}

#[cfg(not(target_os = "linux"))]
fn descriptors() -> usize {
    0
}
