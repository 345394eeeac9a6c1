//! The demonstration prints what the book shows.

use testing::transcript::{self, Mode};

const PROGRAM: &str = env!("CARGO_BIN_EXE_process-fetch");

#[test]
fn prints_what_output_txt_says() {
    transcript::check(PROGRAM, &[], include_str!("../../output.txt"), Mode::Masked);
}

/// Elsewhere the words for a death differ.
#[cfg(unix)]
#[test]
fn prints_what_crash_txt_says() {
    use std::process::Command;

    use demo_site::Site;
    use testing::transcript::mask;

    let site = Site::start().unwrap();
    let pages = ["before", "crash", "panic", "hang", "after"];
    let output = Command::new(PROGRAM)
        .args(["--timeout", "4s", "--concurrency", "2"])
        .args(pages.map(|name| site.url(&format!("/page/{name}"))))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    // Where the system keeps a picture of the dead process, the status says that too.
    let printed = String::from_utf8(output.stdout).unwrap();
    let printed = printed.replace(" (core dumped)", "");
    let masked = |text: &str| text.lines().map(mask).collect::<Vec<_>>();
    assert_eq!(masked(&printed), masked(include_str!("../../crash.txt")));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(errors.matches("a bug in the parser").count(), 1, "{errors}");
}
