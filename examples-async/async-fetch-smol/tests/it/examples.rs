//! The program under `examples/` finds what its twin does.

use demo_site::{Site, TOUR};
use testing::twin;

#[expect(dead_code, reason = "its `main` asks the command line")]
#[path = "../../examples/promise_all.rs"]
mod promise_all;

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
