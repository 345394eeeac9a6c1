use rayon::prelude::*;

fn main() {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build() // a pool of its own; build_global only as the first thing in main
        .unwrap();
    let sum: u64 = pool.install(|| (0..10_u64).into_par_iter().sum());
    println!("{sum}");
}
