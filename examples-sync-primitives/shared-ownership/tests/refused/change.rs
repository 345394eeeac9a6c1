use std::sync::Arc;

fn main() {
    let names = Arc::new(vec!["Ann", "Bob"]);
    names.push("Cat");
    println!("{names:?}");
}
