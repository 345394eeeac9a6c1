//! The programs under `examples/` find or print what their twins do.

use demo_site::{Site, TOUR};
use testing::child::again;
use testing::twin;

#[path = "../../examples/coroutine.rs"]
mod coroutine;
#[expect(dead_code, reason = "its `main` asks the command line")]
#[path = "../../examples/gather.rs"]
mod gather;

#[tokio::test]
async fn gather_finds_the_same() {
    let site = Site::start().unwrap();
    let urls: Vec<String> = TOUR.iter().map(|page| site.url(page)).collect();
    let rows = gather::rows(&urls).await;
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
