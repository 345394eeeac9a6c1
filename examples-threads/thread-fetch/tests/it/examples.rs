//! The programs under `examples/` find or print what their twins do.

use demo_site::{Site, TOUR};
use testing::twin;

#[expect(dead_code, reason = "its `main` asks a closed port")]
#[path = "../../examples/construct.rs"]
mod construct;
#[expect(dead_code, reason = "its `main` asks a closed port")]
#[path = "../../examples/construct_pool.rs"]
mod construct_pool;
#[expect(dead_code, reason = "its `main` asks servers elsewhere")]
#[path = "../../examples/idea.rs"]
mod idea;
#[expect(dead_code, reason = "its `main` asks the command line")]
#[path = "../../examples/pool.rs"]
mod pool;
#[expect(dead_code, reason = "its `main` asks the command line")]
#[path = "../../examples/thread_each.rs"]
mod thread_each;

/// The functions that the page for Python readers shows: the sizes in the order of the URLs, 0 for
/// an error, and the pool opens at most eight connections at the same time.
#[test]
fn the_constructs_find_the_sizes() {
    let site = Site::start().unwrap();
    let mut urls: Vec<String> = (0..20)
        .map(|i| site.url(&format!("/page/c{i}?delay={}ms&size={i}", 40 - i)))
        .collect();
    urls.push(site.url("/fault/status/404"));
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let sizes: Vec<usize> = (0..20).chain([0]).collect();
    assert_eq!(construct_pool::fetch_all(&urls), sizes);
    assert!(site.counts().most_in_flight <= 8);
    assert_eq!(construct::fetch_all(&urls), sizes);
}

#[test]
fn a_thread_for_each_url() {
    let site = Site::start().unwrap();
    let urls: Vec<String> = TOUR.iter().map(|page| site.url(page)).collect();
    let twin = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &["requests"], &urls);
    compare(&thread_each::rows(&urls), &urls, twin);
}

/// Every page in its place, one request for each, and an error for what the short version gives up.
#[test]
fn the_short_version() {
    let site = Site::start().unwrap();
    let mut urls: Vec<String> = TOUR.iter().map(|page| site.url(page)).collect();
    let faults = [
        "/fault/status/404",
        "/redirect/1",
        "/page/a?size=10&close",
        "/fault/reset",
    ];
    urls.extend(faults.map(|path| site.url(path)));
    let urls: Vec<_> = urls.iter().map(String::as_str).collect();
    let agent = ureq::Agent::config_builder()
        .proxy(None)
        .build()
        .new_agent();
    for threads in [0, 3] {
        let pages = idea::fetch_all(&agent, &urls, threads);
        for (i, page) in pages.iter().enumerate() {
            // What ends with the connection is an error here, and so is a redirect.
            let is_page =
                i < TOUR.len() && !TOUR[i].contains("close") && !TOUR[i].contains("redirect");
            assert_eq!(page.is_ok(), is_page, "{}: {page:?}", urls[i]);
        }
    }
    assert!(site.counts().most_in_flight <= 3);
}

#[test]
fn a_failed_request_costs_its_own_row() {
    let site = Site::start().unwrap();
    let urls = [site.url("/fault/status/404"), site.url(TOUR[0])];
    let rows = thread_each::rows(&urls);
    assert!(rows[0].starts_with("failed "), "{rows:?}");
    assert!(rows[1].starts_with("200 "), "{rows:?}");
}

#[test]
fn a_pool_of_threads() {
    let site = Site::start().unwrap();
    let urls: Vec<String> = TOUR.iter().map(|page| site.url(page)).collect();
    let folder = env!("CARGO_MANIFEST_DIR");
    let twin = twin::python(folder, "twin_pool.py", &["requests"], &urls);
    compare(&pool::rows(&urls), &urls, twin);
}

/// A row for each page, and the same as the twin printed, whose last line is the time.
fn compare(rows: &[String], urls: &[String], twin: Option<String>) {
    assert_eq!(rows.len(), urls.len());
    for (row, url) in rows.iter().zip(urls) {
        assert!(row.starts_with("200 ") && row.ends_with(url), "{row}");
    }
    let Some(twin) = twin else { return };
    let theirs: Vec<_> = twin.lines().take(rows.len()).collect();
    assert_eq!(theirs, rows);
}
