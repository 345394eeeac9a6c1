trait Source {
    async fn get(&self, key: &str) -> String;
}

fn boxed(source: impl Source + 'static) -> Box<dyn Source> {
    Box::new(source)
}

fn main() {}
