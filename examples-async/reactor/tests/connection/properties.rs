//! What connecting promises.

use super::connection::Connection;
use crate::lookup::Names;
use crate::url::Url;
use socket2::{Domain, Socket, Type};
use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// One of ten addresses never answers: it takes a tenth of the time, and not the whole.
pub(crate) fn an_address_that_never_answers_leaves_time_to_the_next() {
    let silent = Socket::new(Domain::IPV4, Type::STREAM, None).expect("there are sockets");
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    silent.bind(&any.into()).expect("loopback has a free port");
    silent.listen(0).expect("it is bound");
    let address = silent.local_addr().expect("it is bound");
    let address = address.as_socket().expect("it is one of IPv4");
    let _takes_the_only_place = TcpStream::connect(address).expect("there is one");

    let site = TcpListener::bind(any).expect("loopback has a free port");
    let set = site.set_nonblocking(true); // whom nobody asks has nobody to wait for
    set.expect("it is a socket");
    let mut addresses = vec![site.local_addr().expect("it is bound"); 10];
    addresses[0] = address;
    let url = Url::parse("http://ten-addresses/").expect("it is a URL");
    let deadline = Instant::now() + Duration::from_secs(3);
    let connection = ::reactor::block_on(async |reactor| {
        let names = Names(addresses);
        let mut connection = Connection::open(&reactor, &names, &url, deadline).await?;
        assert!(Instant::now() < deadline, "no time is left");
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
