//! The programs in `examples` print what the page says, and so do their counterparts.

use testing::{child::example, twin};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

fn printed(name: &str) -> String {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn the_short_version_answers_each_question_and_ends() {
    let _limit = testing::watchdog::limit();
    let printed = printed("channel-async-idea");
    let expected = "10 added, the total is Ok(10)\n20 added, the total is Ok(30)\n\
                    30 added, the total is Ok(60)\nthe service ended with Some(60)\n";
    assert_eq!(printed, expected);
}

#[test]
fn the_counterpart_in_python_gets_the_same_answer() {
    let _limit = testing::watchdog::limit();
    let ours = printed("channel-async-construct");
    assert_eq!(ours, "Ok(42)\n");
    if let Some(theirs) = twin::python(FOLDER, "twin.py", &[], &[]) {
        assert_eq!(theirs, "42\n");
    }
}

#[tokio::test]
async fn every_reader_gets_every_event_as_in_javascript() {
    let _limit = testing::watchdog::limit();
    let (sender, reader) = channel_async::events(4);
    let mut readers = [("a", reader.resubscribe()), ("b", reader)];
    let mut ours = String::new();
    for event in [1, 2] {
        assert_eq!(sender.send(event).ok(), Some(2));
        for (name, reader) in &mut readers {
            let event = reader.next().await.expect("it was sent");
            ours += &format!("{name} received {event}\n");
        }
    }
    if let Some(theirs) = twin::node(FOLDER, "twin.mjs", &[]) {
        assert_eq!(theirs, ours);
    }
}
