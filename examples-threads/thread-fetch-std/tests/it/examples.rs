//! The short version.

use std::time::Instant;

use demo_site::{Site, body};
use testing::watchdog::assert_ends;

#[expect(dead_code, reason = "its `main` asks a server elsewhere")]
#[path = "../../examples/idea.rs"]
mod idea;

/// Good pages, and an error for what it gives up, for a line end in the URL, and for a body that broke
/// off. The server that never answers costs its own row.
#[test]
fn the_short_version() {
    assert_ends(|| {
        let site = Site::start().unwrap();
        let host = site.address().to_string();
        let url = |path: &str| (host.clone(), path.to_owned());
        let paths = [
            "/page/a?size=100",
            "/page/empty?size=0",
            "/fault/status/404",
            "/redirect/1",
            "/fault/short",
            "/page/a?size=100&close",
            "/a\r\nX: y",
            "/a b",
            "/fault/never",
        ];
        let start = Instant::now();
        let mut pages = idea::fetch_all(paths.map(url).to_vec());
        assert!(start.elapsed().as_secs() < 30, "it ends at its deadline");
        pages.sort_by_key(|(index, _)| *index);
        let pages: Vec<_> = pages.into_iter().map(|(_, page)| page.ok()).collect();
        assert_eq!(pages.len(), 8, "the last is late");
        assert_eq!(pages[0], Some(body("a", 100)));
        assert_eq!(pages[1], Some(Vec::new()));
        assert!(pages[2..].iter().all(Option::is_none), "{pages:?}");
    });
}
