//! The short version.

use demo_site::Site;

/// The program that `cargo test` builds from it, as a worker: it fetches one page.
#[test]
fn the_short_version() {
    let site = Site::start().unwrap();
    for (path, said) in [
        ("/page/a?size=100", "Ok(100)"),
        ("/fault/status/404", "Err("),
    ] {
        let url = site.url(path);
        let mut worker = testing::child::example("process-fetch-idea");
        for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            worker.env_remove(name);
        }
        let output = worker.args(["--page", &url]).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(printed.starts_with(&format!("{url}: {said}")), "{printed}");
    }
}
