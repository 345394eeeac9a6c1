// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! What the page shows beside Python: two names for one list.

// ANCHOR: construct
use std::sync::{Arc, Mutex};

pub(crate) fn main() {
    let a = Arc::new(Mutex::new(vec![1]));
    let b = Arc::clone(&a); // Python: b = a
    b.lock().expect("no panic").push(2);

    assert!(Arc::ptr_eq(&a, &b)); // Python: a is b
    println!("{:?}", a.lock().expect("no panic"));
    println!("{} owners", Arc::strong_count(&a));
    drop(a); // Python: del a
}
// ANCHOR_END: construct
