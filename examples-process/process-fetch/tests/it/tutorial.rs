//! The programs of the tutorial fetch every page, with as many in flight as it says.

use fetcher_suite::tutorial::check;

#[test]
fn eight_processes_have_eight_in_flight() {
    check("process_per_page", 2..=8);
}
