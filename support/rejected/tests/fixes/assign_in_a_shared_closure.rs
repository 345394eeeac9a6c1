use rayon::prelude::*;

fn main() {
    let numbers = [1, 2, 3];
    let sum: u32 = numbers.par_iter().sum(); // no shared variable at all
    println!("{sum}");
}
