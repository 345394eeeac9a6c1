//! `x = x + 1` from two threads: the counterpart of the Python twin's first lines.
#![allow(clippy::unwrap_used, reason = "the lines as they are usually written")]

// ANCHOR: construct
use std::{sync::Mutex, thread};

static X: Mutex<u32> = Mutex::new(0);

fn add() {
    *X.lock().unwrap() += 1;
}

pub(crate) fn main() {
    thread::scope(|scope| {
        scope.spawn(add);
        scope.spawn(add);
    });
    println!("{}", X.lock().unwrap()); // always 2
}
// ANCHOR_END: construct
