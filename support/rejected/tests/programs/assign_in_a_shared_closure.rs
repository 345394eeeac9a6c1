/// Like rayon's `for_each`: several threads call the closure at the same time.
fn for_each(numbers: &[u32], work: impl Fn(u32) + Sync) {
    numbers.iter().for_each(|number| work(*number));
}

fn main() {
    let mut sum = 0;
    for_each(&[1, 2, 3], |number| sum += number);
    println!("{sum}");
}
