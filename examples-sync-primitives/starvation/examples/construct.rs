// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! What the page shows beside Python: a lock with a priority.

// ANCHOR: construct
use starvation::PriorityLock;

static PAGES: PriorityLock<Vec<u32>> = PriorityLock::new(Vec::new(), 10);

pub(crate) fn print_page(page: u32, priority: u8) {
    PAGES.lock(priority).push(page);
} // the guard is dropped here, and unlocks
// ANCHOR_END: construct

pub(crate) fn main() {
    print_page(1, 9);
    println!("{:?}", PAGES.lock(1));
}
