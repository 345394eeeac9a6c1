//! The worker's client is that of `thread-fetch`, whose tests check what it does.

#[test]
fn it_is_the_same_files() {
    for (ours, theirs) in [
        (
            include_str!("../../src/client.rs"),
            include_str!("../../../../examples-threads/thread-fetch/src/client.rs"),
        ),
        (
            include_str!("../../src/transport.rs"),
            include_str!("../../../../examples-threads/thread-fetch/src/transport.rs"),
        ),
        (
            include_str!("../../src/resolver.rs"),
            include_str!("../../../../examples-threads/thread-fetch/src/resolver.rs"),
        ),
    ] {
        assert_eq!(ours, theirs, "after a change in one, copy it to the other");
    }
}

/// ureq reads these variables by itself. Nobody listens at this proxy.
#[test]
fn the_demonstration_uses_no_proxy() {
    let site = demo_site::Site::start().unwrap();
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_process-fetch"));
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        program.env(name, "http://127.0.0.1:1");
    }
    program.env_remove("NO_PROXY").env_remove("no_proxy");
    let url = site.url("/page/a?size=10");
    let output = program.args(["--json", &url]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}
