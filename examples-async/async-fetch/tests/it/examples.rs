//! The programs under `examples/` find or print what their twins do.

use demo_site::{Site, TOUR};
use testing::child::again;
use testing::twin;

#[path = "../../examples/coroutine.rs"]
mod coroutine;
#[expect(dead_code, reason = "its `main` asks the command line")]
#[path = "../../examples/gather.rs"]
mod gather;
#[expect(dead_code, reason = "its `main` needs the internet")]
#[path = "../../examples/idea.rs"]
mod idea;

#[expect(dead_code, reason = "its `main` asks the command line")]
#[path = "../../examples/construct.rs"]
mod construct;

#[tokio::test]
async fn the_construct_fetches_in_order_and_within_its_limit() {
    let site = Site::start().unwrap();
    let urls: Vec<String> = (0..20)
        .map(|i| site.url(&format!("/page/i{i}?delay={}ms&size={i}", 40 - i)))
        .collect();
    let found = construct::fetch_all(&crate::client(), &urls).await;
    let lengths: Vec<usize> = found
        .iter()
        .map(|page| page.as_ref().unwrap().len())
        .collect();
    assert_eq!(lengths, (0..20).collect::<Vec<_>>());
    assert!(site.counts().most_in_flight <= 8);
}

#[tokio::test]
async fn the_short_version_fetches_in_order_and_within_its_limit() {
    let site = Site::start().unwrap();
    let urls: Vec<String> = (0..20)
        .map(|i| site.url(&format!("/page/i{i}?delay={}ms&size={i}", 40 - i)))
        .chain([site.url("/fault/status/404"), "no URL".to_owned()])
        .collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let found = idea::fetch_all(&crate::client(), &urls, 3).await;
    assert_eq!(found.len(), 22);
    for (i, page) in found[..20].iter().enumerate() {
        assert_eq!(page.as_ref().unwrap().len(), i);
    }
    assert_eq!(found[20].as_ref().unwrap_err().status().unwrap(), 404);
    assert!(found[21].as_ref().unwrap_err().is_builder());
    assert!(site.counts().most_in_flight <= 3);
}

#[tokio::test]
async fn gather_finds_the_same() {
    let site = Site::start().unwrap();
    let urls: Vec<String> = TOUR.iter().map(|page| site.url(page)).collect();
    let rows = gather::rows(&crate::client(), &urls).await;
    assert_eq!(rows.len(), urls.len());
    for (row, url) in rows.iter().zip(&urls) {
        assert!(row.starts_with("200 ") && row.ends_with(url), "{row}");
    }
    let folder = env!("CARGO_MANIFEST_DIR");
    let Some(twin) = twin::python(folder, "twin.py", &["aiohttp"], &urls) else {
        return;
    };
    // The last line is the time.
    assert_eq!(twin.lines().take(rows.len()).collect::<Vec<_>>(), rows);
}

/// In a child process, for it prints.
#[test]
fn coroutines_and_tasks_take_the_same_steps() {
    let Some(mut child) = again("examples::coroutines_and_tasks_take_the_same_steps") else {
        return coroutine::main().unwrap();
    };
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("three begins\n  ends\n  ends\n  ends\n"),
        "{said}"
    );
    let folder = env!("CARGO_MANIFEST_DIR");
    let Some(twin) = twin::python(folder, "examples/coroutine.py", &[], &[]) else {
        return;
    };
    let twin = twin.replace("\r\n", "\n"); // as Python writes on Windows
    assert!(said.contains(&twin), "{said}");
}
