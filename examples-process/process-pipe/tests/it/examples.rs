//! The programs in `examples` print what the page says.

use testing::{child::example, twin};

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_prints_what_the_child_did() {
    let printed = printed("process-pipe-idea").replace('\r', "");
    assert!(printed.starts_with("apple\nfig\npear\n"), "{printed}");
}

#[test]
fn the_python_twin_prints_the_same() {
    let ours = printed("process-pipe-construct");
    assert_eq!(ours, "apple\nfig\npear\nexit code Some(0)\n");
    if let Some(theirs) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) {
        assert_eq!(theirs, ours);
    }
}
