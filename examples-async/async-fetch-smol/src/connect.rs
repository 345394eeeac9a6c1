// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A connection to a server: the socket, TLS if it is https, and hyper on top.

use std::cell::RefCell;
use std::error::Error as _;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_rustls::TlsConnector;
use futures_rustls::rustls::crypto::ring;
use futures_rustls::rustls::pki_types::ServerName;
use futures_rustls::rustls::{self, ClientConfig};
use futures_util::future::{Fuse, FutureExt as _};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderMap, HeaderValue};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::{Method, Request, Response};
use rustls_platform_verifier::BuilderVerifierExt as _;
use smol::io::{AsyncRead, AsyncWrite};
use smol::net::{TcpStream, resolve};
use smol::{Timer, future};
use url::{Host, Position, Url};

use super::FetchError;

/// Bytes that hyper reads at a time, and the size of the largest head. Its default is 400 KiB for
/// each connection that has a large body.
const READ_BUFFER: usize = 64 << 10;

/// Header fields in a response. hyper's default is 100, and real servers send more. For each
/// response it prepares space for all of them, so a larger limit would cost time.
const MOST_FIELDS: usize = 256;

/// Reads of one connection before others get their turn.
const MOST_READS: usize = 32;

/// The server to connect to. A kept connection is used again for the same origin only.
#[derive(Clone, PartialEq)]
pub(super) struct Origin {
    tls: bool,
    host: Host<String>,
    port: u16,
}

impl Origin {
    pub(super) fn of(url: &Url) -> Result<Self, FetchError> {
        let invalid = |reason: &str| FetchError::Invalid(format!("{reason}: {url}"));
        let tls = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return Err(invalid("not http:// or https://")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("a user in the URL is not supported"));
        }
        match (url.host(), url.port_or_known_default()) {
            (Some(host), Some(port)) => {
                let host = host.to_owned();
                Ok(Self { tls, host, port })
            }
            _ => Err(invalid("no host")),
        }
    }
}

/// Plain or TLS: hyper need not know which.
trait Stream: AsyncRead + AsyncWrite + Send {}

impl<T: AsyncRead + AsyncWrite + Send> Stream for T {}

thread_local! {
    /// One buffer serves all connections of a thread. On the stack, it would be filled with zeros
    /// for each read. A read polls no other connection, so nothing borrows it twice.
    static SPACE: RefCell<[u8; 16 << 10]> = const { RefCell::new([0; 16 << 10]) };
}

/// hyper has traits of its own for what smol and the futures crates call a stream. The crate
/// smol-hyper translates them too, but it fills hyper's buffer with zeros before each read. Then
/// each connection that waits uses 8 KiB of memory before anything has arrived.
struct Io {
    stream: Pin<Box<dyn Stream>>,
    /// Reads since it last let others run.
    reads: usize,
}

impl Read for Io {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut to: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        // hyper reads as long as there is something to read, and a server may send without end.
        // Then the thread would never get to its timers or to other requests. tokio's sockets
        // yield by themselves after a number of reads; these do not.
        if self.reads == MOST_READS {
            self.reads = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.reads += 1;
        SPACE.with_borrow_mut(|space| {
            let most = to.remaining().min(space.len());
            let Poll::Ready(count) = self.stream.as_mut().poll_read(cx, &mut space[..most]) else {
                self.reads = 0; // it waits, and others run
                return Poll::Pending;
            };
            let count = count?;
            to.put_slice(&space[..count]);
            Poll::Ready(Ok(()))
        })
    }
}

impl Write for Io {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_close(cx)
    }
}

/// hyper's two halves of one connection. Requests go in through `sender`, but nothing moves unless
/// something polls `io`. Usually a task of its own does. Here the request itself does, so no such
/// task can be left behind.
pub(super) struct Connection {
    pub(super) origin: Origin,
    sender: http1::SendRequest<Empty<Bytes>>,
    io: Fuse<http1::Connection<Io, Empty<Bytes>>>,
}

impl Connection {
    /// Sends a request for `url`, and returns the head of the response.
    pub(super) async fn send(
        &mut self,
        method: &Method,
        url: &Url,
        headers: &HeaderMap,
    ) -> Result<Response<Incoming>, FetchError> {
        let invalid = |error: hyper::http::Error| FetchError::Invalid(error.to_string());
        let mut request = Request::builder()
            .method(method)
            .uri(&url[Position::BeforePath..Position::AfterQuery])
            .body(Empty::new())
            .map_err(invalid)?;
        let host = &url[Position::BeforeHost..Position::AfterPort];
        let host = HeaderValue::try_from(host).map_err(|error| invalid(error.into()))?;
        request.headers_mut().clone_from(headers);
        request.headers_mut().entry(HOST).or_insert(host);
        Ok(drive(&mut self.io, self.sender.send_request(request)).await?)
    }

    /// The whole body, if it is no larger than `max_body`. With a `length` of which hyper does not
    /// know, it ends there.
    pub(super) async fn read(
        &mut self,
        mut incoming: Incoming,
        length: Option<usize>,
        max_body: usize,
    ) -> Result<Vec<u8>, FetchError> {
        // Counted while it arrives, because the length that a server declares may be wrong.
        let mut body = Vec::new();
        while length.is_none_or(|length| body.len() < length) {
            let Some(frame) = drive(&mut self.io, incoming.frame()).await else {
                break;
            };
            let frame = match frame {
                Err(error) if is_in_trailer(&error) => break,
                frame => frame?,
            };
            // What is not data is a trailer.
            let chunk = frame.into_data().unwrap_or_default();
            if body.len() + chunk.len() > max_body {
                return Err(FetchError::TooLarge(max_body));
            }
            body.extend_from_slice(&chunk);
        }
        if length.is_some_and(|length| body.len() < length) {
            return Err(FetchError::Encoding("identity".into()));
        }
        body.truncate(length.unwrap_or(usize::MAX));
        Ok(body)
    }

    /// Whether the response was read completely and the next request may follow: neither the end of
    /// the connection came behind it, nor bytes that nobody asked for (RFC 9112, 9.2). It is polled
    /// once: a connection that is about to close is not worth waiting for.
    pub(super) async fn is_ready(&mut self) -> bool {
        let _ = future::poll_once(&mut self.io).await;
        self.sender.is_ready()
    }
}

/// Whether the body is complete, and hyper refused a header field behind it: one that goes on in
/// the next line. Nobody needs these fields (RFC 9112, 7.1.2). The text tells, because hyper has no
/// kind of error for it. Within a body nothing else has a name.
fn is_in_trailer(error: &hyper::Error) -> bool {
    let cause = error.source();
    cause.is_some_and(|cause| cause.to_string() == "invalid header name")
}

/// Waits for `work`, and moves the connection's bytes at the same time.
async fn drive<T>(
    io: &mut Fuse<http1::Connection<Io, Empty<Bytes>>>,
    work: impl Future<Output = T>,
) -> T {
    future::or(work, async {
        // `work` learns from hyper how it ended.
        let _ = io.await;
        future::pending().await
    })
    .await
}

/// Makes connections.
#[derive(Default)]
pub(super) struct Connector {
    tls: OnceLock<Result<TlsConnector, rustls::Error>>,
}

impl Connector {
    pub(super) fn with_tls(config: Arc<ClientConfig>) -> Self {
        Self {
            tls: OnceLock::from(Ok(TlsConnector::from(config))),
        }
    }

    pub(super) async fn connect(
        &self,
        origin: Origin,
        deadline: Option<Instant>,
    ) -> Result<Connection, FetchError> {
        let addresses = match &origin.host {
            // The system's blocking lookup, on a thread of the `blocking` crate.
            Host::Domain(name) => resolve((name.as_str(), origin.port)).await?,
            Host::Ipv4(address) => vec![SocketAddr::from((*address, origin.port))],
            Host::Ipv6(address) => vec![SocketAddr::from((*address, origin.port))],
        };
        let socket = dial(&addresses, deadline).await?;
        socket.set_nodelay(true)?;
        let stream: Pin<Box<dyn Stream>> = if origin.tls {
            let name = match &origin.host {
                Host::Domain(name) => ServerName::try_from(name.clone())
                    .map_err(|error| FetchError::Invalid(error.to_string()))?,
                Host::Ipv4(address) => ServerName::from(std::net::IpAddr::from(*address)),
                Host::Ipv6(address) => ServerName::from(std::net::IpAddr::from(*address)),
            };
            Box::pin(self.tls()?.connect(name, socket).await?)
        } else {
            Box::pin(socket)
        };
        let (sender, io) = http1::Builder::new()
            .max_buf_size(READ_BUFFER)
            .max_headers(MOST_FIELDS)
            // Headers that go on in the next line: a user agent must accept them (RFC 9112, 5.2).
            .allow_obsolete_multiline_headers_in_responses(true)
            .handshake(Io { stream, reads: 0 })
            .await?;
        Ok(Connection {
            origin,
            sender,
            io: io.fuse(),
        })
    }

    /// Made for the first https URL, as plain http needs no root certificates.
    fn tls(&self) -> Result<&TlsConnector, FetchError> {
        let made = self.tls.get_or_init(|| {
            // ring builds in half the time of rustls's default.
            let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_platform_verifier()?
                .with_no_client_auth();
            Ok(TlsConnector::from(Arc::new(config)))
        });
        made.as_ref()
            .map_err(|error| FetchError::Tls(error.clone()))
    }
}

/// Connects to the first of these addresses that answers. Each gets an equal share of the time that
/// is left, so that one that does not answer cannot use all of it.
pub(super) async fn dial(
    addresses: &[SocketAddr],
    deadline: Option<Instant>,
) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for (place, address) in addresses.iter().enumerate() {
        let left = deadline.map_or(Duration::MAX, |at| {
            at.saturating_duration_since(Instant::now())
        });
        let share = left / (addresses.len() - place) as u32;
        let too_late = async {
            Timer::after(share).await;
            Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time"))
        };
        match future::or(TcpStream::connect(*address), too_late).await {
            Ok(socket) => return Ok(socket),
            Err(error) => last = error,
        }
    }
    Err(last)
}
