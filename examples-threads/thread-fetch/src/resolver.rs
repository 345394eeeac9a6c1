// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Looks up the addresses of a host, within the time that a request has.

use std::collections::HashMap;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// How long an answer is used again. Short, because a host may move.
const REMEMBERED: Duration = Duration::from_secs(5);

/// Answers that are remembered at most.
const MOST_REMEMBERED: usize = 1024;

/// Remembers the addresses of hosts for a few seconds. ureq asks its resolver for each request,
/// also on a kept connection, and its own resolver starts a thread each time. Clones share what
/// they remember.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// By host and port. Never locked during a lookup, so a slow one delays nobody else.
    remembered: Arc<Mutex<HashMap<String, Found>>>,
}

#[derive(Clone, Debug)]
struct Found {
    addresses: Vec<SocketAddr>,
    at: Instant,
}

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let parts = uri.scheme().zip(uri.authority());
        let host = parts.and_then(|(scheme, host)| DefaultResolver::host_and_port(scheme, host));
        let host = host.ok_or_else(|| Error::BadUri(uri.to_string()))?;
        let found = match self.recall(&host) {
            Some(addresses) => addresses,
            None => match host.parse() {
                Ok(address) => vec![address], // digits
                Err(_) => {
                    let addresses = look_up(host.clone(), timeout)?;
                    self.remember(host, &addresses);
                    addresses
                }
            },
        };
        let mut addresses = self.empty();
        for address in config.ip_family().keep_wanted(found.into_iter()) {
            // There is space for 16. A host with more is reached by one of these.
            let _ = addresses.try_push(address);
        }
        if addresses.is_empty() {
            return Err(Error::HostNotFound);
        }
        Ok(addresses)
    }
}

impl Names {
    fn recall(&self, host: &str) -> Option<Vec<SocketAddr>> {
        let remembered = self.lock();
        let found = remembered.get(host)?;
        (found.at.elapsed() < REMEMBERED).then(|| found.addresses.clone())
    }

    fn remember(&self, host: String, addresses: &[SocketAddr]) {
        let mut remembered = self.lock();
        if remembered.len() >= MOST_REMEMBERED {
            remembered.retain(|_, found| found.at.elapsed() < REMEMBERED);
        }
        if remembered.len() < MOST_REMEMBERED {
            let found = Found {
                addresses: addresses.to_vec(),
                at: Instant::now(),
            };
            remembered.insert(host, found);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Found>> {
        // Nothing panics while it is locked, so what is in it is complete.
        self.remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The system's lookup blocks and cannot be cancelled. So it gets a thread of its own, which is
/// left behind if it does not return in time.
fn look_up(host: String, timeout: NextTimeout) -> Result<Vec<SocketAddr>, Error> {
    let (sender, answer) = mpsc::sync_channel(1);
    // `Builder`, because `thread::spawn` panics where the system refuses a thread.
    thread::Builder::new().spawn(move || sender.send(host.to_socket_addrs()))?;
    let found: Vec<_> = answer
        .recv_timeout(*timeout.after)
        .map_err(|_| Error::Timeout(timeout.reason))??
        .collect();
    if found.is_empty() {
        return Err(Error::HostNotFound);
    }
    Ok(found)
}
