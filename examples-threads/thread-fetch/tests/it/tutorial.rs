//! The programs of the tutorial fetch every page, with as many in flight as it says.

use fetcher_suite::tutorial::check;

#[test]
fn one_page_after_another_has_one_in_flight() {
    check("one_by_one", 1..=1);
}

#[test]
fn a_thread_for_each_page_overlaps() {
    check("thread_per_page", 2..=12);
}

#[test]
fn eight_threads_have_eight_in_flight() {
    check("eight_threads", 2..=8);
}
