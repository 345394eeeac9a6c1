use promise::{Error, Promise, all, block_on};
use std::thread;

fn main() -> Result<(), Error> {
    let lengths = ["one", "two", "three"].map(|word| {
        Promise::new(|resolver| {
            thread::spawn(move || resolver.settle(Ok(word.len())));
        })
    }); // all three are under way
    assert_eq!(block_on(all(lengths))?, [3, 3, 5]);
    Ok(())
}
