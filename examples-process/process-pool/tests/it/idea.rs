//! The short version adds, reports a crash, and ends a task that hangs.

use testing::child::example;

#[test]
fn the_short_version_survives_a_crash_and_a_hang() {
    let output = example("process-pool-idea").output().expect("it starts");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(printed.starts_with("[Ok(\"4\"), "), "{printed}");
    assert!(
        printed.contains("the task ended with signal: 6"),
        "{printed}"
    );
    assert!(
        printed.trim_end().ends_with("Err(Kind(TimedOut))]"),
        "{printed}"
    );
}
