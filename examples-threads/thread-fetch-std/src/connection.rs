//! A TCP connection with one deadline for everything that is done on it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

/// When a request must be over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    start: Instant,
    timeout: Duration,
}

impl Deadline {
    /// The moment `timeout` from now. No sum, which would overflow for `Duration::MAX`.
    pub(crate) fn after(timeout: Duration) -> Self {
        Self {
            start: Instant::now(),
            timeout,
        }
    }

    /// The time that is left. Less than a millisecond is none: std refuses a timeout of zero.
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
/// A timeout set once would begin anew with every byte that arrives.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    pub(crate) deadline: Deadline,
}

impl Connection {
    /// Looks the host up and connects to the first of its addresses that answers.
    ///
    /// # Errors
    /// No such host, no connection, or no time left. The lookup itself cannot be given up: std asks
    /// the system, which has its own patience (with glibc 5 seconds twice for each name server:
    /// `man resolv.conf`), and only then is the deadline seen.
    pub(crate) fn open(host: &str, port: u16, deadline: Deadline) -> io::Result<Self> {
        deadline.left()?;
        let addresses: Vec<_> = (host, port).to_socket_addrs()?.collect();
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

    /// Whether nothing came since the last answer: neither the end of the stream nor bytes that
    /// nobody asked for, which would be taken for the next answer (RFC 9112, 9.2).
    pub(crate) fn is_quiet(&self) -> bool {
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
                // A signal: the system does not go on by itself where there is a timeout.
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
