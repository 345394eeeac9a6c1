//! Responses and redirects that ureq itself gets wrong, or refuses.

#![expect(clippy::unwrap_used, reason = "a server that fails fails the test")]

use std::io::{BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::sync::Arc;
use std::thread;

use fetcher_suite::scripts::{accept, request, send, site};
use rustls::pki_types::PrivateKeyDer;
use thread_fetch::{Limits, agents_with, config, fetch_all};
use ureq::Agent;
use ureq::tls::TlsConfig;

const ONE_WORKER: Limits = Limits {
    concurrency: 1,
    timeout: std::time::Duration::from_secs(30),
    max_body: 1 << 20,
};

fn direct() -> Vec<Agent> {
    agents_with(1, config(2).proxy(None).build())
}

/// The body, or what the row says.
fn fetch(url: &str) -> String {
    let page = fetch_all(&direct(), [url], ONE_WORKER).remove(0);
    match page {
        Ok(page) => String::from_utf8(page.body).unwrap(),
        Err(error) => error.to_string(),
    }
}

/// Sends this answer and closes the connection.
fn answer(text: &'static str) -> String {
    let (url, _) = site(move |listener| {
        let mut stream = accept(&listener);
        request(&mut stream);
        send(&mut stream, text);
    });
    url
}

/// Closes so that the other side sees "connection reset by peer".
#[expect(unsafe_code, reason = "std has no SO_LINGER yet")]
fn reset(stream: BufReader<TcpStream>) {
    let linger = libc::linger {
        l_onoff: 1,
        l_linger: 0,
    };
    // SAFETY: the descriptor is open, and the option is as large as it says.
    let set = unsafe {
        libc::setsockopt(
            stream.get_ref().as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_LINGER,
            (&raw const linger).cast(),
            size_of::<libc::linger>() as libc::socklen_t,
        )
    };
    assert_eq!(set, 0);
}

#[test]
fn a_body_that_a_reset_cuts_off_is_an_error() {
    let _limit = testing::watchdog::limit();
    for text in [
        "HTTP/1.1 200 OK\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ] {
        let (url, served) = site(move |listener| {
            let mut stream = accept(&listener);
            request(&mut stream);
            send(&mut stream, text);
            thread::sleep(std::time::Duration::from_millis(50)); // for the client to read it
            reset(stream);
        });
        let found = fetch(&url);
        assert!(found.contains("request failed"), "{text:?}: {found}");
        served.join().unwrap();
    }
}

#[test]
fn a_body_that_ends_with_the_connection_is_a_page() {
    let _limit = testing::watchdog::limit();
    assert_eq!(fetch(&answer("HTTP/1.1 200 OK\r\n\r\nhello")), "hello");
}

/// An https server that sends `hello` without its length, and closes with or without the message
/// that says so.
fn tls_server(is_told: bool) -> String {
    let certificate = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(certificate.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let session = rustls::ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = rustls::StreamOwned::new(session, stream);
        let mut request = [0; 4096];
        assert!(stream.read(&mut request).unwrap() > 0);
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nhello").unwrap();
        if is_told {
            stream.conn.send_close_notify();
        }
        stream.flush().unwrap();
        let _ = stream.sock.shutdown(std::net::Shutdown::Write);
        let _ = stream.sock.read(&mut request); // until the client has closed
    });
    url
}

#[test]
fn an_https_body_whose_end_is_not_confirmed_is_an_error() {
    let _limit = testing::watchdog::limit();
    let trusting = || {
        let tls = TlsConfig::builder().disable_verification(true).build();
        agents_with(1, config(2).proxy(None).tls_config(tls).build())
    };
    let confirmed = fetch_all(&trusting(), [tls_server(true)], ONE_WORKER).remove(0);
    assert_eq!(confirmed.unwrap().body, b"hello");
    let cut = fetch_all(&trusting(), [tls_server(false)], ONE_WORKER).remove(0);
    let error = cut.map(|page| page.body).unwrap_err().to_string();
    assert!(error.contains("close_notify"), "{error}");
}

#[test]
fn folded_header_lines_are_joined() {
    let _limit = testing::watchdog::limit();
    for (head, found) in [
        ("A: b\r\n c\r\n\td\r\nB: e", "b c d"),
        ("A: b\r\nB: e", "b"),
        ("A:\r\n b\r\nB: e", "b"),
    ] {
        // After a 1xx response, whole and byte by byte; the body has what looks like a fold.
        let text = format!(
            "HTTP/1.1 103 Early\r\nX: y\r\n z\r\n\r\n\
             HTTP/1.1 200 OK\r\n{head}\r\nContent-Length: 8\r\n\r\nx\r\n y\r\nz"
        );
        for piece in [text.len(), 1] {
            let pieces = text.clone();
            let (url, served) = site(move |listener| {
                let mut stream = accept(&listener);
                request(&mut stream);
                stream.get_ref().set_nodelay(true).unwrap();
                for bytes in pieces.as_bytes().chunks(piece) {
                    send(&mut stream, std::str::from_utf8(bytes).unwrap());
                    if piece == 1 {
                        thread::sleep(std::time::Duration::from_micros(200));
                    }
                }
            });
            let page = fetch_all(&direct(), [url], ONE_WORKER).remove(0).unwrap();
            assert_eq!(page.body, b"x\r\n y\r\nz");
            let value = page.headers["a"].to_str().unwrap();
            let words: Vec<_> = value.split_whitespace().collect();
            assert_eq!(words.join(" "), found);
            assert_eq!(page.headers["b"], "e");
            served.join().unwrap();
        }
    }
    // Some servers end their lines with LF alone.
    let url = answer("HTTP/1.1 200 OK\nA: b\n c\nContent-Length: 7\n\nx\n y\r\n ");
    assert_eq!(fetch(&url), "x\n y\r\n ");
}

#[test]
fn a_transfer_encoding_that_ureq_cannot_decode_is_an_error() {
    let _limit = testing::watchdog::limit();
    for (line, encoding, is_page) in [
        ("HTTP/1.1 200 OK", "chunked", true),
        ("HTTP/1.1 200 OK", "identity", true),
        ("HTTP/1.1 200 OK", "xchunked", false),
        ("HTTP/1.1 200 OK", "gzip, chunked", false),
        ("HTTP/1.1 200 OK", "chunked, gzip", false),
        ("HTTP/1.0 200 OK", "chunked", false),
    ] {
        let body = if encoding == "identity" {
            "hello"
        } else {
            "5\r\nhello\r\n0\r\n\r\n"
        };
        let text = format!("{line}\r\nTransfer-Encoding: {encoding}\r\n\r\n{body}");
        let (url, _) = site(move |listener| {
            let mut stream = accept(&listener);
            request(&mut stream);
            send(&mut stream, &text);
        });
        let found = fetch(&url);
        if is_page {
            assert_eq!(found, "hello");
        } else {
            let said = format!("unknown transfer encoding {encoding:?}");
            assert_eq!(found, said, "{line}");
        }
    }
}

/// ureq reads these variables by itself. Nobody listens at this proxy.
#[test]
fn the_demonstration_uses_no_proxy() {
    let _limit = testing::watchdog::limit();
    let url = answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_thread-fetch"));
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        program.env(name, "http://127.0.0.1:1");
    }
    program.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = program.args(["--json", &url]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}
