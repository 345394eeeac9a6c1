// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! What the page shows beside `functools.cache`: a value that is computed once.

use std::collections::HashMap;
use std::sync::LazyLock;

// ANCHOR: construct
static PORTS: LazyLock<HashMap<&str, u16>> = LazyLock::new(|| {
    println!("computed once");
    [("http", 80), ("https", 443)].into()
});

pub(crate) fn main() {
    // Any number of threads may do this:
    println!("{}", PORTS["https"]);
    println!("{}", PORTS["http"]);
}
// ANCHOR_END: construct
