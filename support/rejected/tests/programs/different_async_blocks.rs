fn main() {
    let tasks = vec![async { 1 }, async { 2 }];
    println!("{}", tasks.len());
}
