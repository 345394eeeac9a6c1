//! Looks up where a site is, never longer than there is time for.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// How long a name is not looked up again. Short, as a site may move.
const REMEMBERED: Duration = Duration::from_secs(5);

/// In place of ureq's own resolver, which is asked for each request, also over a kept connection,
/// and starts a thread each time. This one remembers the last name, and takes digits as they are.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// One worker asks, so nobody waits for the lock.
    last: Mutex<Option<Found>>,
}

#[derive(Debug)]
struct Found {
    site: String,
    addresses: Vec<SocketAddr>,
    at: Instant,
}

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &Uri,
        _: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let site = site(uri).ok_or_else(|| Error::BadUri(uri.to_string()))?;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let found = match last.take() {
            Some(found) if found.site == site && found.at.elapsed() < REMEMBERED => found,
            _ => Found {
                addresses: match site.parse() {
                    Ok(address) => vec![address],
                    Err(_) => look_up(site.clone(), timeout)?,
                },
                site,
                at: Instant::now(),
            },
        };
        let mut addresses = self.empty();
        for address in &found.addresses {
            // There is room for 16. Whoever has more is reached by one of these.
            let _ = addresses.try_push(*address);
        }
        *last = Some(found);
        Ok(addresses)
    }
}

/// Host and port; `None` if there is no host, or what stands for the port is none. ureq's URLs may
/// have `:99999` or `:x` there, and `host_and_port` takes the scheme's own port for these too.
fn site(uri: &Uri) -> Option<String> {
    let (scheme, authority) = uri.scheme().zip(uri.authority())?;
    let after_user = authority.as_str().rsplit('@').next()?;
    let after_host = after_user.strip_prefix(authority.host())?;
    if !matches!(after_host, "" | ":") {
        authority.port_u16()?;
    }
    DefaultResolver::host_and_port(scheme, authority)
}

/// The system's lookup blocks and cannot be stopped, so it gets a thread, which is left behind if
/// it is not done in time.
fn look_up(site: String, timeout: NextTimeout) -> Result<Vec<SocketAddr>, Error> {
    let (sender, answer) = mpsc::sync_channel(1);
    // `Builder`, as `thread::spawn` panics where the system refuses a thread.
    thread::Builder::new().spawn(move || sender.send(site.to_socket_addrs()))?;
    let found: Vec<_> = answer
        .recv_timeout(*timeout.after)
        .map_err(|_| Error::Timeout(timeout.reason))??
        .collect();
    if found.is_empty() {
        return Err(Error::HostNotFound);
    }
    Ok(found)
}
