// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A TCP connection with one deadline for everything that is done on it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// When a request must be over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    start: Instant,
    timeout: Duration,
}

impl Deadline {
    /// The moment `timeout` from now. No sum, which would overflow for `Duration::MAX`.
    pub(super) fn after(timeout: Duration) -> Self {
        Self {
            start: Instant::now(),
            timeout,
        }
    }

    /// The time that is left. Less than a millisecond counts as none: std refuses a timeout of
    /// zero.
    fn left(self) -> io::Result<Duration> {
        let left = self.timeout.saturating_sub(self.start.elapsed());
        if left < Duration::from_millis(1) {
            return Err(ErrorKind::TimedOut.into());
        }
        Ok(left)
    }
}

/// A stream that gives each read and each write the time that is left until its deadline.
///
/// A timeout that is set once would start again with every byte that arrives.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    pub(super) deadline: Deadline,
}

impl Connection {
    /// Looks up the host and connects to the first of its addresses that answers.
    ///
    /// # Errors
    /// No such host, no connection, or no time left.
    pub(super) fn open(host: &str, port: u16, deadline: Deadline) -> io::Result<Self> {
        let addresses = look_up(host, port, deadline)?;
        let mut error = io::Error::new(ErrorKind::NotFound, "the host has no address");
        for (address, untried) in addresses.iter().zip((1..=addresses.len() as u32).rev()) {
            // A share of the time, so that an address that never answers leaves some to the next.
            match TcpStream::connect_timeout(address, deadline.left()? / untried) {
                Ok(stream) => return Ok(Self { stream, deadline }),
                Err(refused) => error = refused,
            }
        }
        Err(error)
    }

    /// Whether nothing arrived since the last response: neither the end of the stream nor bytes
    /// that nobody asked for, which would be taken for the next response (RFC 9112, 9.2).
    pub(super) fn is_quiet(&self) -> bool {
        let peek = || {
            self.stream.set_nonblocking(true)?;
            let peeked = self.stream.peek(&mut [0]);
            self.stream.set_nonblocking(false)?;
            peeked
        };
        peek().is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = self.deadline.left()?;
            self.stream.set_read_timeout(Some(left))?;
            match self.stream.read(buffer) {
                // A signal. The system does not repeat a read that has a timeout.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }
}

impl Write for Connection {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let left = self.deadline.left()?;
        self.stream.set_write_timeout(Some(left))?;
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// The addresses of a host. The system's lookup blocks and cannot be cancelled, so it gets a
/// thread of its own, which is left behind if it does not return in time.
fn look_up(host: &str, port: u16, deadline: Deadline) -> io::Result<Vec<SocketAddr>> {
    let left = deadline.left()?;
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![(address, port).into()]);
    }
    let host = host.to_owned();
    let (sender, answer) = mpsc::sync_channel(1);
    let started =
        thread::Builder::new().spawn(move || sender.send((&*host, port).to_socket_addrs()));
    // A refused thread is `WouldBlock`, which of a socket means that the time is over.
    started.map_err(|error| io::Error::other(format!("no thread for the lookup: {error}")))?;
    let found = answer.recv_timeout(left);
    let found = found.map_err(|_| io::Error::from(ErrorKind::TimedOut))?;
    Ok(found?.collect())
}
