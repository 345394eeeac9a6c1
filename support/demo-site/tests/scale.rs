//! Thousands of connections at the same time, and what happens when the system allows no more.
//!
//! The site runs as a program of its own, so that its descriptors and the clients' are counted
//! apart.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const SITE: &str = env!("CARGO_BIN_EXE_demo-site");

struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(mut command: Command) -> Program {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program was built");
        let mut url = String::new();
        BufReader::new(child.stdout.as_mut().expect("it is piped"))
            .read_line(&mut url)
            .expect("it prints its address");
        let address = url
            .trim()
            .strip_prefix("http://")
            .expect("its first line is its URL")
            .to_owned();
        Program { child, address }
    }

    fn ask(&self, target: &str) -> io::Result<TcpStream> {
        let mut client = TcpStream::connect(&self.address)?;
        client.set_read_timeout(Some(Duration::from_secs(60)))?;
        client.write_all(format!("GET {target} HTTP/1.0\r\n\r\n").as_bytes())?;
        Ok(client)
    }

    fn fetch(&self, target: &str) -> Vec<u8> {
        let mut answer = Vec::new();
        self.ask(target)
            .and_then(|mut client| client.read_to_end(&mut answer))
            .expect("the site answers");
        let head = answer
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .expect("a head ends in an empty line");
        answer.split_off(head + 4)
    }

    /// Waits until what it counts under `name` is `count`.
    fn wait_for(&self, name: &str, count: usize) {
        let start = Instant::now();
        loop {
            let counts: serde_json::Value =
                serde_json::from_slice(&self.fetch("/counts")).expect("it is JSON");
            if counts[name] == count {
                return;
            }
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "{name} never became {count}: {counts}"
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends it, and returns what it said on standard error.
    fn stop(mut self) -> String {
        drop(self.child.stdin.take());
        let status = self.child.wait().expect("it is our child");
        let mut said = String::new();
        let stderr: Option<ChildStderr> = self.child.stderr.take();
        stderr
            .expect("it is piped")
            .read_to_string(&mut said)
            .expect("it says UTF-8");
        assert!(status.success(), "{status}: {said}");
        said
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // For a test that failed half-way. An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn site() -> Command {
    let mut command = Command::new(SITE);
    command.arg("--until-stdin-closes");
    command
}

#[test]
fn ten_thousand_connections_in_flight() {
    // What the test itself has open besides its clients is far less than 100.
    let limit = demo_site::raise_descriptor_limit().unwrap();
    let count = usize::try_from(limit.saturating_sub(100))
        .unwrap()
        .min(10_000);
    if count < 10_000 {
        writeln!(
            io::stderr(),
            "the system allows {limit} descriptors: tried with {count} connections, not 10,000"
        )
        .unwrap();
    }
    assert!(
        count >= 1000,
        "{limit} descriptors are too few to try anything"
    );
    let program = Program::start(site());

    // This round first: the site closes, so that the clients' ports are free again for the next.
    let waiting: Vec<TcpStream> = (0..count)
        .map(|client| {
            program
                .ask(&format!("/page/{client}?delay=2s&size=2KiB"))
                .unwrap()
        })
        .collect();
    for (client, mut stream) in waiting.into_iter().enumerate() {
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let body = demo_site::body(&client.to_string(), 2048);
        assert!(answer.ends_with(&body), "client {client}");
    }

    let held: Vec<TcpStream> = (0..count)
        .map(|_| program.ask("/fault/never").unwrap())
        .collect();
    program.wait_for("in_flight", count);
    // It still has time for others.
    assert_eq!(
        program.fetch("/page/other?size=5"),
        demo_site::body("other", 5)
    );
    drop(held);
    program.wait_for("in_flight", 0);
    program.wait_for("requests", 2 * count + 1);
    program.wait_for("most_in_flight", count + 1);
    assert_eq!(program.stop(), "");
}

/// A shell sets the limit, as a process can only lower its own for good.
#[cfg(unix)]
#[test]
fn too_few_descriptors_are_told_and_survived() {
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n 64; exec \"$0\" --until-stdin-closes", SITE]);
    let program = Program::start(shell);

    let mut clients: Vec<TcpStream> = (0..200)
        .map(|_| program.ask("/page/a?size=3&close").unwrap())
        .collect();
    // Those beyond the limit wait in the backlog until others close, and then are answered.
    for client in &mut clients {
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).unwrap();
        assert!(answer.ends_with(&demo_site::body("a", 3)));
    }
    let held: Vec<TcpStream> = (0..100)
        .map(|_| program.ask("/fault/never").unwrap())
        .collect();
    thread::sleep(Duration::from_millis(300));
    drop(held);
    program.wait_for("in_flight", 0);

    let said = program.stop();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(
        lines[0].contains("64 open descriptors") && lines[0].contains("48 connections"),
        "{said}"
    );
    assert!(
        lines[1].contains("cannot accept more connections for now"),
        "{said}"
    );
}
