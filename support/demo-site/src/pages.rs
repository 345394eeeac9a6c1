//! The pages and faults: one table of them, and how each is answered.

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use bytesize::ByteSize;

use crate::body;
use crate::connection::{Connection, Socket};
use crate::record::{self, Request};
use crate::request::Head;

/// A page of the site, or a fault that can be asked for.
#[derive(Debug)]
pub struct Page {
    /// The methods that it answers.
    pub methods: &'static str,
    /// Its path. A segment in capitals stands for any text without a slash.
    pub path: &'static str,
    /// The parameters that its query may have.
    pub parameters: &'static [&'static str],
    /// A target that asks for it.
    pub example: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    kind: Kind,
}

/// All pages. `--help`, the index page and the tests come from this table.
pub fn pages() -> &'static [Page] {
    PAGES
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Page,
    Redirect,
    RedirectLoop,
    Status,
    Flaky,
    Never,
    Empty,
    Drip,
    Reset,
    Short,
    Long,
    Endless,
    EndlessClose,
    EndlessHead,
    Garbage,
    BadChunk,
    HugeHeaders,
    Stale,
    Index,
    Counts,
    Requests,
    Forget,
}

const READ: &str = "GET, HEAD";

const PAGES: &[Page] = &[
    Page {
        methods: READ,
        path: "/page/NAME",
        parameters: &["delay", "size", "drip", "chunked", "close", "status"],
        example: "/page/a?delay=120ms&size=10KiB",
        about: "a page; chunked or ended by close if asked; drip: in ten pieces, a pause before each",
        kind: Kind::Page,
    },
    Page {
        methods: READ,
        path: "/redirect/COUNT",
        parameters: &["delay", "to"],
        example: "/redirect/3?to=/page/x",
        about: "COUNT redirects, then the target",
        kind: Kind::Redirect,
    },
    Page {
        methods: READ,
        path: "/redirect-loop",
        parameters: &["delay"],
        example: "/redirect-loop",
        about: "redirects to itself",
        kind: Kind::RedirectLoop,
    },
    Page {
        methods: READ,
        path: "/fault/status/CODE",
        parameters: &["delay"],
        example: "/fault/status/404",
        about: "the status CODE, 400 to 599",
        kind: Kind::Status,
    },
    Page {
        methods: READ,
        path: "/fault/flaky",
        parameters: &["delay", "key", "times"],
        example: "/fault/flaky?times=2&key=a",
        about: "503 the first 2 times for this key, then a page",
        kind: Kind::Flaky,
    },
    Page {
        methods: "GET",
        path: "/fault/never",
        parameters: &[],
        example: "/fault/never",
        about: "never answers",
        kind: Kind::Never,
    },
    Page {
        methods: "GET",
        path: "/fault/empty",
        parameters: &["delay"],
        example: "/fault/empty",
        about: "closes without an answer",
        kind: Kind::Empty,
    },
    Page {
        methods: "GET",
        path: "/fault/drip",
        parameters: &["delay", "size", "drip"],
        example: "/fault/drip",
        about: "a byte a second, of a body declared 1 MiB long",
        kind: Kind::Drip,
    },
    Page {
        methods: "GET",
        path: "/fault/reset",
        parameters: &["delay", "size"],
        example: "/fault/reset",
        about: "resets the connection after half of the body",
        kind: Kind::Reset,
    },
    Page {
        methods: "GET",
        path: "/fault/short",
        parameters: &["delay", "size"],
        example: "/fault/short",
        about: "closes after half of the body that it declared",
        kind: Kind::Short,
    },
    Page {
        methods: "GET",
        path: "/fault/long",
        parameters: &["delay", "size"],
        example: "/fault/long",
        about: "sends twice the body that it declared",
        kind: Kind::Long,
    },
    Page {
        methods: "GET",
        path: "/fault/endless",
        parameters: &["delay"],
        example: "/fault/endless",
        about: "a chunked body without end, as fast as it is read",
        kind: Kind::Endless,
    },
    Page {
        methods: "GET",
        path: "/fault/endless-close",
        parameters: &["delay"],
        example: "/fault/endless-close",
        about: "the same without chunks: close would end it",
        kind: Kind::EndlessClose,
    },
    Page {
        methods: "GET",
        path: "/fault/endless-head",
        parameters: &["delay"],
        example: "/fault/endless-head",
        about: "header fields without end",
        kind: Kind::EndlessHead,
    },
    Page {
        methods: "GET",
        path: "/fault/huge-headers",
        parameters: &["delay"],
        example: "/fault/huge-headers",
        about: "1024 header fields of 1 KiB each, then a page",
        kind: Kind::HugeHeaders,
    },
    Page {
        methods: "GET",
        path: "/fault/garbage",
        parameters: &["delay"],
        example: "/fault/garbage",
        about: "answers with something that is not HTTP",
        kind: Kind::Garbage,
    },
    Page {
        methods: "GET",
        path: "/fault/bad-chunk",
        parameters: &["delay"],
        example: "/fault/bad-chunk",
        about: "a good chunk, then one whose size is no number",
        kind: Kind::BadChunk,
    },
    Page {
        methods: "GET",
        path: "/fault/stale",
        parameters: &["delay", "size"],
        example: "/fault/stale",
        about: "a good answer; closes the kept connection as soon as it is used again",
        kind: Kind::Stale,
    },
    Page {
        methods: READ,
        path: "/",
        parameters: &[],
        example: "/",
        about: "this list",
        kind: Kind::Index,
    },
    Page {
        methods: READ,
        path: "/counts",
        parameters: &[],
        example: "/counts",
        about: "what was counted, as JSON",
        kind: Kind::Counts,
    },
    Page {
        methods: READ,
        path: "/requests",
        parameters: &[],
        example: "/requests",
        about: "a record of each request, as JSON",
        kind: Kind::Requests,
    },
    Page {
        methods: "POST",
        path: "/reset",
        parameters: &[],
        example: "/reset",
        about: "forgets counts and records",
        kind: Kind::Forget,
    },
];

/// What becomes of the connection when its request has been answered.
#[derive(Clone, Copy)]
pub(crate) enum After {
    KeepAlive,
    Close,
    Reset,
    /// Waits for the first bytes of another request, then closes without a word.
    CloseOnReuse,
}

/// A piece of a body that is written at once.
const PIECE: usize = 16 * 1024;

/// The size of a page, where none is asked for.
const SIZE: u64 = 1024;

/// What the query asks for.
#[derive(Default)]
struct Wishes {
    delay: Duration,
    size: Option<u64>,
    drip: Option<Duration>,
    chunked: bool,
    close: bool,
    status: Option<u16>,
    key: String,
    times: Option<u64>,
    to: Option<String>,
}

/// Answers a request.
///
/// # Errors
/// If the client goes away before the answer is complete.
pub(crate) async fn answer<S: Socket>(
    connection: &mut Connection<S>,
    head: &Head,
) -> io::Result<After> {
    let Some((page, part)) = find(head.path()) else {
        connection.begin(&head.target);
        let sentence = "There is no such page. The page / lists them all.\n";
        return Plain::sentence(404, sentence).send(connection, head).await;
    };
    if matches!(
        page.kind,
        Kind::Index | Kind::Counts | Kind::Requests | Kind::Forget
    ) {
        connection.control();
    } else {
        connection.begin(&head.target);
    }
    if !page.methods.split(", ").any(|method| method == head.method) {
        let mut plain = Plain::sentence(405, &format!("It answers {} alone.\n", page.methods));
        plain.fields = format!("Allow: {}\r\n", page.methods);
        return plain.send(connection, head).await;
    }
    let wishes = match Wishes::parse(page, head.query()) {
        Ok(wishes) => wishes,
        Err(sentence) => return Plain::sentence(400, &sentence).send(connection, head).await,
    };
    connection.pause(wishes.delay).await?;
    let size = wishes.size.unwrap_or(SIZE);

    match page.kind {
        Kind::Page => send_page(connection, head, part, &wishes).await,
        Kind::Redirect => match redirect(part, &wishes) {
            Ok(target) => Plain::redirect(&target).send(connection, head).await,
            Err(sentence) => Plain::sentence(400, &sentence).send(connection, head).await,
        },
        Kind::RedirectLoop => Plain::redirect(&head.target).send(connection, head).await,
        Kind::Status => match part.parse() {
            Ok(status @ 400..=599) => {
                let sentence = format!("You asked for the status {status}.\n");
                Plain::sentence(status, &sentence)
                    .send(connection, head)
                    .await
            }
            _ => {
                let sentence = format!("{part}: a status from 400 to 599 is meant.\n");
                Plain::sentence(400, &sentence).send(connection, head).await
            }
        },
        Kind::Flaky => {
            let time = record::lock(connection.records()).flaky(&wishes.key);
            if time <= wishes.times.unwrap_or(2) {
                let sentence = "Not this time. Try again.\n";
                Plain::sentence(503, sentence).send(connection, head).await
            } else {
                send_page(connection, head, "flaky", &wishes).await
            }
        }
        Kind::Never => Err(connection.gone().await),
        Kind::Empty => Ok(After::Close),
        Kind::Drip => drip(connection, &wishes).await,
        Kind::Reset => {
            let head = response(200, &format!("Content-Length: {size}\r\n"));
            send_part(connection, head, "reset", size / 2).await?;
            // A reset overtakes what the client has not read yet; without a pause it might see
            // nothing but the reset.
            connection.pause(Duration::from_millis(50)).await?;
            Ok(After::Reset)
        }
        Kind::Short => {
            let head = response(200, &format!("Content-Length: {size}\r\n"));
            send_part(connection, head, "short", size / 2).await?;
            Ok(After::Close)
        }
        Kind::Long => {
            let fields = format!("Content-Length: {size}\r\n{}", keep_alive_field(head));
            let twice = size.saturating_mul(2);
            send_part(connection, response(200, &fields), "long", twice).await?;
            Ok(after(head))
        }
        Kind::Endless => {
            connection.status(200);
            let head = response(200, "Transfer-Encoding: chunked\r\n");
            connection.send(&head, 0).await?;
            let mut chunk = Vec::new();
            append_chunk("endless", 0, PIECE, &mut chunk);
            loop {
                connection.send(&chunk, PIECE).await?;
            }
        }
        Kind::EndlessClose => {
            connection.status(200);
            connection
                .send(&response(200, "Connection: close\r\n"), 0)
                .await?;
            let piece = body::body("endless-close", PIECE);
            loop {
                connection.send(&piece, PIECE).await?;
            }
        }
        Kind::EndlessHead => {
            connection.status(200);
            connection.send(b"HTTP/1.1 200 OK\r\n", 0).await?;
            let fields = huge_fields(16);
            loop {
                connection.send(fields.as_bytes(), 0).await?;
            }
        }
        Kind::HugeHeaders => {
            let mut plain = Plain::sentence(200, "The head was the point.\n");
            plain.fields = huge_fields(1024);
            plain.send(connection, head).await
        }
        Kind::Garbage => {
            connection
                .send_last(b"\x16\x03 this is not HTTP\r\n\r\n", 0)
                .await?;
            Ok(After::Close)
        }
        Kind::BadChunk => {
            connection.status(200);
            let mut bytes = response(200, "Transfer-Encoding: chunked\r\n");
            append_chunk("bad-chunk", 0, 512, &mut bytes);
            bytes.extend_from_slice(b"no-number\r\n");
            connection.send_last(&bytes, 512).await?;
            Ok(After::Close)
        }
        Kind::Stale => match send_page(connection, head, "stale", &wishes).await? {
            After::KeepAlive => Ok(After::CloseOnReuse),
            after => Ok(after),
        },
        Kind::Index => {
            Plain::new("text/html; charset=utf-8", index())
                .send(connection, head)
                .await
        }
        Kind::Counts => {
            let counts = record::lock(connection.records()).counts();
            let json = format!(
                "{{\"connections\":{},\"requests\":{},\"in_flight\":{},\"most_in_flight\":{}}}\n",
                counts.connections, counts.requests, counts.in_flight, counts.most_in_flight,
            );
            Plain::new("application/json", json)
                .send(connection, head)
                .await
        }
        Kind::Requests => {
            let json = requests_json(record::lock(connection.records()).requests());
            Plain::new("application/json", json)
                .send(connection, head)
                .await
        }
        Kind::Forget => {
            record::lock(connection.records()).reset();
            Plain::sentence(200, "Forgotten.\n")
                .send(connection, head)
                .await
        }
    }
}

/// Answers what is no request at all.
pub(crate) async fn refuse<S: Socket>(
    connection: &mut Connection<S>,
    status: u16,
    sentence: &str,
) -> io::Result<()> {
    let fields = format!(
        "Content-Length: {}\r\nConnection: close\r\n",
        sentence.len()
    );
    let mut bytes = response(status, &fields);
    bytes.extend_from_slice(sentence.as_bytes());
    connection.send_last(&bytes, sentence.len()).await
}

/// The page of this path, and the text that its segment in capitals stands for.
fn find(path: &str) -> Option<(&'static Page, &str)> {
    PAGES
        .iter()
        .find_map(|page| match page.path.rsplit_once('/') {
            Some((folder, last)) if last.starts_with(|c: char| c.is_ascii_uppercase()) => {
                let part = path.strip_prefix(folder)?.strip_prefix('/')?;
                (!part.is_empty() && !part.contains('/')).then_some((page, part))
            }
            _ => (page.path == path).then_some((page, "")),
        })
}

impl Wishes {
    fn parse(page: &Page, query: &str) -> Result<Wishes, String> {
        let mut wishes = Wishes::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let meant = |what: &str| format!("{name}={value}: {what} is meant.\n");
            let time = || {
                humantime::parse_duration(&value)
                    .map_err(|_| meant("a time such as 120ms or 1s 500ms"))
            };
            let number = || value.parse().map_err(|_| meant("a number"));
            if !page.parameters.contains(&&*name) {
                return Err(match page.parameters {
                    [] => format!("{name}: this page takes no parameters.\n"),
                    known => format!("{name}: this page takes {}.\n", known.join(", ")),
                });
            }
            match &*name {
                "delay" => wishes.delay = time()?,
                "drip" => wishes.drip = Some(time()?),
                "size" => {
                    let size: ByteSize = value
                        .parse()
                        .map_err(|_| meant("a size such as 500 or 10KiB"))?;
                    wishes.size = Some(size.as_u64());
                }
                "status" => match value.parse() {
                    Ok(status @ 200..=599) => wishes.status = Some(status),
                    _ => return Err(meant("a status from 200 to 599")),
                },
                "chunked" | "close" if !value.is_empty() => return Err(meant("no value")),
                "chunked" => wishes.chunked = true,
                "close" => wishes.close = true,
                "key" => wishes.key = value.into_owned(),
                "times" => wishes.times = Some(number()?),
                "to" => {
                    // It becomes a header field, so it must not be able to end one.
                    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
                        return Err(meant("a path or URL without spaces"));
                    }
                    wishes.to = Some(value.into_owned());
                }
                _ => {}
            }
        }
        if wishes.chunked && wishes.close {
            return Err("A body is either chunked or ended by close, not both.\n".to_owned());
        }
        Ok(wishes)
    }
}

/// Status line and header fields. Each field ends in CRLF.
fn response(status: u16, fields: &str) -> Vec<u8> {
    let reason = match status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        // The reason may be empty: clients go by the number.
        _ => "",
    };
    format!("HTTP/1.1 {status} {reason}\r\n{fields}\r\n").into_bytes()
}

fn keep_alive_field(head: &Head) -> &'static str {
    match (head.keep_alive, head.is_1_0) {
        (false, _) => "Connection: close\r\n",
        (true, true) => "Connection: keep-alive\r\n",
        (true, false) => "",
    }
}

fn after(head: &Head) -> After {
    if head.keep_alive {
        After::KeepAlive
    } else {
        After::Close
    }
}

/// A whole answer that is known at once.
struct Plain {
    status: u16,
    content_type: &'static str,
    fields: String,
    text: String,
}

impl Plain {
    fn new(content_type: &'static str, text: String) -> Plain {
        Plain {
            status: 200,
            content_type,
            fields: String::new(),
            text,
        }
    }

    fn sentence(status: u16, sentence: &str) -> Plain {
        Plain {
            status,
            ..Plain::new("text/plain; charset=utf-8", sentence.to_owned())
        }
    }

    fn redirect(target: &str) -> Plain {
        Plain {
            fields: format!("Location: {target}\r\n"),
            ..Plain::sentence(302, &format!("It is at {target}\n"))
        }
    }

    async fn send<S: Socket>(
        self,
        connection: &mut Connection<S>,
        head: &Head,
    ) -> io::Result<After> {
        connection.status(self.status);
        let fields = format!(
            "Content-Type: {}\r\nContent-Length: {}\r\n{}{}",
            self.content_type,
            self.text.len(),
            keep_alive_field(head),
            self.fields,
        );
        let mut bytes = response(self.status, &fields);
        if head.method == "HEAD" {
            connection.send_last(&bytes, 0).await?;
        } else {
            bytes.extend_from_slice(self.text.as_bytes());
            connection.send_last(&bytes, self.text.len()).await?;
        }
        Ok(after(head))
    }
}

async fn send_page<S: Socket>(
    connection: &mut Connection<S>,
    head: &Head,
    name: &str,
    wishes: &Wishes,
) -> io::Result<After> {
    let status = wishes.status.unwrap_or(200);
    // By HTTP's rules these two have no body, nor may they declare one.
    let bodiless = matches!(status, 204 | 304);
    let size = if bodiless {
        0
    } else {
        wishes.size.unwrap_or(SIZE)
    };
    // HTTP/1.0 knows no chunks: there only the close can end a body of unknown length.
    let chunked = wishes.chunked && !head.is_1_0 && !bodiless;
    let closes = wishes.close || (wishes.chunked && head.is_1_0);

    let mut fields = "Content-Type: text/plain; charset=utf-8\r\n".to_owned();
    if chunked {
        fields.push_str("Transfer-Encoding: chunked\r\n");
    } else if !closes && !bodiless {
        let _ = write!(fields, "Content-Length: {size}\r\n");
    }
    fields.push_str(if closes {
        "Connection: close\r\n"
    } else {
        keep_alive_field(head)
    });
    connection.status(status);
    let mut bytes = response(status, &fields);
    let after = if closes { After::Close } else { after(head) };

    if head.method == "HEAD" {
        connection.send_last(&bytes, 0).await?;
        return Ok(after);
    }
    if wishes.drip.is_some() {
        connection.send(&bytes, 0).await?;
        bytes.clear();
    }
    // A drip has ten pieces, and each may have to be written in several. Without a drip the head
    // and the first piece leave together.
    let drop = wishes.drip.map_or(size, |_| size.div_ceil(10)).max(1);
    let mut sent = 0;
    loop {
        if let Some(pause) = wishes.drip
            && sent % drop == 0
        {
            connection.pause(pause).await?;
        }
        let piece = (size - sent).min(drop - sent % drop).min(PIECE as u64) as usize;
        if chunked && piece > 0 {
            append_chunk(name, sent, piece, &mut bytes);
        } else {
            body::append(name, sent, piece, &mut bytes);
        }
        sent += piece as u64;
        if sent == size {
            if chunked {
                bytes.extend_from_slice(b"0\r\n\r\n");
            }
            connection.send_last(&bytes, piece).await?;
            return Ok(after);
        }
        connection.send(&bytes, piece).await?;
        bytes.clear();
    }
}

fn append_chunk(name: &str, from: u64, count: usize, to: &mut Vec<u8>) {
    to.extend_from_slice(format!("{count:x}\r\n").as_bytes());
    body::append(name, from, count, to);
    to.extend_from_slice(b"\r\n");
}

/// Sends a head and `count` bytes of a body, whatever the head says of it.
async fn send_part<S: Socket>(
    connection: &mut Connection<S>,
    mut bytes: Vec<u8>,
    name: &str,
    count: u64,
) -> io::Result<()> {
    connection.status(200);
    let mut sent = 0;
    loop {
        let piece = (count - sent).min(PIECE as u64) as usize;
        body::append(name, sent, piece, &mut bytes);
        sent += piece as u64;
        if sent == count {
            return connection.send_last(&bytes, piece).await;
        }
        connection.send(&bytes, piece).await?;
        bytes.clear();
    }
}

async fn drip<S: Socket>(connection: &mut Connection<S>, wishes: &Wishes) -> io::Result<After> {
    connection.status(200);
    let size = wishes.size.unwrap_or(1024 * 1024);
    let fields = format!("Content-Length: {size}\r\nConnection: close\r\n");
    connection.send(&response(200, &fields), 0).await?;
    for position in 0..size {
        let pause = wishes.drip.unwrap_or(Duration::from_secs(1));
        connection.pause(pause).await?;
        let mut byte = Vec::new();
        body::append("drip", position, 1, &mut byte);
        connection.send(&byte, 1).await?;
    }
    Ok(After::Close)
}

/// Where the first of `count` redirects leads.
fn redirect(count: &str, wishes: &Wishes) -> Result<String, String> {
    let target = wishes.to.as_deref().unwrap_or("/page/redirected");
    match count.parse::<u64>() {
        Ok(1) => Ok(target.to_owned()),
        Ok(count @ 2..) => {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair("to", target)
                .finish();
            Ok(format!("/redirect/{}?{query}", count - 1))
        }
        _ => Err(format!(
            "{count}: a number of redirects from 1 on is meant.\n"
        )),
    }
}

/// Header fields of 1 KiB each.
fn huge_fields(count: usize) -> String {
    let field = format!("X-Huge: {}\r\n", "h".repeat(1024 - "X-Huge: \r\n".len()));
    field.repeat(count)
}

fn index() -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let mut html = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
        <title>demo-site</title>\n<h1>demo-site</h1>\n\
        <p>A site that is slow, and misbehaves, on request.</p>\n<table>\n\
        <tr><th>Path<th>Parameters<th>What it does<th>Example\n"
        .to_owned();
    for page in PAGES {
        let example = escape(page.example);
        let example = match page.methods {
            "POST" => format!("POST {example}"),
            _ => format!("<a href=\"{example}\">{example}</a>"),
        };
        let _ = writeln!(
            html,
            "<tr><td>{}<td>{}<td>{}<td>{example}",
            page.path,
            page.parameters.join(", "),
            escape(page.about),
        );
    }
    html.push_str("</table>\n");
    html
}

fn requests_json(requests: &[Request]) -> String {
    let milliseconds = |time: Duration| format!("{:.3}", time.as_secs_f64() * 1000.0);
    let mut json = "[".to_owned();
    for (index, request) in requests.iter().enumerate() {
        let _ = write!(
            json,
            "{}\n{{\"target\":{},\"connection\":{},\"started_ms\":{},\"ended_ms\":{},\
             \"status\":{},\"sent\":{}}}",
            if index == 0 { "" } else { "," },
            json_string(&request.target),
            request.connection,
            milliseconds(request.started),
            request.ended.map_or("null".to_owned(), milliseconds),
            request
                .status
                .map_or("null".to_owned(), |status| status.to_string()),
            request.sent,
        );
    }
    json.push_str("\n]\n");
    json
}

fn json_string(text: &str) -> String {
    let mut json = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            ..' ' => {
                let _ = write!(json, "\\u{:04x}", u32::from(character));
            }
            _ => json.push(character),
        }
    }
    json.push('"');
    json
}
