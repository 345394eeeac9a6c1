//! One connection: receives and sends bytes, counts, and notices when the client goes away.

use std::future::{pending, poll_fn};
use std::io;
use std::mem::MaybeUninit;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::record::{self, Opened, Records, Ticket};

/// How long a closed connection waits for the client to close its side too.
const LINGER: Duration = Duration::from_secs(1);

/// How much a client may send ahead of its answers before the site stops reading.
const MOST_AHEAD: usize = 64 * 1024;

/// What a connection runs over: TCP, or TLS over it.
pub(crate) trait Socket: AsyncRead + AsyncWrite + Send + Unpin {
    /// Of the URLs under which it is reached.
    const SCHEME: &str;

    fn tcp(&self) -> &TcpStream;
}

impl Socket for TcpStream {
    const SCHEME: &str = "http";

    fn tcp(&self) -> &TcpStream {
        self
    }
}

pub(crate) struct Connection<S> {
    socket: S,
    records: Arc<Mutex<Records>>,
    /// Notified when all pauses end.
    pauses: Arc<Notify>,
    opened: Opened,
    /// No request has come yet.
    fresh: bool,
    /// Bytes that came and are not yet part of a request that was taken.
    input: Vec<u8>,
    /// The request being answered, if it is one that counts.
    current: Option<Ticket>,
}

impl<S: Socket> Connection<S> {
    pub(crate) fn new(
        socket: S,
        records: Arc<Mutex<Records>>,
        pauses: Arc<Notify>,
        opened: Opened,
    ) -> Self {
        Connection {
            socket,
            records,
            pauses,
            opened,
            fresh: true,
            input: Vec::new(),
            current: None,
        }
    }

    /// Counts a request as begun.
    pub(crate) fn begin(&mut self, target: &str) {
        self.fresh = false;
        self.current = Some(record::lock(&self.records).begin(self.opened, target));
    }

    /// Takes note of a request that does not count, nor does a connection opened for it.
    pub(crate) fn control(&mut self) {
        if std::mem::take(&mut self.fresh) {
            record::lock(&self.records).discount(self.opened);
        }
    }

    pub(crate) fn status(&mut self, status: u16) {
        if let Some(ticket) = &self.current {
            record::lock(&self.records).status(ticket, status);
        }
    }

    /// Bytes that have arrived and are not yet part of a request that was taken.
    pub(crate) fn input(&mut self) -> &mut Vec<u8> {
        &mut self.input
    }

    /// Makes the close of the connection a reset.
    pub(crate) fn reset_on_close(&self) -> io::Result<()> {
        self.socket.tcp().set_zero_linger() // to linger for no time is to reset
    }

    /// Counts the request as ended.
    pub(crate) fn end(&mut self) {
        if let Some(ticket) = self.current.take() {
            record::lock(&self.records).end(&ticket);
        }
    }

    /// The scheme and authority under which the client reaches the site.
    pub(crate) fn origin(&self) -> io::Result<String> {
        Ok(format!(
            "{}://{}",
            S::SCHEME,
            self.socket.tcp().local_addr()?
        ))
    }

    pub(crate) fn records(&self) -> &Mutex<Records> {
        &self.records
    }

    /// Sends bytes, the last `body` of which are of the body.
    pub(crate) async fn send(&mut self, bytes: &[u8], body: usize) -> io::Result<()> {
        self.write(bytes, body, false).await
    }

    /// Sends the last bytes of an answer, which ends the request.
    pub(crate) async fn send_last(&mut self, bytes: &[u8], body: usize) -> io::Result<()> {
        self.write(bytes, body, true).await
    }

    async fn write(&mut self, bytes: &[u8], body: usize, last: bool) -> io::Result<()> {
        let mut written = 0;
        poll_fn(|context| {
            // Held while the bytes go out: whoever has read the last byte and then asks for the
            // counts must find the request ended.
            let mut records = record::lock(&self.records);
            while written < bytes.len() {
                match ready!(Pin::new(&mut self.socket).poll_write(context, &bytes[written..]))? {
                    0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                    count => written += count,
                }
            }
            // TLS holds bytes back until it is told to flush.
            ready!(Pin::new(&mut self.socket).poll_flush(context))?;
            if let Some(ticket) = &self.current {
                records.sent(ticket, body);
                if last {
                    records.end(ticket);
                    self.current = None;
                }
            }
            Poll::Ready(Ok(()))
        })
        .await
    }

    /// Waits, at most until all pauses end. If the client goes away, that is an error.
    pub(crate) async fn pause(&mut self, time: Duration) -> io::Result<()> {
        if time.is_zero() {
            return Ok(());
        }
        let pauses = Arc::clone(&self.pauses);
        let mut end = pin!(pauses.notified());
        let mut gone = pin!(self.gone());
        let wait = poll_fn(|context| match gone.as_mut().poll(context) {
            Poll::Ready(error) => Poll::Ready(Err(error)),
            Poll::Pending => end.as_mut().poll(context).map(Ok),
        });
        timeout(time, wait).await.unwrap_or(Ok(()))
    }

    /// Waits until the client has gone. What it sends meanwhile is kept for later: requests may
    /// come ahead of their turn. A client that closes only its sending side counts as gone, since
    /// TCP tells the one from the other only when it is written to.
    pub(crate) async fn gone(&mut self) -> io::Error {
        while self.input.len() < MOST_AHEAD {
            match self.read().await {
                Ok(0) => return io::ErrorKind::ConnectionAborted.into(),
                Ok(_) => {}
                Err(error) => return error,
            }
        }
        // The next write will tell.
        pending().await
    }

    /// Appends what has come to the input, waits if nothing has, and returns how much it was:
    /// nothing at the end.
    pub(crate) async fn read(&mut self) -> io::Result<usize> {
        poll_fn(|context| {
            // On the stack: thousands of connections that wait hold no buffer.
            let mut space = [MaybeUninit::uninit(); 4096];
            let mut buffer = ReadBuf::uninit(&mut space);
            ready!(Pin::new(&mut self.socket).poll_read(context, &mut buffer))?;
            self.input.extend_from_slice(buffer.filled());
            Poll::Ready(Ok(buffer.filled().len()))
        })
        .await
    }

    /// Closes in order. A socket that is closed with bytes unread resets the connection, which can
    /// destroy an answer on its way: so it stops sending, and reads on until the client closes.
    pub(crate) async fn close(&mut self) -> io::Result<()> {
        self.end();
        poll_fn(|context| Pin::new(&mut self.socket).poll_shutdown(context)).await?;
        let client_closes = async {
            while self.read().await? > 0 {
                self.input.clear();
            }
            Ok(())
        };
        timeout(LINGER, client_closes).await.unwrap_or(Ok(()))
    }
}

impl<S> Drop for Connection<S> {
    /// Whichever way a connection ends, also by the site's stopping, so does its request, and
    /// before the client can see that its connection is closed.
    fn drop(&mut self) {
        if let Some(ticket) = self.current.take() {
            record::lock(&self.records).end(&ticket);
        }
    }
}
