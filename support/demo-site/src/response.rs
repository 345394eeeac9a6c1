//! How an answer is written: its head, and its body in pieces.

use std::io;
use std::time::Duration;

use crate::body;
use crate::connection::{Connection, Socket};
use crate::request::Head;

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
pub(crate) const PIECE: usize = 16 * 1024;

/// Status line and header fields. Each field ends in CRLF.
pub(crate) fn response(status: u16, fields: &str) -> Vec<u8> {
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

pub(crate) fn keep_alive_field(head: &Head) -> &'static str {
    match (head.keep_alive, head.is_1_0) {
        (false, _) => "Connection: close\r\n",
        (true, true) => "Connection: keep-alive\r\n",
        (true, false) => "",
    }
}

pub(crate) fn after(head: &Head) -> After {
    if head.keep_alive {
        After::KeepAlive
    } else {
        After::Close
    }
}

/// A whole answer that is known at once.
pub(crate) struct Plain {
    status: u16,
    content_type: &'static str,
    pub(crate) fields: String,
    text: String,
}

impl Plain {
    pub(crate) fn new(content_type: &'static str, text: String) -> Plain {
        Plain {
            status: 200,
            content_type,
            fields: String::new(),
            text,
        }
    }

    pub(crate) fn sentence(status: u16, sentence: &str) -> Plain {
        Plain {
            status,
            ..Plain::new("text/plain; charset=utf-8", sentence.to_owned())
        }
    }

    pub(crate) fn redirect(target: &str) -> Plain {
        Plain {
            fields: format!("Location: {target}\r\n"),
            ..Plain::sentence(302, &format!("It is at {target}\n"))
        }
    }

    pub(crate) async fn send<S: Socket>(
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

/// Declares a body of `size` bytes, and sends that one, whatever its size.
pub(crate) async fn send_declared<S: Socket>(
    connection: &mut Connection<S>,
    head: &Head,
    size: u64,
    body: Body<'_>,
) -> io::Result<After> {
    connection.status(200);
    let fields = format!("Content-Length: {size}\r\n{}", keep_alive_field(head));
    send_body(connection, response(200, &fields), body).await?;
    Ok(after(head))
}

/// How a body is sent.
pub(crate) struct Body<'a> {
    name: &'a str,
    size: u64,
    pub(crate) chunked: bool,
    /// Bytes in a piece, and the pause before each.
    pub(crate) drip: Option<(u64, Duration)>,
}

impl Body<'_> {
    pub(crate) fn new(name: &str, size: u64) -> Body<'_> {
        Body {
            name,
            size,
            chunked: false,
            drip: None,
        }
    }
}

/// Sends a head and a body. Both leave together as far as one write goes, unless the body drips.
pub(crate) async fn send_body<S: Socket>(
    connection: &mut Connection<S>,
    mut bytes: Vec<u8>,
    body: Body<'_>,
) -> io::Result<()> {
    if body.drip.is_some() {
        connection.send(&bytes, 0).await?;
        bytes.clear();
    }
    // What drips may still be too large to be written at once.
    let (drop, pause) = body.drip.unwrap_or((u64::MAX, Duration::ZERO));
    let mut sent = 0;
    loop {
        if sent % drop == 0 {
            connection.pause(pause).await?;
        }
        let piece = (body.size - sent).min(drop - sent % drop).min(PIECE as u64) as usize;
        // An empty chunk would end the body.
        if body.chunked && piece > 0 {
            append_chunk(body.name, sent, piece, &mut bytes);
        } else {
            body::append(body.name, sent, piece, &mut bytes);
        }
        sent += piece as u64;
        if sent == body.size {
            if body.chunked {
                bytes.extend_from_slice(b"0\r\n\r\n");
            }
            return connection.send_last(&bytes, piece).await;
        }
        connection.send(&bytes, piece).await?;
        bytes.clear();
    }
}

pub(crate) fn append_chunk(name: &str, from: u64, count: usize, to: &mut Vec<u8>) {
    to.extend_from_slice(format!("{count:x}\r\n").as_bytes());
    body::append(name, from, count, to);
    to.extend_from_slice(b"\r\n");
}
