//! An address that does not answer, as when a firewall drops what is sent to it.

#![expect(
    clippy::panic,
    reason = "it is a part of tests, and panics to fail them"
)]

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// While it lives, connecting to its address neither succeeds nor fails.
///
/// Linux does not answer a new connection if the queue of those that nobody has accepted is full.
#[derive(Debug)]
pub struct Silent {
    _listener: Socket,
    _queue: Vec<TcpStream>,
}

impl Silent {
    /// Makes this address silent.
    ///
    /// # Panics
    /// If the address is taken, or the system answers all the same.
    #[must_use]
    pub fn at(address: SocketAddr) -> Self {
        let listener = Socket::new(Domain::for_address(address), Type::STREAM, None);
        let listener = listener.expect("the system has sockets");
        let bound = listener.bind(&address.into());
        bound.expect("the address is free");
        listener.listen(0).expect("it is bound");
        let mut queue = Vec::new();
        for _ in 0..64 {
            match TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
                Ok(stream) => queue.push(stream),
                Err(error) if error.kind() == ErrorKind::TimedOut => {
                    let (_listener, _queue) = (listener, queue);
                    return Self { _listener, _queue };
                }
                Err(error) => panic!("{error}"),
            }
        }
        panic!("the queue is never full");
    }
}
