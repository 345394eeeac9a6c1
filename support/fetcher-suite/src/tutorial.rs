//! The programs of a tutorial: examples that fetch the twelve pages of the demonstration.

use std::ops::RangeInclusive;

/// Asserts that the example prints a row for every page, and as many in flight as the tutorial says.
///
/// # Panics
/// If it prints anything else.
pub fn check(example: &str, in_flight: RangeInclusive<usize>) {
    let output = testing::child::example(example).output();
    let output = output.expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).expect("it prints text");
    let (rows, last) = printed
        .trim_end()
        .rsplit_once('\n')
        .expect("it prints rows");
    assert_eq!(rows.lines().count(), 12, "{printed}");
    let is_row = |row: &str| row.contains(" bytes  http://");
    assert!(rows.lines().all(is_row), "{printed}");
    let most = last
        .strip_suffix(" in flight")
        .and_then(|last| last.rsplit(' ').next());
    let most = most.and_then(|most| most.parse().ok());
    assert!(most.is_some_and(|most| in_flight.contains(&most)), "{last}");
}
