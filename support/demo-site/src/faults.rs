//! What each fault sends.

use std::io;
use std::time::Duration;

use crate::body;
use crate::connection::{Connection, Socket};
use crate::pages::{Kind, SIZE};
use crate::query::QueryOptions;
use crate::request::Head;
use crate::response::{After, Body, PIECE, append_chunk, response, send_declared};

/// A response that breaks a rule.
pub(crate) enum Fault {
    /// These bytes, and then the end of the connection, or the same piece again and again.
    Raw {
        status: Option<u16>,
        first: Vec<u8>,
        piece: Option<Vec<u8>>,
        /// How many bytes of `piece`, or else of `first`, belong to a body.
        body: usize,
        /// After each piece.
        pause: Duration,
    },
    /// A body of another length, or at another pace, than the head says.
    Declared {
        name: &'static str,
        declared: u64,
        sent: u64,
        /// Before each byte.
        pause: Option<Duration>,
        after: Option<After>,
    },
}

/// The fault of this kind, if it is one that is only a matter of bytes.
pub(crate) fn fault(kind: Kind, options: &QueryOptions) -> Option<Fault> {
    let size = options.size.unwrap_or(SIZE);
    let raw = |status, first, piece, body| Fault::Raw {
        status,
        first,
        piece,
        body,
        pause: Duration::ZERO,
    };
    let declared = |name, sent, after| Fault::Declared {
        name,
        declared: size,
        sent,
        pause: None,
        after,
    };
    let chunk = |name, length| {
        let mut bytes = Vec::new();
        append_chunk(name, 0, length, &mut bytes);
        bytes
    };
    let chunked = || response(200, "Transfer-Encoding: chunked\r\n");
    let good = Some(200);
    Some(match kind {
        Kind::Empty => raw(None, Vec::new(), None, 0),
        Kind::Garbage => raw(None, b"\x16\x03 this is not HTTP\r\n\r\n".into(), None, 0),
        Kind::BadChunk => {
            let chunk = chunk("bad-chunk", 512);
            let bytes = [chunked(), chunk, b"no-number\r\n".into()].concat();
            raw(good, bytes, None, 512)
        }
        Kind::Endless => raw(good, chunked(), Some(chunk("endless", PIECE)), PIECE),
        Kind::EndlessClose => {
            let piece = body::body("endless-close", PIECE);
            raw(
                good,
                response(200, "Connection: close\r\n"),
                Some(piece),
                PIECE,
            )
        }
        Kind::EndlessHead => {
            let piece = huge_fields(16).into_bytes();
            raw(good, b"HTTP/1.1 200 OK\r\n".into(), Some(piece), 0)
        }
        Kind::EndlessInterim => {
            let hint = b"HTTP/1.1 103 Early Hints\r\n\r\n";
            Fault::Raw {
                status: None,
                first: Vec::new(),
                piece: Some(hint.repeat(PIECE / hint.len())),
                body: 0,
                // Heads are slow to parse. Without a pause a client's event loop, in a debug build,
                // parses for seconds before it looks at the clock.
                pause: Duration::from_millis(20),
            }
        }
        Kind::Short => declared("short", size / 2, Some(After::Close)),
        Kind::Reset => declared("reset", size / 2, Some(After::Reset)),
        Kind::Long => declared("long", size.saturating_mul(2), None),
        Kind::Drip => {
            let size = options.size.unwrap_or(1024 * 1024);
            Fault::Declared {
                name: "drip",
                declared: size,
                sent: size,
                pause: Some(options.drip.unwrap_or(Duration::from_secs(1))),
                after: None,
            }
        }
        _ => return None,
    })
}

impl Fault {
    /// Sends it, and says what becomes of the connection.
    pub(crate) async fn send<S: Socket>(
        self,
        connection: &mut Connection<S>,
        head: &Head,
    ) -> io::Result<After> {
        match self {
            Self::Raw {
                status,
                first,
                piece,
                body,
                pause,
            } => {
                if let Some(status) = status {
                    connection.status(status);
                }
                let Some(piece) = piece else {
                    connection.send_last(&first, body).await?;
                    return Ok(After::Close);
                };
                connection.send(&first, 0).await?;
                loop {
                    connection.send(&piece, body).await?;
                    connection.pause(pause).await?;
                }
            }
            Self::Declared {
                name,
                declared,
                sent,
                pause,
                after,
            } => {
                let mut body = Body::new(name, sent);
                body.drip = pause.map(|pause| (1, pause));
                let usual = send_declared(connection, head, declared, body).await?;
                if let Some(After::Reset) = after {
                    // A reset overtakes what the client has not read yet. Without a pause the client
                    // might see nothing but the reset.
                    connection.pause(Duration::from_millis(50)).await?;
                }
                Ok(after.unwrap_or(usual))
            }
        }
    }
}

/// Header fields of 1 KiB each.
pub(crate) fn huge_fields(count: usize) -> String {
    let field = format!("X-Huge: {}\r\n", "h".repeat(1024 - "X-Huge: \r\n".len()));
    field.repeat(count)
}
