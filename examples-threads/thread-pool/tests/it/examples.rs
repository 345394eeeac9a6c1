//! The programs in `examples` print what the page says.

use testing::{child::example, twin};

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_runs_every_job_once() {
    let printed = printed("thread-pool-idea");
    let mut lines: Vec<_> = printed.lines().map(String::from).collect();
    let mut expected: Vec<_> = (0..20)
        .map(|n| format!("{n} squared is {}", n * n))
        .collect();
    lines.sort();
    expected.sort();
    assert_eq!(lines, expected);
}

#[test]
fn the_python_twin_prints_the_same() {
    let ours = printed("thread-pool-construct");
    assert_eq!(ours, "7: 14\nseven: it failed\n11: 22\n");
    if let Some(theirs) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) {
        assert_eq!(theirs, ours);
    }
}
