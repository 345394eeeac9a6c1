//! The integration tests of `async-fetch`, in one binary.

mod api;
mod conformance;
mod dropped;
mod examples;
mod output;
mod runtime;
mod traps;
mod tutorial;

/// The default client, but that no environment variable sends it to a proxy.
fn client() -> reqwest::Client {
    let client = client_builder().no_proxy().build();
    client.expect("the system has root certificates")
}

/// This workspace builds reqwest without cryptography, so it is chosen here, whichever test is first.
fn client_builder() -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    async_fetch::client_builder()
}
