//! The programs in `examples` print what the page says, and so do their counterparts.

use testing::{child::example, twin};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");
const PICTURE: &str = include_str!("../../../../docs/src/async/async-stream.svg");

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_prints_every_page_in_order() {
    let _limit = testing::watchdog::limit();
    let printed = printed("async-stream-idea");
    let expected: String = (1..=9).map(|page| format!("page {page}\n")).collect();
    assert_eq!(printed, expected);
}

#[test]
fn the_stream_by_hand_loads_every_page_and_ends() {
    let _limit = testing::watchdog::limit();
    let printed = printed("async-stream-by-hand");
    assert_eq!(printed, "page 1\npage 2\npage 3\n");
}

#[test]
fn the_counterparts_print_the_same() {
    let _limit = testing::watchdog::limit();
    let ours = printed("async-stream-construct");
    assert_eq!(ours, "1\n2\n3\n");
    if let Some(theirs) = twin::python(FOLDER, "twin.py", &[], &[]) {
        assert_eq!(theirs, ours);
    }
    if let Some(theirs) = twin::node(FOLDER, "twin.mjs", &[]) {
        assert_eq!(theirs, ours);
    }
}

#[test]
fn the_picture_shows_this_run() {
    let _limit = testing::watchdog::limit();
    let printed = printed("async-stream-timeline");
    assert_eq!(printed.lines().count(), 16);
    for line in printed.lines() {
        let (request, body) = line.split_once("; ").expect("each line has both");
        for text in [request, body] {
            let shown = format!("<title>{text}</title>");
            assert!(PICTURE.contains(&shown), "the picture does not show {text}");
        }
    }
}
