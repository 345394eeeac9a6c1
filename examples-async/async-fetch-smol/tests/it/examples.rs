//! The program under `examples/` finds what its twin does.

use demo_site::{Site, TOUR};
use futures_util::{StreamExt as _, stream};
use testing::twin;

#[expect(dead_code, reason = "its `main` needs the internet")]
#[path = "../../examples/idea.rs"]
mod idea;
#[expect(dead_code, reason = "its `main` asks the command line")]
#[path = "../../examples/promise_all.rs"]
mod promise_all;

#[expect(dead_code, reason = "its `main` needs the internet")]
#[path = "../../examples/construct.rs"]
mod construct;

#[test]
fn the_construct_gives_a_row_for_each_url() {
    let site = Site::start().unwrap();
    let urls = [site.url("/page/a?size=10"), "no URL".to_owned()];
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let rows = smol::block_on(construct::rows(&urls));
    assert_eq!(rows[0], "10 bytes");
    assert!(rows[1].starts_with("failed: invalid request"), "{rows:?}");
}

#[test]
fn the_short_version_fetches_in_order_and_within_its_limit() {
    let site = Site::start().unwrap();
    let urls: Vec<String> = (0..20)
        .map(|i| site.url(&format!("/page/i{i}?delay={}ms&size={i}", 40 - i)))
        .chain([site.url("/fault/status/404"), "no URL".to_owned()])
        .collect();
    let pages = stream::iter(&urls).map(|url| idea::fetch(url)).buffered(3);
    let pages: Vec<idea::Page> = smol::block_on(pages.collect());
    for (i, page) in pages[..20].iter().enumerate() {
        let (status, body) = page.as_ref().unwrap();
        assert_eq!((*status, body.len()), (200, i));
    }
    assert_eq!(pages[20].as_ref().unwrap().0, 404);
    assert!(pages[21].is_err());
    assert!(site.counts().most_in_flight <= 3);
}

#[test]
fn promise_all_finds_the_same() {
    let site = Site::start().unwrap();
    let urls: Vec<String> = TOUR.iter().map(|page| site.url(page)).collect();
    let rows = smol::block_on(promise_all::rows(&urls));
    assert_eq!(rows.len(), urls.len());
    for (row, url) in rows.iter().zip(&urls) {
        assert!(row.starts_with("200 ") && row.ends_with(url), "{row}");
    }
    let Some(twin) = twin::node(env!("CARGO_MANIFEST_DIR"), "twin.mjs", &urls) else {
        return;
    };
    // The last line is the time.
    assert_eq!(twin.lines().take(rows.len()).collect::<Vec<_>>(), rows);
}
