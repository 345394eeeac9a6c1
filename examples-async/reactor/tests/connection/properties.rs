//! What connecting promises.

use super::connection::Connection;
use crate::lookup::Names;
use crate::url::Url;
use socket2::{Domain, Socket, Type};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

const ANY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// An address that never answers, while the rest exists: the queue of those that nobody accepts is
/// full.
fn silent() -> (SocketAddr, (Socket, TcpStream)) {
    let silent = Socket::new(Domain::IPV4, Type::STREAM, None).expect("there are sockets");
    silent.bind(&ANY.into()).expect("loopback has a free port");
    silent.listen(0).expect("it is bound");
    let address = silent.local_addr().expect("it is bound");
    let address = address.as_socket().expect("it is one of IPv4");
    let queue = TcpStream::connect(address).expect("there is one place");
    (address, (silent, queue))
}

/// Connects to the first of these addresses that answers, within this time.
fn open(addresses: Vec<SocketAddr>, time: Duration) -> io::Result<Connection> {
    let url = Url::parse("http://several-addresses/").expect("it is a URL");
    let connection = ::reactor::block_on(async |reactor| {
        Connection::open(&reactor, &Names(addresses), &url, Instant::now() + time).await
    });
    connection.expect("the system has a poller")
}

/// The error is that of the last address, and it says what is wrong if there is none.
pub(crate) fn an_address_that_fails_is_passed_over_and_the_last_error_is_told() {
    const LONG: Duration = Duration::from_secs(60);
    let site = TcpListener::bind(ANY).expect("loopback has a free port");
    let there = site.local_addr().expect("it is bound");
    let closed = TcpListener::bind(ANY).and_then(|listener| listener.local_addr());
    let refuses = closed.expect("loopback has a free port"); // it is closed by now
    let (quiet, _silent) = silent();
    let moment = Duration::from_millis(100);
    for (addresses, time, expected) in [
        (vec![refuses, there], LONG, Ok(())),
        (
            vec![refuses, refuses],
            LONG,
            Err(ErrorKind::ConnectionRefused),
        ),
        (vec![refuses, quiet], moment, Err(ErrorKind::TimedOut)),
        (
            vec![quiet, refuses],
            moment,
            Err(ErrorKind::ConnectionRefused),
        ),
        (vec![], LONG, Err(ErrorKind::NotFound)),
    ] {
        let opened = open(addresses, time).map(drop);
        assert_eq!(
            opened.map_err(|error| error.kind()),
            expected,
            "how it ends"
        );
    }
}

/// The server has closed it, or has sent what nobody asked for: it is not used again.
pub(crate) fn a_connection_is_quiet_until_something_arrives() {
    for closes in [true, false] {
        let site = TcpListener::bind(ANY).expect("loopback has a free port");
        let there = site.local_addr().expect("it is bound");
        let connection = open(vec![there], Duration::from_secs(60)).expect("it is there");
        assert!(connection.is_quiet());
        let (mut far, _) = site.accept().expect("it is connected");
        let kept = (!closes).then(|| {
            far.write_all(b"x").expect("it is open");
            far
        });
        let deadline = Instant::now() + Duration::from_secs(5);
        while connection.is_quiet() {
            assert!(Instant::now() < deadline, "it seems quiet");
            thread::sleep(Duration::from_millis(1));
        }
        drop(kept);
    }
}

/// One of ten addresses never answers: it takes a tenth of the time, and not the whole.
pub(crate) fn an_address_that_never_answers_leaves_time_to_the_next() {
    let (address, _silent) = silent();
    let site = TcpListener::bind(ANY).expect("loopback has a free port");
    let set = site.set_nonblocking(true); // whom nobody asks has nobody to wait for
    set.expect("it is a socket");
    let mut addresses = vec![site.local_addr().expect("it is bound"); 10];
    addresses[0] = address;
    let url = Url::parse("http://ten-addresses/").expect("it is a URL");
    let (tenth, start) = (Duration::from_millis(400), Instant::now());
    let deadline = start + 10 * tenth;
    let connection = ::reactor::block_on(async |reactor| {
        let names = Names(addresses);
        let mut connection = Connection::open(&reactor, &names, &url, deadline).await?;
        assert!(Instant::now() < deadline, "no time is left");
        assert!(start.elapsed() >= tenth, "it gave up too early");
        assert!(start.elapsed() < 5 * tenth, "it had more than its share");
        assert_eq!(connection.authority, "ten-addresses");
        assert!(connection.is_quiet());
        connection.send(b"hello").await
    });
    connection
        .expect("the system has a poller")
        .expect("the others answer");
    let (mut stream, _) = site.accept().expect("it is connected");
    let mut received = String::new();
    let read = stream.read_to_string(&mut received);
    read.expect("the other end is closed");
    assert_eq!(received, "hello");
}
