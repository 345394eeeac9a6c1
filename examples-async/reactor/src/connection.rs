//! A TCP connection on the reactor, and the bytes that arrived on it.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::pin::pin;
use std::time::Instant;

use socket2::{Domain, Protocol, Type};

use crate::http::Stream;
use crate::lookup::Names;
use crate::reactor::{Reactor, Socket};
use crate::url::Url;

/// Bytes read at once.
const PIECE: usize = 16 << 10;

pub(crate) struct Connection {
    /// Host and port as the URL has them.
    pub(crate) authority: String,
    socket: Socket,
    /// What arrived. It holds no memory before the first byte, nor when all is consumed: thousands
    /// of connections that wait cost nothing but their socket.
    arrived: Vec<u8>,
    /// How much of it is consumed.
    consumed: usize,
}

impl Connection {
    /// Looks the host up and connects to the first of its addresses that answers.
    ///
    /// # Errors
    /// No such host, no connection, or no time left.
    pub(crate) async fn open(
        reactor: &Reactor,
        names: &Names,
        url: &Url,
        deadline: Instant,
    ) -> io::Result<Self> {
        let addresses = names.look_up(&url.host, url.port).await?;
        let mut error = io::Error::new(ErrorKind::NotFound, "the host has no address");
        for (address, untried) in addresses.iter().zip((1..=addresses.len() as u32).rev()) {
            // A share of the time, so that an address that never answers leaves some to the next.
            let now = Instant::now();
            let share = deadline.saturating_duration_since(now) / untried;
            let connecting = pin!(connect(reactor, *address));
            match reactor.until(now + share, connecting).await {
                Some(Ok(socket)) => {
                    return Ok(Self {
                        authority: url.authority.clone(),
                        socket,
                        arrived: Vec::new(),
                        consumed: 0,
                    });
                }
                Some(Err(refused)) => error = refused,
                None => error = ErrorKind::TimedOut.into(),
            }
        }
        Err(error)
    }

    /// Sends all of it.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> impl Future<Output = io::Result<()>> {
        let mut sent = 0;
        self.socket.when_writable(move |mut stream| {
            while sent < bytes.len() {
                sent += stream.write(&bytes[sent..])?; // goes on here after it would block
            }
            Ok(())
        })
    }

    /// Whether nothing came since the last answer: neither the end of the stream nor bytes that
    /// nobody asked for, which would be taken for the next answer (RFC 9112, 9.2).
    pub(crate) fn is_quiet(&self) -> bool {
        let peeked = self.socket.stream().peek(&mut [0]);
        peeked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }
}

impl Stream for Connection {
    fn buffer(&self) -> &[u8] {
        &self.arrived[self.consumed..]
    }

    fn fill(&mut self) -> impl Future<Output = io::Result<usize>> {
        let arrived = &mut self.arrived;
        arrived.drain(..self.consumed);
        self.consumed = 0;
        self.socket.when_readable(|mut stream| {
            // On the stack, so one is enough for all connections: each in its turn has the thread.
            let mut piece = [0; PIECE];
            let read = stream.read(&mut piece)?;
            arrived.extend_from_slice(&piece[..read]);
            Ok(read)
        })
    }

    fn consume(&mut self, count: usize) {
        self.consumed += count;
        if self.consumed == self.arrived.len() {
            self.arrived = Vec::new();
            self.consumed = 0;
        }
    }
}

/// Connects without blocking, which std cannot: it would make the socket and connect in one step.
async fn connect(reactor: &Reactor, address: SocketAddr) -> io::Result<Socket> {
    let domain = Domain::for_address(address);
    let socket = socket2::Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    let started = socket.connect(&address.into());
    let mut socket = reactor.register(socket.into())?;
    match started {
        Ok(()) => return Ok(socket),
        // It is under way. Unix says so by a number for which std has no kind; Windows by this kind.
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
        Err(error) if error.kind() == ErrorKind::WouldBlock => {}
        Err(error) => return Err(error),
    }
    let is_there = |stream: &TcpStream| {
        if let Some(error) = stream.take_error()? {
            return Err(error);
        }
        match stream.peer_addr() {
            // Neither connected nor refused: we were woken for nothing.
            Err(error) if error.kind() == ErrorKind::NotConnected => {
                Err(ErrorKind::WouldBlock.into())
            }
            other => other,
        }
    };
    socket.when_writable(is_there).await?;
    Ok(socket)
}
