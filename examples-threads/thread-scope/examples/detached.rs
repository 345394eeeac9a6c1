// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Nobody joins the thread, so it ends with `main`, in the middle of its work.

use std::thread;
use std::time::Duration;

// ANCHOR: detached
fn main() {
    thread::spawn(|| {
        thread::sleep(Duration::from_secs(3_600));
        println!("saved"); // never printed
    });
    println!("main returns");
} // the process ends here, and the thread with it
// ANCHOR_END: detached
