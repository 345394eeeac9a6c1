// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Uses std's two types as they are. Gives up retrying: if the closure of a `LazyLock` panics, it
//! stays poisoned.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};
use std::{env, thread};

/// LazyLock: the code that computes the value is known where it is declared.
static PORTS: LazyLock<HashMap<&str, u16>> = LazyLock::new(|| {
    println!("the table is computed");
    HashMap::from([("http", 80), ("https", 443)])
});

/// OnceLock: the value is known only when the program runs.
static SCHEME: OnceLock<String> = OnceLock::new();

pub(crate) fn port() -> Option<u16> {
    let scheme = SCHEME.get_or_init(|| "https".to_owned());
    PORTS.get(scheme.as_str()).copied()
}

pub(crate) fn main() {
    let scheme = env::var("SCHEME").unwrap_or_else(|_| "http".to_owned());
    let first = SCHEME.set(scheme).is_ok(); // before any thread asks for it
    assert!(first, "set only here");
    thread::scope(|scope| {
        (0..4).for_each(|_| drop(scope.spawn(|| println!("port {:?}", port()))));
    });
}
