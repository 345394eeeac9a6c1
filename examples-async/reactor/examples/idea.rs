// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The short version gives up `await` and timers: what to do with a ready socket is in the loop.
#![expect(unsafe_code, reason = "a poller does not keep its sockets open")]
use polling::{Event, Events, Poller};
use std::io::{self, ErrorKind::WouldBlock, Read, Write};
use std::net::{TcpListener, TcpStream};
#[rustfmt::skip] // few lines
pub(crate) fn read_each(mut streams: Vec<TcpStream>) -> io::Result<Vec<Vec<u8>>> {
    let (poller, mut events) = (Poller::new()?, Events::new());
    let (mut received, mut open) = (vec![Vec::new(); streams.len()], streams.len());
    for (key, stream) in streams.iter().enumerate() {
        stream.set_nonblocking(true)?;
        // SAFETY: the poller is dropped before the streams are closed.
        unsafe { poller.add(stream, Event::readable(key))? } }
    while open > 0 {
        events.clear();
        poller.wait(&mut events, None)?; // parks until a socket is ready
        for Event { key, .. } in events.iter() {
            match streams[key].read_to_end(&mut received[key]).map_err(|error| error.kind()) {
                Err(WouldBlock) => poller.modify(&streams[key], Event::readable(key))?,
                end => open -= end.map(|_| 1)?,
            } } }
    Ok(received)
}
pub(crate) fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let near = TcpStream::connect(listener.local_addr()?)?;
    listener.accept()?.0.write_all(b"hello")?; // and closes it
    read_each(vec![near]).map(|received| println!("{received:?}"))
}
