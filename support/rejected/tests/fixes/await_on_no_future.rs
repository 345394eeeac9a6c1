fn size(url: &str) -> usize {
    url.len()
}

fn main() {
    println!("{}", size("a")); // no `.await`: the function has already returned its value
}
