//! The traps of the page, as facts.

use semaphore::Semaphore;

#[test]
// ANCHOR: underscore
fn underscore_gives_the_permit_back_at_once() {
    let semaphore = Semaphore::new(1);

    let _ = semaphore.acquire(); // no warning, and no limit
    assert_eq!(semaphore.available(), 1);

    let _permit = semaphore.acquire(); // given back at the end of the block
    assert_eq!(semaphore.available(), 0);
}
// ANCHOR_END: underscore
