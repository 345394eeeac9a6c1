//! The programs in `examples` print what the page says.

use testing::{child::example, twin};

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_keeps_the_order() {
    let bad = "Err(ParseIntError { kind: InvalidDigit })";
    let expected = format!("Ok(9)\nOk(16)\n{bad}\nOk(144)\n");
    assert_eq!(printed("thread-pipeline-idea"), expected);
}

#[test]
fn the_python_twin_prints_the_same() {
    let ours = printed("thread-pipeline-construct");
    assert_eq!(ours, "ADA: 3\nGRACE: 5\nEDSGER: 6\n");
    if let Some(theirs) = twin::python(env!("CARGO_MANIFEST_DIR"), "twin.py", &[], &[]) {
        assert_eq!(theirs, ours);
    }
}
