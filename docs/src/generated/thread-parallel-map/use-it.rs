use thread_parallel_map::parallel_map;

fn main() {
    let limits: Vec<u64> = (1..200).map(|step| step * 100).collect();
    let counts = parallel_map(&limits, |&limit| (2..limit).filter(is_prime).count());
    assert_eq!(counts[0], 25); // below 100
    assert_eq!(counts.last(), Some(&2250)); // below 19,900
}

fn is_prime(number: &u64) -> bool {
    (2..).take_while(|d| d * d <= *number).all(|d| number % d != 0)
}
