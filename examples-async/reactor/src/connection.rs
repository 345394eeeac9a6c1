// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A TCP connection on the reactor, and the bytes that arrived on it.

use std::future::Future;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::pin::pin;
use std::time::Instant;

use socket2::{Domain, Protocol, Type};

use super::http::Stream;
use super::lookup::{Names, SOON};
use super::readiness::{Reactor, Socket, after};
use super::url::Url;

/// Bytes of one read.
const PIECE: usize = 16 << 10;

#[derive(Debug)]
pub(super) struct Connection {
    /// Host and port as the URL has them.
    pub(super) authority: String,
    socket: Socket,
    /// What arrived. It has no memory before the first byte, nor when all is consumed, so thousands
    /// of connections that wait cost nothing but their sockets.
    arrived: Vec<u8>,
    /// How much of it is consumed.
    consumed: usize,
}

impl Connection {
    /// Looks up the host and connects to the first of its addresses that answers.
    ///
    /// # Errors
    /// No such host, no connection, or no time left.
    pub(super) async fn open(
        reactor: &Reactor,
        names: &Names,
        url: &Url,
        deadline: Instant,
    ) -> io::Result<Self> {
        let mut looking_up = pin!(names.look_up(&url.host, url.port));
        let addresses = loop {
            match reactor.until(after(SOON), looking_up.as_mut()).await {
                Some(found) => break found?,
                None => names.add_threads_if_stuck(),
            }
        };
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
    pub(super) fn send<'a>(
        &'a mut self,
        bytes: &'a [u8],
    ) -> impl Future<Output = io::Result<()>> + 'a {
        let mut sent = 0;
        self.socket.when_writable(move |mut stream| {
            while sent < bytes.len() {
                sent += stream.write(&bytes[sent..])?; // after it would block, it goes on here
            }
            Ok(())
        })
    }

    /// Whether nothing arrived since the last response: neither the end of the stream nor bytes
    /// that nobody asked for, which would be taken for the next response (RFC 9112, 9.2).
    pub(super) fn is_quiet(&self) -> bool {
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
            // On the stack, so one is enough for all connections: they use it one after another.
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

/// Connects without blocking. std cannot: it makes the socket and connects in one step.
async fn connect(reactor: &Reactor, address: SocketAddr) -> io::Result<Socket> {
    let domain = Domain::for_address(address);
    let socket = socket2::Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    let started = socket.connect(&address.into());
    let mut socket = reactor.register(socket.into())?;
    match started {
        Ok(()) => return Ok(socket),
        // It is in progress. Unix says so by a number for which std has no kind, Windows by this
        // kind.
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
        Err(error) if error.kind() == ErrorKind::WouldBlock => {}
        Err(error) => return Err(error),
    }
    let is_there = |stream: &TcpStream| {
        if let Some(error) = stream.take_error()? {
            return Err(error);
        }
        match stream.peer_addr() {
            // Neither connected nor refused: a spurious wake-up.
            Err(error) if error.kind() == ErrorKind::NotConnected => {
                Err(ErrorKind::WouldBlock.into())
            }
            other => other,
        }
    };
    socket.when_writable(is_there).await?;
    Ok(socket)
}
