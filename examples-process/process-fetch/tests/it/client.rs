//! The worker's client is that of `thread-fetch`, whose `tests/lookup.rs` says what its resolver does.

const OURS: &str = include_str!("../../src/worker.rs");
const THEIRS: &str = include_str!("../../../../examples-threads/thread-fetch/src/lib.rs");

/// The lines that set the client up, but for the timeout, which each has from elsewhere.
fn settings(source: &str) -> Vec<&str> {
    let constants = source.lines().filter(|line| line.starts_with("const "));
    let lines = source.lines().map(str::trim);
    let config = lines
        .skip_while(|line| !line.starts_with(".input_buffer_size("))
        .take_while(|line| *line != ".build();");
    constants.chain(config).collect()
}

#[test]
fn it_is_set_up_the_same_way() {
    assert_eq!(settings(OURS), settings(THEIRS));
    assert!(settings(OURS).contains(&".input_buffer_size(BUFFER)"));
    let agent = "Agent::with_parts(config, DefaultConnector::default(), Names::default())";
    assert!(OURS.contains(agent) && THEIRS.contains(agent));
}

#[test]
fn its_resolver_is_the_same_file() {
    let ours = include_str!("../../src/resolver.rs");
    let theirs = include_str!("../../../../examples-threads/thread-fetch/src/resolver.rs");
    assert_eq!(ours, theirs, "after a change in one, copy it to the other");
}
