//! The server: the address on the first line, then files of the book and nothing else.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The server, killed when the test ends.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start() -> Server {
        Self::started_by(&mut Command::new(env!("CARGO_BIN_EXE_book")))
    }

    fn started_by(command: &mut Command) -> Server {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program was just built");
        let stdout = child.stdout.take().expect("it is piped");
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("it prints a line");
        let address = line.trim_end().strip_prefix("http://");
        let address = address.and_then(|rest| rest.strip_suffix('/'));
        let address = address.expect("the first line is an address").to_owned();
        Server { child, address }
    }

    /// Head and body of the answer to a request with this head.
    fn send(&self, request: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        // A server that never answers fails the test instead of stopping it.
        let patience = Some(Duration::from_secs(60));
        stream.set_read_timeout(patience).expect("it is not zero");
        let request = format!("{request}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it answers");
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
        (head.to_lowercase(), body.to_owned())
    }

    fn ask(&self, method: &str, path: &str) -> (String, String) {
        self.send(&format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn serves_the_book_and_nothing_else() {
    let server = Server::start();
    assert!(server.address.starts_with("127.0.0.1:"));

    let (head, body) = server.ask("GET", "/");
    assert!(
        head.starts_with("http/1.1 200") && head.contains("content-type: text/html"),
        "{head}"
    );
    assert!(body.contains("<title>Many Things at Once"), "{body:.300}");
    let (head, body) = server.ask("GET", "/theme/../choose.svg");
    assert!(!head.contains("200") || body.contains("<svg"), "{head}");
    let (head, _) = server.ask("GET", "/choose.svg");
    assert!(head.contains("content-type: image/svg+xml"), "{head}");

    let (head, body) = server.ask("HEAD", "/choose.html");
    assert!(
        head.starts_with("http/1.1 200") && head.contains("content-length: "),
        "{head}"
    );
    assert_eq!(body, "");

    for path in [
        "/nothing.html",
        "/../Cargo.toml",
        "/../../Cargo.toml",
        "/..%2f..%2fCargo.toml",
        "/%2e%2e/%2e%2e/Cargo.toml",
        "/..\\..\\Cargo.toml",
        "//etc/passwd",
    ] {
        let (head, body) = server.ask("GET", path);
        assert!(head.starts_with("http/1.1 404"), "{path}: {head}");
        assert!(body.contains("No such page"), "{path}: {body}");
    }
    let (head, _) = server.ask("POST", "/");
    assert!(head.starts_with("http/1.1 405"), "{head}");
    let (head, _) = server.ask("GET", "//locks//mutex.html");
    assert!(head.contains("location: /locks/mutex.html\r\n"), "{head}");
    for (length, status) in [(60_000, "404"), (70_000, "414")] {
        let (head, _) = server.ask("GET", &format!("/{}", "a".repeat(length)));
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{head}");
    }
    let (head, _) = server.ask("GET", "http://evil.example/");
    assert!(head.starts_with("http/1.1 421"), "{head}");
}

/// Clients that say nothing, or stop in the middle of a request, are given up; so many connections
/// that no descriptor is left end nothing.
#[cfg(unix)]
#[test]
fn silent_clients_do_not_keep_others_out() {
    let limited = "ulimit -n 80; exec \"$0\"";
    let book = env!("CARGO_BIN_EXE_book");
    let mut server = Server::started_by(Command::new("sh").args(["-c", limited, book]));
    let mut silent = Vec::new();
    for number in 0..100 {
        let mut stream = TcpStream::connect(&server.address).expect("it listens");
        if number % 2 == 0 {
            stream
                .write_all(b"GET / HTTP/1.1\r\nhost: ")
                .expect("the system takes a few bytes");
        }
        silent.push(stream);
    }
    let (head, _) = server.ask("GET", "/");
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let ended = server.child.try_wait().expect("it is our child");
    assert!(ended.is_none(), "the server ended: {ended:?}");
    drop(silent);
}

/// Clients that ask for more than they read are closed for others, oldest first.
#[test]
fn slow_readers_do_not_keep_others_out() {
    let server = Server::start();
    let mut slow = Vec::new();
    let request = "GET /choose.html HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(100);
    for _ in 0..100 {
        let mut stream = TcpStream::connect(&server.address).expect("it listens");
        stream
            .write_all(request.as_bytes())
            .expect("the system takes a few bytes");
        slow.push(stream);
    }
    let (head, _) = server.ask("GET", "/");
    assert!(head.starts_with("http/1.1 200"), "{head}");
    drop(slow);
}

/// The program, started so that it ignores these signals, or by default ends at them.
#[cfg(unix)]
#[expect(unsafe_code, reason = "no safe wrapper sets a disposition in a child")]
fn book_with(signals: &'static [i32], disposition: libc::sighandler_t) -> Command {
    use std::os::unix::process::CommandExt as _;
    let mut book = Command::new(env!("CARGO_BIN_EXE_book"));
    let set = move || {
        for signal in signals {
            // SAFETY: either of the system's own dispositions calls no function of ours.
            unsafe { libc::signal(*signal, disposition) };
        }
        Ok(())
    };
    // SAFETY: between fork and exec this makes system calls, and neither allocates nor locks.
    unsafe { book.pre_exec(set) };
    book
}

/// nohup starts a program with SIGHUP ignored, a shell its background jobs with SIGINT.
#[cfg(unix)]
#[test]
fn an_ignored_signal_stays_ignored() {
    for (signals, name) in [(&[libc::SIGINT], "-INT"), (&[libc::SIGHUP], "-HUP")] {
        let server = Server::started_by(&mut book_with(signals, libc::SIG_IGN));
        let id = server.child.id().to_string();
        let sent = Command::new("kill").args([name, &id]).status();
        assert!(sent.expect("every system has it").success());
        let (head, _) = server.ask("GET", "/");
        assert!(head.starts_with("http/1.1 200"), "{name}: {head}");
    }
}

/// A signal during the build leaves no folder behind.
#[cfg(unix)]
#[test]
fn a_signal_during_the_build_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("there is room");
    for signal in ["-INT", "-TERM", "-HUP"] {
        let mut book = book_with(&[libc::SIGINT, libc::SIGHUP], libc::SIG_DFL);
        book.env("TMPDIR", folder.path()).stdout(Stdio::null());
        let mut book = book.spawn().expect("the program was just built");
        // What it writes into its folder, it writes after it has set its handler.
        until(|| {
            let folders = std::fs::read_dir(folder.path()).into_iter().flatten();
            let mut files = folders
                .flatten()
                .filter_map(|at| std::fs::read_dir(at.path()).ok());
            files.any(|mut files| files.next().is_some())
        });
        let id = book.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("every system has it").success());
        let mut status = None;
        until(|| {
            status = book.try_wait().expect("it is our child");
            status.is_some()
        });
        assert_eq!(
            status.and_then(|status| status.code()),
            Some(130),
            "{signal}"
        );
        let left = std::fs::read_dir(folder.path()).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{signal}");
    }
}

/// Waits for this, at most a minute.
#[cfg(unix)]
fn until(mut happened: impl FnMut() -> bool) {
    let start = std::time::Instant::now();
    while !happened() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "it does not happen"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn another_host_name_is_refused() {
    let server = Server::start();
    for (host, status) in [
        ("\r\nhost: evil.example", 421),
        ("\r\nhost: localhost\r\nhost: evil.example", 400),
        ("", 400),
        ("\r\nhost: localhost:1", 200),
    ] {
        let (head, _) = server.send(&format!("GET / HTTP/1.1{host}"));
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{head}");
    }
}

#[test]
fn a_misuse_is_one_line_and_nothing_is_lost() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("notes");
    std::fs::create_dir_all(&folder).expect("cargo has made the folder above");
    std::fs::write(folder.join("note"), "kept").expect("it is there");
    let dest = folder.to_str().expect("the workspace's path is text");
    for (arguments, code, word) in [
        (&["chek"][..], 2, "chek"),
        (&["--prot", "1"], 2, "--prot"),
        (&["--port", "99999"], 2, "99999"),
        (&["build", "--dest", dest], 1, "would be lost"),
    ] {
        let book = Command::new(env!("CARGO_BIN_EXE_book"))
            .args(arguments)
            .output();
        let output = book.expect("the program was just built");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains(word), "{said}");
    }
    assert!(folder.join("note").exists());
}
