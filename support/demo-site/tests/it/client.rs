//! A client that hides nothing: it sends the bytes it is given and returns those that came.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use demo_site::Site;

/// Only a site that hangs takes this long.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Client(TcpStream);

impl Client {
    pub(crate) fn new(site: &Site) -> Client {
        let stream = TcpStream::connect(site.address()).expect("the site listens");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("the time is not zero");
        Client(stream)
    }

    pub(crate) fn asking(site: &Site, target: &str) -> Client {
        let mut client = Client::new(site);
        client.ask(target);
        client
    }

    /// The same connection, for another thread.
    pub(crate) fn twin(&self) -> Client {
        Client(self.0.try_clone().expect("a descriptor is left"))
    }

    pub(crate) fn ask(&mut self, target: &str) {
        self.send(format!("GET {target} HTTP/1.1\r\nHost: site\r\n\r\n"));
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0
            .write_all(bytes.as_ref())
            .expect("the site reads what it is sent");
    }

    /// As [`send`](Client::send), where the site may have closed already.
    pub(crate) fn try_send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    /// Sends no more. The site takes that for the client's going away.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.0.shutdown(Shutdown::Write)
    }

    /// The head of an answer, up to and with the empty line.
    pub(crate) fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.extend(self.exactly(1));
        }
        String::from_utf8(head).expect("heads are ASCII")
    }

    pub(crate) fn exactly(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.0
            .read_exact(&mut bytes)
            .expect("the site sends as much");
        bytes
    }

    /// What one read returns: up to 1 KiB.
    pub(crate) fn some(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; 1024];
        let count = loop {
            match self.0.read(&mut bytes) {
                // A read with a time limit ends so if the process is stopped and goes on.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read.expect("the site sends something"),
            }
        };
        bytes.truncate(count);
        bytes
    }

    /// All bytes to the end, and the error if that is how it ends.
    pub(crate) fn rest(&mut self) -> (Vec<u8>, Option<io::ErrorKind>) {
        self.up_to(u64::MAX)
    }

    pub(crate) fn up_to(&mut self, limit: u64) -> (Vec<u8>, Option<io::ErrorKind>) {
        let mut bytes = Vec::new();
        let result = Read::by_ref(&mut self.0)
            .take(limit)
            .read_to_end(&mut bytes);
        (bytes, result.err().map(|error| error.kind()))
    }

    /// True if nothing comes for a while.
    pub(crate) fn silence(&mut self) -> bool {
        let short = Some(Duration::from_millis(200));
        self.0.set_read_timeout(short).expect("it is not zero");
        let kind = self.0.read(&mut [0]).map_err(|error| error.kind());
        self.0
            .set_read_timeout(Some(PATIENCE))
            .expect("it is not zero");
        // Unix names it the one way, Windows the other.
        matches!(
            kind,
            Err(io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
        )
    }
}

/// The answer to one request up to its body, on a site of its own.
pub(crate) fn begin(target: &str) -> (Site, Client, String) {
    let site = Site::start().expect("loopback has a free port");
    let mut client = Client::asking(&site, target);
    let head = client.head();
    (site, client, head)
}

/// Head and body of the answer to one request on a connection of its own, which ends well.
pub(crate) fn fetch(site: &Site, method: &str, target: &str) -> (String, Vec<u8>) {
    let mut client = Client::new(site);
    client.send(format!(
        "{method} {target} HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n"
    ));
    let head = client.head();
    let (body, error) = client.rest();
    assert_eq!(error, None, "{method} {target}");
    (head, body)
}

pub(crate) fn status(head: &str) -> u16 {
    head.strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest[..3].parse().ok())
        .expect("a head begins with version and status")
}

pub(crate) fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
}

/// The pieces of a chunked body, which must be whole.
pub(crate) fn chunks(mut body: &[u8]) -> Vec<Vec<u8>> {
    let mut chunks = Vec::new();
    loop {
        let end = body
            .windows(2)
            .position(|two| two == b"\r\n")
            .expect("a chunk begins with a line");
        let size = std::str::from_utf8(&body[..end]).expect("a size is ASCII");
        let size = usize::from_str_radix(size, 16).expect("a size is a number");
        let chunk = &body[end + 2..];
        assert_eq!(&chunk[size..size + 2], b"\r\n", "the end of a chunk");
        body = &chunk[size + 2..];
        if size == 0 {
            assert!(body.is_empty(), "bytes after the last chunk");
            return chunks;
        }
        chunks.push(chunk[..size].to_vec());
    }
}

/// Waits until it holds, since the site learns of some things, such as a client's going away,
/// only some time after the test did them.
pub(crate) fn eventually(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "it never came true: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}
