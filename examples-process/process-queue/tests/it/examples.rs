//! The programs in `examples` print what the page says.

use crate::server;
use testing::{child::example, twin};

#[test]
fn the_short_version_prints_the_job() {
    let Some(server) = server() else { return };
    let output = example("process-queue-idea")
        .env("NATS_URL", server.url())
        .output();
    let output = output.expect("the example is built");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "Dear Ada, …\n",
        "{output:?}"
    );
}

#[test]
fn the_python_twin_prints_the_same() {
    let Some(ours) = server() else { return };
    let output = example("process-queue-construct").arg(ours.url()).output();
    let printed = String::from_utf8(output.expect("the example is built").stdout);
    let printed = printed.expect("it prints text");
    assert_eq!(printed, "17 Dear Ada\n(0, 0)\n");
    let Some(theirs) = server() else { return };
    let folder = env!("CARGO_MANIFEST_DIR");
    if let Some(twin) = twin::python(folder, "twin.py", &["nats"], &[theirs.url()]) {
        assert_eq!(twin, printed);
    }
}
