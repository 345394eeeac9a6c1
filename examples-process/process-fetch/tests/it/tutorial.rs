//! The programs of the tutorial fetch every page, with as many in flight as it says.

use std::ops::RangeInclusive;

use testing::child::example;

#[test]
fn eight_processes_have_eight_in_flight() {
    check("process_per_page", 2..=8);
}

fn check(name: &str, in_flight: RangeInclusive<usize>) {
    let output = example(name).output().expect("the example is built");
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).expect("it prints text");
    let (rows, last) = printed
        .trim_end()
        .rsplit_once('\n')
        .expect("it prints rows");
    assert_eq!(rows.lines().count(), 12, "{printed}");
    assert!(
        rows.lines().all(|row| row.contains(" bytes  http://")),
        "{printed}"
    );
    let most = last
        .strip_suffix(" in flight")
        .expect("the last line counts");
    let most = most.rsplit(' ').next().and_then(|most| most.parse().ok());
    assert!(most.is_some_and(|most| in_flight.contains(&most)), "{last}");
}
