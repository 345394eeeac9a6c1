fn main() {
    // reqwest with the feature `rustls-no-provider`, or rustls without one and only one provider.
    let client = reqwest::Client::builder().build().unwrap();
    println!("{client:?}");
}
