//! The integration tests of `async-fetch`, in one binary.

mod api;
mod conformance;
mod dropped;
mod examples;
mod output;
mod runtime;
mod traps;
mod tutorial;

/// The default client. This workspace builds reqwest without cryptography, so it is chosen here.
fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = async_fetch::client_builder().no_proxy().build();
    client.expect("the system has root certificates")
}
