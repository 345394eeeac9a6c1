//! The counterpart of the Python and JavaScript twins: one call.

use thread_parallel_map::parallel_map;

// ANCHOR: construct
fn collatz_steps(number: &u64) -> u64 {
    let (mut number, mut steps) = (*number, 0);
    while number != 1 {
        number = match number % 2 {
            0 => number / 2,
            _ => 3 * number + 1,
        };
        steps += 1;
    }
    steps
}

pub(crate) fn all_steps(numbers: &[u64]) -> Vec<u64> {
    parallel_map(numbers, collatz_steps)
}
// ANCHOR_END: construct

pub(crate) fn main() {
    println!("{:?}", all_steps(&[1, 6, 27]));
}
