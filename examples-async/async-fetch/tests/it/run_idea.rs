//! `cargo run -p async-fetch --example async-fetch-idea`: the short version as it is, with the cryptography that
//! this workspace leaves out of reqwest.

#[path = "../../examples/idea.rs"]
mod idea;

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    idea::main();
}
