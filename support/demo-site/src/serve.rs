//! Answers the requests of one connection, one after another.

use std::io;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::answer;
use crate::connection::{Connection, Socket};
use crate::request::{self, Head, Parsed};
use crate::response::{self, After};

/// How long a client may take for the head of a request. Without a limit, a client that sends a byte
/// now and then would keep its connection forever.
const HEAD_LIMIT: Duration = Duration::from_secs(5);

/// How long a client may take for the TLS handshake, which both sides have to compute.
#[cfg(feature = "tls")]
pub(crate) const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// Answers requests until either side closes.
pub(crate) async fn serve<S: Socket>(mut connection: Connection<S>) {
    // An error means that the client went away, which ends this connection and no other.
    let _ = answer_all(&mut connection).await;
}

async fn answer_all<S: Socket>(connection: &mut Connection<S>) -> io::Result<()> {
    while let Some(head) = next_head(connection).await? {
        let after = answer::answer(connection, &head).await?;
        connection.end();
        match after {
            After::KeepAlive => {}
            After::Close => break,
            After::Reset => return connection.reset_on_close(),
            After::CloseOnReuse => {
                if connection.input().is_empty() {
                    connection.read().await?;
                }
                break;
            }
        }
    }
    connection.close().await
}

/// The next request, or `None` if there will be none.
async fn next_head<S: Socket>(connection: &mut Connection<S>) -> io::Result<Option<Head>> {
    let mut deadline = None;
    loop {
        match request::parse(connection.input()) {
            Parsed::Whole(head, length) => {
                connection.input().drain(..length);
                return Ok(Some(head));
            }
            Parsed::Partial => {}
            Parsed::Bad(status, sentence) => {
                response::refuse(connection, status, sentence).await?;
                return Ok(None);
            }
        }
        let count = if connection.input().is_empty() {
            // Between requests a connection may rest as long as it likes.
            connection.read().await?
        } else {
            let deadline = *deadline.get_or_insert_with(|| Instant::now() + HEAD_LIMIT);
            timeout_at(deadline, connection.read()).await??
        };
        if count == 0 {
            return Ok(None);
        }
    }
}
