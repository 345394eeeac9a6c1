//! The programs under `examples/` run.

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

#[test]
fn the_construct_beside_the_python_one_counts_what_is_left() {
    let output = example("process-pool-construct")
        .output()
        .expect("it starts");
    // 4203 primes are below 40,000.
    assert_eq!(String::from_utf8_lossy(&output.stdout), "4203 primes\n");
}
