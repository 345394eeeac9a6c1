use promise::Promise;

/// A library that calls back for each event.
fn on_each(mut callback: impl FnMut(u32)) {
    (1..=3).for_each(&mut callback);
}

fn main() {
    let first = Promise::new(|resolver| {
        on_each(move |number| resolver.settle(Ok(number)));
    });
    first.when_settled(drop);
}
