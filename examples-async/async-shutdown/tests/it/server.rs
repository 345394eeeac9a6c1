//! The server of `examples/server.rs` as a child process: real connections, real signals.

use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, ErrorKind, Lines, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, ExitStatus, Stdio};
use std::time::Duration;
use testing::child::example;
use testing::watchdog;
use tokio_util::sync::CancellationToken;

#[path = "../../examples/server.rs"]
#[expect(dead_code, reason = "the child runs its `main`")]
mod source;

/// Is killed when its test ends, in whatever way.
struct Server {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(grace: Duration) -> Server {
        let mut command = example("async-shutdown-server");
        command.arg(grace.as_millis().to_string());
        let child = command.stdout(Stdio::piped()).spawn();
        let mut child = child.expect("the example is built");
        let stdout = child.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(stdout).lines();
        let address = lines.next().expect("its address").expect("text");
        let address = address.parse().expect("an address");
        Server {
            child,
            lines,
            address,
        }
    }

    fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it is our child");
    }

    fn line(&mut self) -> String {
        self.lines.next().expect("a line").expect("text")
    }

    fn connect(&self) -> BufReader<TcpStream> {
        BufReader::new(TcpStream::connect(self.address).expect("it accepts"))
    }

    /// A connection with a request whose head has been read, and whose body is missing.
    fn request(&self) -> BufReader<TcpStream> {
        let mut stream = self.connect();
        stream.get_mut().write_all(b"head\n").expect("it reads");
        assert_eq!(line(&mut stream), "go on\n");
        stream
    }

    fn refuses(&self) -> bool {
        let error = TcpStream::connect(self.address).err();
        error.is_some_and(|error| error.kind() == ErrorKind::ConnectionRefused)
    }

    fn end(&mut self) -> ExitStatus {
        self.child.wait().expect("it is our child")
    }
}

fn line(stream: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    stream.read_line(&mut line).expect("an answer");
    line
}

/// Far more than the machine can take.
const LONG: Duration = Duration::from_secs(600);

/// The signal arrives while `requests` requests are under way and 10 connections are idle.
fn drains(signal: Signal, requests: u32) {
    let _limit = watchdog::limit();
    let mut server = Server::start(LONG);
    let mut under_way: Vec<_> = (0..requests).map(|_| server.request()).collect();
    let mut idle: Vec<_> = (0..10).map(|_| server.connect()).collect();
    // The last one to connect has been accepted when it has an answer, and so have all before it.
    let mut last = server.request();
    last.get_mut().write_all(b"last\n").expect("it reads");
    assert_eq!(line(&mut last), "answer to last\n");

    server.send(signal);
    let accepted = requests + 11;
    assert_eq!(server.line(), format!("accepted {accepted}, and no more"));
    for _ in 0..20 {
        assert!(
            server.refuses(),
            "a connection was accepted after the signal"
        );
    }
    for stream in idle.iter_mut().chain([&mut last]) {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).expect("it is closed");
        assert_eq!(rest, b"", "an idle connection is closed");
    }
    for (number, stream) in under_way.iter_mut().enumerate() {
        let body = format!("{number}\n");
        stream
            .get_mut()
            .write_all(body.as_bytes())
            .expect("it reads");
    }
    for (number, stream) in under_way.iter_mut().enumerate() {
        let mut rest = String::new();
        stream.read_to_string(&mut rest).expect("an answer");
        assert_eq!(rest, format!("answer to {number}\n"));
    }
    assert_eq!(server.line(), "Clean");
    assert_eq!(server.end().code(), Some(0));
}

#[test]
fn at_sigterm_1000_requests_under_way_are_answered_and_none_is_accepted() {
    drains(Signal::TERM, 1_000);
}

#[test]
fn at_sigint_100_requests_under_way_are_answered_and_none_is_accepted() {
    drains(Signal::INT, 100);
}

/// The server is stopped while clients connect and send whole requests. When it goes on, it finds
/// the requests and the signal together. Whom it accepts then is open, but those are answered.
#[test]
fn requests_that_are_sent_just_before_the_signal_are_answered_if_they_were_accepted() {
    let _limit = watchdog::limit();
    for clients in [1, 10, 100, 100, 100] {
        let mut server = Server::start(LONG);
        server.send(Signal::STOP);
        let mut streams: Vec<_> = (0..clients).map(|_| server.connect()).collect();
        for stream in &mut streams {
            stream
                .get_mut()
                .write_all(b"head\nbody\n")
                .expect("it is buffered");
        }
        server.send(Signal::TERM);
        server.send(Signal::CONT);
        let mut answers = 0;
        for stream in &mut streams {
            let mut rest = String::new();
            match stream.read_to_string(&mut rest) {
                Ok(_) => assert_eq!(rest, "go on\nanswer to body\n"),
                Err(error) => {
                    // It was in the queue of the system, never accepted.
                    assert_eq!((error.kind(), &*rest), (ErrorKind::ConnectionReset, ""));
                    continue;
                }
            }
            answers += 1;
        }
        assert_eq!(server.line(), format!("accepted {answers}, and no more"));
        assert_eq!(server.line(), "Clean");
        assert_eq!(server.end().code(), Some(0));
    }
}

#[tokio::test]
async fn a_head_that_was_sent_before_the_signal_is_read_after_it() {
    let _limit = watchdog::limit();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let token = CancellationToken::new();
    token.cancel();
    for sent in ["head\n", ""] {
        let mut client = TcpStream::connect(address).expect("it accepts");
        client.write_all(sent.as_bytes()).expect("it is buffered");
        let (stream, _) = listener.accept().await.expect("a connection");
        let mut stream = tokio::io::BufReader::new(stream);
        let head = source::head(&mut stream, &token).await;
        assert_eq!(head.expect("the client lives"), sent);
    }
}

#[test]
fn with_a_stuck_request_it_gives_up_after_the_grace_and_says_so() {
    for signal in [Signal::TERM, Signal::INT] {
        let _limit = watchdog::limit();
        let mut server = Server::start(Duration::from_millis(300));
        let mut stuck = server.request();
        let _idle = server.connect();
        let mut ends = server.request();
        server.send(signal);
        assert_eq!(server.line(), "accepted 3, and no more");
        ends.get_mut().write_all(b"body\n").expect("it reads");
        assert_eq!(line(&mut ends), "answer to body\n");
        assert_eq!(server.line(), "Left(1)");
        assert_eq!(server.end().code(), Some(1));
        let mut rest = Vec::new();
        let _ = stuck.read_to_end(&mut rest); // closed or reset, with its task
        assert_eq!(rest, b"");
    }
}

#[test]
fn a_second_ctrl_c_exits_with_130_and_does_not_wait_for_the_grace() {
    for first in [Signal::INT, Signal::TERM] {
        let _limit = watchdog::limit();
        let mut server = Server::start(LONG);
        let _stuck = server.request();
        server.send(first);
        assert_eq!(server.line(), "accepted 1, and no more"); // it has seen the first
        server.send(Signal::INT);
        assert_eq!(server.end().code(), Some(130));
    }
}

#[test]
fn a_second_sigterm_changes_nothing() {
    let _limit = watchdog::limit();
    let mut server = Server::start(LONG);
    let mut requests = [(); 5].map(|()| server.request());
    for _ in 0..3 {
        server.send(Signal::TERM);
    }
    assert_eq!(server.line(), "accepted 5, and no more");
    // An answer shows that the server runs on, and has seen the signal before.
    for request in &mut requests {
        server.send(Signal::TERM);
        request.get_mut().write_all(b"body\n").expect("it reads");
        assert_eq!(line(request), "answer to body\n");
    }
    assert_eq!(server.line(), "Clean");
    assert_eq!(server.end().code(), Some(0));
}

/// A client that sends the next request with each body does not keep the server running.
#[test]
fn after_the_signal_a_connection_gets_one_answer_and_is_closed() {
    let _limit = watchdog::limit();
    let mut server = Server::start(LONG);
    let mut busy = server.request();
    server.send(Signal::TERM);
    assert_eq!(server.line(), "accepted 1, and no more");
    busy.get_mut()
        .write_all(b"body\nhead\nbody\n")
        .expect("it reads");
    let mut rest = String::new();
    busy.read_to_string(&mut rest).expect("it is closed");
    assert_eq!(rest, "answer to body\n");
    assert_eq!(server.line(), "Clean");
}

#[test]
fn without_requests_it_ends_immediately() {
    for signal in [Signal::TERM, Signal::INT] {
        let _limit = watchdog::limit();
        let mut server = Server::start(LONG);
        server.send(signal);
        assert_eq!(server.line(), "accepted 0, and no more");
        assert_eq!(server.line(), "Clean");
        assert_eq!(server.end().code(), Some(0));
    }
}

#[test]
fn bad_input_is_one_line_and_exit_code_2() {
    let _limit = watchdog::limit();
    let output = example("async-shutdown-server").arg("soon").output();
    let output = output.expect("the example is built");
    assert_eq!(output.status.code(), Some(2));
    let expected = "the grace is a number of milliseconds, got \"soon\"\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), expected);
}
