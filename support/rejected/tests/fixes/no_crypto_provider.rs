fn main() {
    // Once, first in main. Or give reqwest its default features back.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().build();
    println!("{}", client.is_ok());
}
