//! The Python twin prints the same facts, as far as Python's semaphore goes.

use std::env;
use std::process::Command;

#[test]
fn the_twin_agrees() {
    let Some(twin) = python() else { return };
    let ours = include_str!("../output.txt");
    let both = twin.lines().zip(ours.lines());
    assert_eq!(both.clone().count(), 6);
    for (theirs, ours) in both {
        assert_eq!(theirs, ours);
    }
}

/// What `twin.py` prints; None without Python, unless REQUIRE_TWINS demands it.
fn python() -> Option<String> {
    let twin = concat!(env!("CARGO_MANIFEST_DIR"), "/twin.py");
    let python = if cfg!(windows) { "python" } else { "python3" };
    let Ok(output) = Command::new(python).arg(twin).output() else {
        let required = env::var("REQUIRE_TWINS").is_ok_and(|required| required == "1");
        assert!(!required, "REQUIRE_TWINS is 1, but there is no {python}");
        println!("skipped: there is no {python}");
        return None;
    };
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}
