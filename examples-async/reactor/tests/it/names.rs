//! How many threads look names up, in a process of its own, because it counts its threads.

#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};

use demo_site::Site;
use reactor::{Client, Limits, block_on, fetch_each};

#[test]
fn names_take_a_few_threads_and_none_in_the_end() {
    let test = "names::names_take_a_few_threads_and_none_in_the_end";
    if let Some(mut child) = testing::child::again(test) {
        let output = child.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        return;
    }
    let site = Site::start().unwrap();
    let page = |i| format!("/page/n{i}?size=100");
    let urls: Vec<_> = (0..300)
        .map(|i| site.url(&page(i)).replace("127.0.0.1", "localhost"))
        .collect();
    let limits = Limits {
        concurrency: 300,
        timeout: Duration::from_secs(60),
        ..Limits::default()
    };
    let before = threads();
    let (mut pages, mut most) = (0, 0);
    block_on(async |reactor| {
        let client = Client::new(&reactor);
        fetch_each(&client, &urls, limits, async |fetched| {
            assert_eq!(fetched.result.unwrap().body.len(), 100);
            pages += 1;
            most = most.max(threads() - before);
        })
        .await;
    })
    .unwrap();
    assert_eq!(pages, 300);
    // Eight; on a busy machine they may seem stuck once.
    assert!((1..=16).contains(&most), "{most} threads");
    let deadline = Instant::now() + Duration::from_secs(30);
    while threads() > before {
        assert!(Instant::now() < deadline, "threads are left");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task");
    tasks.expect("Linux has it").count()
}
