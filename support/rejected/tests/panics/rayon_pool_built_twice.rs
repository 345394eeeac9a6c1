use rayon::prelude::*;

fn main() {
    let sum: u64 = (0..10_u64).into_par_iter().sum(); // makes the global pool
    println!("{sum}");
    rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build_global()
        .unwrap();
}
