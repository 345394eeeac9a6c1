//! A web site on loopback that is slow, and misbehaves, on request.
//!
//! Demonstrations and tests of fetchers run against it, so that they need no network and can ask
//! for the very fault they mean. It counts what it sees: how many requests were in flight at most,
//! and when each began and ended.
//!
//! ```
//! use std::io::{Read, Write};
//!
//! let site = demo_site::Site::start()?;
//! let mut client = std::net::TcpStream::connect(site.address())?;
//! client.write_all(b"GET /page/a?delay=20ms&size=1KiB HTTP/1.0\r\n\r\n")?;
//! let mut answer = Vec::new();
//! client.read_to_end(&mut answer)?;
//! assert!(answer.ends_with(&demo_site::body("a", 1024)));
//! assert_eq!(site.counts().requests, 1);
//! # std::io::Result::Ok(())
//! ```
//!
//! All pages and faults: [`pages`], or `cargo run -p demo-site -- --help`. Who uses the library
//! alone turns the default features off: they build the program's command line.

mod answer;
mod body;
mod connection;
mod control;
mod faults;
mod pages;
mod query;
mod record;
mod request;
mod response;
mod serve;
#[cfg(feature = "tls")]
pub mod tls;
mod tour;

use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{self, Runtime};
use tokio::sync::{Notify, oneshot};

pub use body::body;
use connection::Connection;
pub use pages::{Page, pages};
use record::Records;
pub use record::{Counts, Request};
pub use tour::TOUR;

/// A running site. It stops when dropped: the drop returns once its thread has ended and all its
/// connections are closed.
#[derive(Debug)]
pub struct Site {
    address: SocketAddr,
    /// Scheme and authority, without a final slash.
    origin: String,
    records: Arc<Mutex<Records>>,
    pauses: Arc<Notify>,
    /// Dropping it is the signal to stop.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Site {
    /// Starts a site on 127.0.0.1, on a port that the system picks, and raises the process's
    /// limit of descriptors as [`raise_descriptor_limit`] does.
    ///
    /// # Errors
    /// If the system refuses the port, the event queue or the thread.
    pub fn start() -> io::Result<Site> {
        Site::start_on(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }

    /// Starts a site on this address; port 0 lets the system pick one.
    ///
    /// # Errors
    /// If the address is not a loopback address, as the site is not made to face a network; and
    /// as [`start`](Site::start).
    pub fn start_on(address: SocketAddr) -> io::Result<Site> {
        Site::open(address, Transport::Plain, |address| {
            format!("http://{address}")
        })
    }

    /// Starts a site that speaks https, on 127.0.0.1 and a port that the system picks.
    ///
    /// # Errors
    /// As [`start`](Site::start).
    #[cfg(feature = "tls")]
    pub fn start_tls(certificate: tls::Certificate) -> io::Result<Site> {
        let transport = Transport::Tls(tls::acceptor(certificate)?);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Site::open(address, transport, |address| {
            format!("https://localhost:{}", address.port())
        })
    }

    /// The authority that signs the certificates, in PEM: see [`tls::ca_pem`].
    #[cfg(feature = "tls")]
    pub fn ca_pem(&self) -> &str {
        tls::ca_pem()
    }

    fn open(
        address: SocketAddr,
        transport: Transport,
        origin: impl FnOnce(SocketAddr) -> String,
    ) -> io::Result<Site> {
        if !address.ip().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("{} is not a loopback address", address.ip()),
            ));
        }
        // A lower limit holds fewer connections, which the accept loop reports when it matters.
        let _ = raise_descriptor_limit();
        // One thread, and no other: what it counts needs no further care for order.
        let runtime = runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()?;
        let listener = listen(&runtime, address)?;
        let address = listener.local_addr()?;
        let records = Arc::new(Mutex::new(Records::new()));
        let pauses = Arc::new(Notify::new());
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::Builder::new().name("demo-site".to_owned()).spawn({
            let (records, pauses) = (Arc::clone(&records), Arc::clone(&pauses));
            move || {
                runtime.spawn(accept(listener, transport, records, pauses));
                // Nothing is ever sent: the channel closes when the `Site` is dropped. The runtime
                // goes with this thread, and takes all its tasks and their sockets along.
                let _ = runtime.block_on(stopped);
            }
        })?;
        Ok(Site {
            address,
            origin: origin(address),
            records,
            pauses,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it listens, with the port that was picked.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a path, which begins with a slash: `http://127.0.0.1:PORT` and the path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// What it has counted so far. A client that has read the last byte of an answer finds that
    /// answer counted as ended.
    pub fn counts(&self) -> Counts {
        record::lock(&self.records).counts()
    }

    /// Connections that are open now. When a client has ended, however it did, and this is 0, the
    /// site has nothing more to do for it.
    pub fn open_connections(&self) -> usize {
        record::lock(&self.records).open_connections()
    }

    /// One record for each request in order of arrival. The first million are kept.
    pub fn requests(&self) -> Vec<Request> {
        record::lock(&self.records).requests().to_vec()
    }

    /// Ends the pauses of all responses that wait now, so that a test which has seen them wait need
    /// not do so too: the pages with `?delay=` are sent, and a dripping body sends its next piece.
    pub fn end_pauses(&self) {
        self.pauses.notify_waiters();
    }

    /// Forgets counts, records, and which keys of `/fault/flaky` were seen. Open connections stay
    /// open, and requests in flight stay counted as in flight.
    pub fn reset(&self) {
        record::lock(&self.records).reset();
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there was reported on stderr by the thread itself.
            let _ = thread.join();
        }
    }
}

/// Raises this process's limit of open descriptors as far as the system allows without privileges,
/// and returns the limit then in force. Each connection takes one.
///
/// # Errors
/// If the system does not tell the limit, or does not raise it.
pub fn raise_descriptor_limit() -> io::Result<u64> {
    rlimit::increase_nofile_limit(u64::MAX)
}

/// How the bytes of a connection travel.
#[derive(Clone)]
enum Transport {
    Plain,
    #[cfg(feature = "tls")]
    Tls(tokio_rustls::TlsAcceptor),
}

fn listen(runtime: &Runtime, address: SocketAddr) -> io::Result<TcpListener> {
    let _context = runtime.enter();
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // On Unix this lets a site restart on its port at once. On Windows the same option would let
    // two sites share a port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    // Systems cut the backlog down to what they allow. A full one drops connection attempts, and
    // a client tries again only after a second.
    socket.listen(i32::MAX as u32)
}

async fn accept(
    listener: TcpListener,
    transport: Transport,
    records: Arc<Mutex<Records>>,
    pauses: Arc<Notify>,
) {
    let mut told = false;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let (records, pauses) = (Arc::clone(&records), Arc::clone(&pauses));
                tokio::spawn(serve(stream, transport.clone(), records, pauses));
            }
            // The client gave up while it waited to be accepted: that is no trouble of ours.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted
                        | io::ErrorKind::ConnectionReset
                        | io::ErrorKind::Interrupted
                ) => {}
            // Out of descriptors or memory. The connection stays in the backlog, so without a
            // pause this loop would spin. When others close, it goes on.
            Err(error) => {
                if !told {
                    // `eprintln!` would panic where stderr is closed.
                    let _ = writeln!(
                        io::stderr(),
                        "demo-site: cannot accept more connections for now: {error}"
                    );
                    told = true;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn serve(
    stream: TcpStream,
    transport: Transport,
    records: Arc<Mutex<Records>>,
    pauses: Arc<Notify>,
) {
    // Small pieces are to leave when they are written. An error means that the client has gone,
    // which the first read finds out.
    let _ = stream.set_nodelay(true);
    let opened = record::lock(&records).open();
    let requests = Arc::clone(&records);
    match transport {
        Transport::Plain => serve::serve(Connection::new(stream, requests, pauses, opened)).await,
        #[cfg(feature = "tls")]
        Transport::Tls(acceptor) => {
            let handshake = tokio::time::timeout(serve::HANDSHAKE_LIMIT, acceptor.accept(stream));
            // A client that does not trust the certificate ends the handshake: nothing to answer.
            if let Ok(Ok(stream)) = handshake.await {
                serve::serve(Connection::new(stream, requests, pauses, opened)).await;
            }
        }
    }
    record::lock(&records).close();
}
