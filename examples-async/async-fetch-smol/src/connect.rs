//! A connection to a site: the socket, TLS if it is https, and hyper on top.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use futures_rustls::TlsConnector;
use futures_rustls::rustls::crypto::ring;
use futures_rustls::rustls::pki_types::ServerName;
use futures_rustls::rustls::{self, ClientConfig};
use futures_util::future::{Fuse, FutureExt as _};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, HOST};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::{Request, Response, Uri};
use rustls_platform_verifier::BuilderVerifierExt as _;
use smol::future;
use smol::io::{AsyncRead, AsyncWrite};
use smol::net::TcpStream;

use super::FetchError;

/// Bytes that hyper reads at most at once, and in the largest head. Its default is 400 KiB for
/// each connection that has a large body.
const READ_BUFFER: usize = 64 << 10;

/// Reads of one connection before others get their turn.
const MOST_READS: usize = 32;

/// Whom to connect to. A kept connection may be used again for the same origin only.
#[derive(Clone, PartialEq)]
pub(super) struct Origin {
    tls: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// `None` if it is not http or https, has no host, or what stands for the port is none.
    pub(super) fn of(url: &Uri) -> Option<Self> {
        let tls = match url.scheme_str()? {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let host = url.host().filter(|host| !host.is_empty())?.to_owned();
        let after_user = url.authority()?.as_str().rsplit('@').next()?;
        let port = match (after_user.strip_prefix(&host)?, tls) {
            ("" | ":", false) => 80,
            ("" | ":", true) => 443,
            // `Uri` lets `:99999` and `:x` pass: they are `None` here.
            _ => url.port_u16()?,
        };
        Some(Self { tls, host, port })
    }
}

/// As the `Host` header has it: the port stands there only if it is not the usual one.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.tls, self.port) {
            (false, 80) | (true, 443) => write!(f, "{}", self.host),
            (_, port) => write!(f, "{}:{port}", self.host),
        }
    }
}

/// Plain or TLS: hyper need not know which.
trait Stream: AsyncRead + AsyncWrite + Send {}

impl<T: AsyncRead + AsyncWrite + Send> Stream for T {}

/// hyper has traits of its own for what smol and the futures crates call a stream. The crate
/// smol-hyper knows this step too, but it fills hyper's buffer with zeros before each read: then
/// each connection that waits has 8 KiB in memory that nothing has arrived for.
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
        // hyper reads as long as there is something, and a site may always have something: then the
        // thread would never get to its timers, nor to other requests. tokio's sockets count by
        // themselves; these do not.
        if self.reads == MOST_READS {
            self.reads = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.reads += 1;
        // On the stack, and so one for all connections.
        let mut space = [0; 16 << 10];
        let most = to.remaining().min(space.len());
        let count = ready!(self.stream.as_mut().poll_read(cx, &mut space[..most]))?;
        to.put_slice(&space[..count]);
        Poll::Ready(Ok(()))
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

/// hyper's two halves of one connection. Requests go in by `sender`, but nothing moves unless
/// somebody polls `io`. Usually a task of its own does; here the request does it itself, so there
/// is no such task to leave behind.
pub(super) struct Connection {
    pub(super) origin: Origin,
    sender: http1::SendRequest<Empty<Bytes>>,
    io: Fuse<http1::Connection<Io, Empty<Bytes>>>,
}

impl Connection {
    /// Asks for `url`, and returns the head of the answer.
    pub(super) async fn send(&mut self, url: &Uri) -> Result<Response<Incoming>, FetchError> {
        let request = Request::get(url.path_and_query().map_or("/".into(), ToString::to_string))
            .header(HOST, self.origin.to_string())
            .header(ACCEPT, "*/*")
            .body(Empty::new())
            .map_err(|_| FetchError::Url(url.to_string()))?;
        Ok(drive(&mut self.io, self.sender.send_request(request)).await?)
    }

    /// The whole body, if it is no larger than `max_body`.
    pub(super) async fn read(
        &mut self,
        mut incoming: Incoming,
        max_body: usize,
    ) -> Result<Vec<u8>, FetchError> {
        // Counted while it arrives: what the site declares as length may be a lie.
        let mut body = Vec::new();
        while let Some(frame) = drive(&mut self.io, incoming.frame()).await {
            // Anything else than data is a trailer.
            let chunk = frame?.into_data().unwrap_or_default();
            if body.len() + chunk.len() > max_body {
                return Err(FetchError::TooLarge(max_body as u64));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// True if the answer was read whole and the next request may follow. One look must do: a
    /// connection that is about to close is not worth waiting for.
    pub(super) async fn is_ready(&mut self) -> bool {
        let _ = future::poll_once(&mut self.io).await;
        self.sender.is_ready()
    }
}

/// Waits for `work`, and moves the connection's bytes meanwhile.
async fn drive<T>(
    io: &mut Fuse<http1::Connection<Io, Empty<Bytes>>>,
    work: impl Future<Output = T>,
) -> T {
    future::or(work, async {
        // How it ended, `work` learns from hyper.
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
    pub(super) async fn connect(&self, origin: Origin) -> Result<Connection, FetchError> {
        // In a URL an IPv6 address has brackets around it.
        let host = origin.host.trim_matches(['[', ']']);
        // The system's blocking lookup, on a thread of the `blocking` crate; then one address
        // after another.
        let socket = TcpStream::connect((host, origin.port)).await?;
        socket.set_nodelay(true)?;
        let stream: Pin<Box<dyn Stream>> = if origin.tls {
            let name = ServerName::try_from(host.to_owned())
                .map_err(|_| FetchError::Url(host.to_owned()))?;
            Box::pin(self.tls()?.connect(name, socket).await?)
        } else {
            Box::pin(socket)
        };
        let (sender, io) = http1::Builder::new()
            .max_buf_size(READ_BUFFER)
            .handshake(Io { stream, reads: 0 })
            .await?;
        Ok(Connection {
            origin,
            sender,
            io: io.fuse(),
        })
    }

    /// Made for the first https URL: plain http needs no root certificates.
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
            .map_err(|error| FetchError::Client(error.clone()))
    }
}
