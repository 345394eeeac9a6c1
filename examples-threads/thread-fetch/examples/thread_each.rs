//! What `twin.py` does: cargo run -p thread-fetch --example thread_each -- URL [URL ...]

use std::io::{self, Write};
use std::time::{Duration, Instant};
use std::{env, thread};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

fn main() -> io::Result<()> {
    let urls: Vec<String> = env::args_os()
        .skip(1)
        .map(|url| url.to_string_lossy().into_owned())
        .collect();
    let start = Instant::now();
    let rows = rows(&urls);
    let mut out = io::stdout().lock();
    writeln!(out, "{}", rows.join("\n"))?;
    let elapsed = start.elapsed().as_secs_f64();
    writeln!(out, "{} pages in {elapsed:.2} s", urls.len())
}

/// A thread for each URL, and a row, in their order.
pub(crate) fn rows(urls: &[String]) -> Vec<String> {
    let roots = RootCerts::PlatformVerifier;
    let config = Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(10)))
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .build();
    let agent = Agent::new_with_config(config);
    // The scope lets the threads borrow the agent and the URLs, and ends after them.
    thread::scope(|scope| {
        let threads: Vec<_> = urls
            .iter()
            .map(|url| scope.spawn(|| row(&agent, url)))
            .collect();
        // What a thread returns is in its `join`: no list that all of them write.
        let rows = threads.into_iter().map(|thread| thread.join());
        rows.map(|row| row.expect("a failed request is a row, no panic"))
            .collect()
    })
}

fn row(agent: &Agent, url: &str) -> String {
    match fetch(agent, url) {
        Ok((status, bytes)) => format!("{status} {bytes} {url}"),
        Err(error) => format!("failed {url}: {error}"),
    }
}

fn fetch(agent: &Agent, url: &str) -> Result<(u16, usize), ureq::Error> {
    let mut response = agent.get(url).call()?;
    let status = response.status().as_u16();
    let body = response.body_mut().read_to_vec()?; // 10 MB at most
    Ok((status, body.len()))
}
