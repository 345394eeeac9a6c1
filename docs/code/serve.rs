//! Serves a built book on loopback, from memory.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderValue, LOCATION};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Version};
use hyper_util::rt::{TokioIo, TokioTimer};
use percent_encoding::percent_decode_str;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::files::{files_below, relative};

/// A browser opens six; more than this would only use up descriptors. Beyond it, or when the system
/// has no descriptor left, the oldest connection is closed for the newest.
const CONNECTIONS: usize = 64;
/// How old a connection becomes in any case, so that a crowd cannot keep others from an answer.
const YOUNG: Duration = Duration::from_secs(1);
/// How long a client may take to send a request, and how long it may idle before the next.
const REQUEST: Duration = Duration::from_secs(5);
/// How long one connection may be used, and how much longer for the response under way.
const CONNECTION: Duration = Duration::from_secs(60);
const LAST_RESPONSE: Duration = Duration::from_secs(10);

/// A book in memory. So another process may build it again, and a request needs no file.
pub struct Book {
    /// By path below the folder, with `/`.
    files: BTreeMap<String, Bytes>,
}

impl Book {
    /// Reads a built book.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        for file in files_below(folder) {
            files.insert(relative(folder, &file), Bytes::from(fs::read(&file)?));
        }
        Ok(Self { files })
    }

    /// The response to a request for this path, as it was sent.
    fn respond(&self, path: &str) -> Response<Full<Bytes>> {
        // What is no text cannot be a name here.
        let decoded = percent_decode_str(path).decode_utf8_lossy();
        let mut name = decoded.strip_prefix('/').unwrap_or(&decoded).to_owned();
        if name.is_empty() || name.ends_with('/') {
            name += "index.html";
        }
        if let Some(body) = self.files.get(&name) {
            return response(StatusCode::OK, kind(&name), body.clone());
        }
        // Too many slashes, or too few: a path of ours that begins with one, so that no browser
        // takes its first part for a host.
        let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty()).collect();
        let plain = parts.join("/");
        for found in [plain.clone(), format!("{plain}/index.html")] {
            if found != name && self.files.contains_key(&found) && is_plain(&found) {
                let target = found.strip_suffix("index.html").unwrap_or(&found);
                let text = "see Location\n";
                let mut response = response(StatusCode::PERMANENT_REDIRECT, TEXT, text.into());
                if let Ok(value) = HeaderValue::from_str(&format!("/{target}")) {
                    response.headers_mut().insert(LOCATION, value);
                }
                return response;
            }
        }
        let body = self.files.get("404.html").cloned().unwrap_or_default();
        response(StatusCode::NOT_FOUND, kind("404.html"), body)
    }
}

/// Serves the book on 127.0.0.1 until the process ends. Port 0 lets the system pick a free one.
/// The address is printed on standard output as soon as connections are accepted.
///
/// # Errors
/// If the port is taken, or standard output is closed.
pub fn serve(book: Book, port: u16) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let book = Arc::new(book);
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        writeln!(io::stdout(), "http://{}/", listener.local_addr()?)?;
        let free = Arc::new(Semaphore::new(CONNECTIONS));
        let mut open: VecDeque<(Instant, JoinHandle<()>)> = VecDeque::new();
        loop {
            let permit = loop {
                let end = open.front().map(|(since, _)| *since + YOUNG);
                let end = end.unwrap_or_else(|| Instant::now() + YOUNG);
                match timeout_at(end, Arc::clone(&free).acquire_owned()).await {
                    Ok(permit) => break permit,
                    Err(_) => close_the_oldest(&mut open),
                }
            };
            open.retain(|(_, connection)| !connection.is_finished());
            match listener.accept().await {
                Ok((stream, _)) => {
                    let book = Arc::clone(&book);
                    let connection = tokio::spawn(async move {
                        let _permit = permit;
                        talk(stream, &book).await;
                    });
                    open.push_back((Instant::now(), connection));
                }
                // No descriptor is left, or the client is gone already: it will be better soon.
                Err(_) => {
                    sleep(Duration::from_millis(50)).await;
                    close_the_oldest(&mut open);
                }
            }
        }
    })
}

/// Closes the oldest connection, unless even that one is young.
fn close_the_oldest(open: &mut VecDeque<(Instant, JoinHandle<()>)>) {
    open.retain(|(_, connection)| !connection.is_finished());
    let is_old = |(since, _): &(Instant, _)| since.elapsed() >= YOUNG;
    if open.front().is_some_and(is_old)
        && let Some((_, connection)) = open.pop_front()
    {
        connection.abort();
    }
}

/// Answers the requests of one connection. Its faults are the client's, and end only this one.
async fn talk(stream: TcpStream, book: &Book) {
    let service = service_fn(|request| async move { Ok::<_, Infallible>(answer(book, &request)) });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(REQUEST)
            .serve_connection(TokioIo::new(stream), service)
    );
    if timeout(CONNECTION, connection.as_mut()).await.is_err() {
        connection.as_mut().graceful_shutdown();
        let _ = timeout(LAST_RESPONSE, connection).await;
    }
}

fn answer(book: &Book, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let named = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok(),
        // Older clients need not name one. A browser always does.
        (None, None) if request.version() < Version::HTTP_11 => Some("localhost"),
        // None, or two, of which another reader may believe the other one (RFC 9112, 3.2).
        _ => {
            let text = "exactly one Host field is needed\n";
            return response(StatusCode::BAD_REQUEST, TEXT, text.into());
        }
    };
    let host = request
        .uri()
        .authority()
        .map(|host| host.as_str())
        .or(named);
    if !host.is_some_and(is_here) {
        // A page elsewhere may give its own name this address, and would read what is served here.
        let text = "this book is served to 127.0.0.1 and localhost alone\n";
        return response(StatusCode::MISDIRECTED_REQUEST, TEXT, text.into());
    }
    match *request.method() {
        Method::GET => book.respond(request.uri().path()),
        Method::HEAD => {
            let whole = book.respond(request.uri().path());
            let (head, body) = whole.into_parts();
            let length = hyper::body::Body::size_hint(&body).exact().unwrap_or(0);
            let mut response = Response::from_parts(head, Full::default());
            response.headers_mut().insert(CONTENT_LENGTH, length.into());
            response
        }
        _ => {
            let text = "only GET and HEAD are answered\n";
            let mut response = response(StatusCode::METHOD_NOT_ALLOWED, TEXT, text.into());
            let allowed = HeaderValue::from_static("GET, HEAD");
            response.headers_mut().insert(ALLOW, allowed);
            response
        }
    }
}

/// Whether a host, with or without a port, is a name of this machine's loopback.
fn is_here(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    };
    ["127.0.0.1", "localhost", "[::1]"].contains(&name.to_ascii_lowercase().as_str())
}

const TEXT: &str = "text/plain; charset=utf-8";

fn response(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json") => "application/json",
        Some("woff2") => "font/woff2",
        Some("rs" | "txt" | "toml" | "py" | "mjs" | "md") => TEXT,
        _ => "application/octet-stream",
    }
}

/// Whether a path needs no encoding.
fn is_plain(path: &str) -> bool {
    path.chars()
        .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for host in "127.0.0.1 127.0.0.1:8000 localhost LocalHost:1 [::1]:80".split(' ') {
            assert!(is_here(host), "{host}");
        }
        for host in "example.org 127.0.0.1.example.org localhost:x 127.0.0.1@x".split(' ') {
            assert!(!is_here(host), "{host}");
        }
        assert!(!is_here(""));
    }

    #[test]
    fn redirects_stay_on_this_host() {
        let files = ["index.html", "locks/mutex.html", "a/index.html", "404.html"];
        let files = files.map(|name| (name.to_owned(), Bytes::new())).into();
        let book = Book { files };
        let seen = |path| {
            let response = book.respond(path);
            let location = response.headers().get(LOCATION);
            let location = location.map(|value| value.to_str().unwrap().to_owned());
            (response.status().as_u16(), location)
        };
        for path in "/ /index.html /locks/mutex.html /a/ /locks%2Fmutex.html".split(' ') {
            assert_eq!(seen(path), (200, None), "{path}");
        }
        for (path, location) in [
            ("//locks/mutex.html", "/locks/mutex.html"),
            ("/locks//mutex.html", "/locks/mutex.html"),
            ("/a", "/a/"),
            ("//a", "/a/"),
            ("//", "/"),
        ] {
            assert_eq!(seen(path), (308, Some(location.to_owned())), "{path}");
        }
        for path in "//locks /locks //evil.example/.. /%00 /%zz /../index.html".split(' ') {
            assert_eq!(seen(path), (404, None), "{path}");
        }
    }
}
