//! What each page and fault answers.

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use crate::body;
use crate::connection::{Connection, Socket};
use crate::control;
use crate::pages::{self, Kind};
use crate::query::Wishes;
use crate::record;
use crate::request::Head;
use crate::response::{
    After, Body, PIECE, Plain, after, append_chunk, keep_alive_field, response, send_body,
    send_declared,
};

/// The size of a page, where none is asked for.
const SIZE: u64 = 1024;

/// Answers a request.
///
/// # Errors
/// If the client goes away before the answer is complete.
pub(crate) async fn answer<S: Socket>(
    connection: &mut Connection<S>,
    head: &Head,
) -> io::Result<After> {
    let Some((page, part)) = pages::find(head.path()) else {
        connection.begin(&head.target);
        let sentence = "There is no such page. The page / lists them all.\n";
        return Plain::sentence(404, sentence).send(connection, head).await;
    };
    if matches!(
        page.kind,
        Kind::Index | Kind::Tour | Kind::Counts | Kind::Requests | Kind::Forget
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
        Kind::Drip => {
            let size = wishes.size.unwrap_or(1024 * 1024);
            let mut body = Body::new("drip", size);
            body.drip = Some((1, wishes.drip.unwrap_or(Duration::from_secs(1))));
            send_declared(connection, head, size, body).await
        }
        Kind::Reset => {
            send_declared(connection, head, size, Body::new("reset", size / 2)).await?;
            // A reset overtakes what the client has not read yet; without a pause it might see
            // nothing but the reset.
            connection.pause(Duration::from_millis(50)).await?;
            Ok(After::Reset)
        }
        Kind::Short => {
            send_declared(connection, head, size, Body::new("short", size / 2)).await?;
            Ok(After::Close)
        }
        Kind::Long => {
            let body = Body::new("long", size.saturating_mul(2));
            send_declared(connection, head, size, body).await
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
        Kind::EndlessInterim => {
            let interim = b"HTTP/1.1 103 Early Hints\r\n\r\n";
            let piece = interim.repeat(PIECE / interim.len());
            loop {
                connection.send(&piece, 0).await?;
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
            Plain::new("text/html; charset=utf-8", control::index())
                .send(connection, head)
                .await
        }
        Kind::Tour => {
            let origin = connection.origin()?;
            Plain::new("text/plain; charset=utf-8", control::tour(&origin))
                .send(connection, head)
                .await
        }
        Kind::Counts => {
            let json = control::counts_json(record::lock(connection.records()).counts());
            Plain::new("application/json", json)
                .send(connection, head)
                .await
        }
        Kind::Requests => {
            let json = control::requests_json(record::lock(connection.records()).requests());
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
    let bytes = response(status, &fields);
    let after = if closes { After::Close } else { after(head) };

    if head.method == "HEAD" {
        connection.send_last(&bytes, 0).await?;
        return Ok(after);
    }
    let mut body = Body::new(name, size);
    body.chunked = chunked;
    body.drip = wishes.drip.map(|pause| (size.div_ceil(10).max(1), pause));
    send_body(connection, bytes, body).await?;
    Ok(after)
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
