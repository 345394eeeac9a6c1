//! What each page and fault answers.

use std::fmt::Write as _;
use std::io;

use crate::connection::{Connection, Socket};
use crate::control;
use crate::faults;
use crate::pages::{self, Kind, SIZE};
use crate::query::QueryOptions;
use crate::record;
use crate::request::Head;
use crate::response::{After, Body, Plain, after, keep_alive_field, response, send_body};

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
    let options = match QueryOptions::parse(page, head.query()) {
        Ok(options) => options,
        Err(sentence) => return Plain::sentence(400, &sentence).send(connection, head).await,
    };
    connection.pause(options.delay).await?;
    if let Some(fault) = faults::fault(page.kind, &options) {
        return fault.send(connection, head).await;
    }
    match page.kind {
        Kind::Page => send_page(connection, head, part, &options).await,
        Kind::Stale => match send_page(connection, head, "stale", &options).await? {
            After::KeepAlive => Ok(After::CloseOnReuse),
            after => Ok(after),
        },
        Kind::Flaky => {
            let time = record::lock(connection.records()).flaky(&options.key);
            if time <= options.times.unwrap_or(2) {
                let sentence = "Not this time. Try again.\n";
                let mut plain = Plain::sentence(503, sentence);
                if let Some(when) = options.retry_after {
                    plain.fields = format!("Retry-After: {when}\r\n");
                }
                plain.send(connection, head).await
            } else {
                send_page(connection, head, "flaky", &options).await
            }
        }
        Kind::Never => Err(connection.gone().await),
        kind => {
            let plain = plain(connection, kind, head, part, &options)?;
            plain.send(connection, head).await
        }
    }
}

/// The pages that are known whole before anything is sent.
fn plain<S: Socket>(
    connection: &Connection<S>,
    kind: Kind,
    head: &Head,
    part: &str,
    options: &QueryOptions,
) -> io::Result<Plain> {
    const TEXT: &str = "text/plain; charset=utf-8";
    Ok(match kind {
        Kind::Redirect => match redirect(part, options) {
            Ok(target) => Plain::redirect(&target),
            Err(sentence) => Plain::sentence(400, &sentence),
        },
        Kind::RedirectLoop => Plain::redirect(&head.target),
        Kind::Status => match part.parse() {
            Ok(status @ 400..=599) => {
                Plain::sentence(status, &format!("You asked for the status {status}.\n"))
            }
            _ => Plain::sentence(400, &format!("{part}: expected a status from 400 to 599\n")),
        },
        Kind::HugeHeaders => {
            let mut plain = Plain::sentence(200, "The head was the point.\n");
            plain.fields = faults::huge_fields(1024);
            plain
        }
        Kind::Index => Plain::new("text/html; charset=utf-8", control::index()),
        Kind::Tour => Plain::new(TEXT, control::tour(&connection.origin()?)),
        Kind::Counts => {
            let counts = record::lock(connection.records()).counts();
            Plain::new("application/json", control::counts_json(counts))
        }
        Kind::Requests => {
            let records = record::lock(connection.records());
            Plain::new(
                "application/json",
                control::requests_json(records.requests()),
            )
        }
        Kind::Forget => {
            record::lock(connection.records()).reset();
            Plain::sentence(200, "Forgotten.\n")
        }
        _ => Plain::sentence(500, "This page has no answer.\n"),
    })
}

async fn send_page<S: Socket>(
    connection: &mut Connection<S>,
    head: &Head,
    name: &str,
    options: &QueryOptions,
) -> io::Result<After> {
    let status = options.status.unwrap_or(200);
    // By HTTP's rules these two have no body, nor may they declare one.
    let bodiless = matches!(status, 204 | 304);
    let size = if bodiless {
        0
    } else {
        options.size.unwrap_or(SIZE)
    };
    // HTTP/1.0 knows no chunks: there only the close can end a body of unknown length.
    let chunked = options.chunked && !head.is_1_0 && !bodiless;
    let closes = options.close || (options.chunked && head.is_1_0);

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
    body.drip = options.drip.map(|pause| (size.div_ceil(10).max(1), pause));
    send_body(connection, bytes, body).await?;
    Ok(after)
}

/// Where the first of `count` redirects leads.
fn redirect(count: &str, options: &QueryOptions) -> Result<String, String> {
    let target = options.to.as_deref().unwrap_or("/page/redirected");
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
