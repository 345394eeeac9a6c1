//! The traps of the page, as facts.

use polling::{Event, Events, Poller};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// Both ends of a connection.
fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let near = TcpStream::connect(listener.local_addr()?)?;
    near.set_nonblocking(true)?;
    Ok((near, listener.accept()?.0))
}

#[test]
fn what_would_block_is_an_error_and_no_end() -> io::Result<()> {
    let _limit = testing::watchdog::limit();
    let (mut near, mut far) = pair()?;
    let error = near.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    if cfg!(target_os = "linux") {
        let words = "Resource temporarily unavailable (os error 11)";
        assert_eq!(error.to_string(), words);
    }
    far.write_all(b"x")?;
    drop(far);
    // Bytes, and then the end, which is no error.
    let mut all = Vec::new();
    while all.is_empty() {
        match near.read_to_end(&mut all) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {} // not there yet
            result => assert_eq!(result?, 1),
        }
    }
    Ok(())
}

// ANCHOR: once
#[test]
#[expect(
    unsafe_code,
    reason = "the poller keeps no stream alive that it watches"
)]
fn readiness_is_told_once() -> io::Result<()> {
    let (near, mut far) = pair()?;
    let (poller, mut events) = (Poller::new()?, Events::new());
    // SAFETY: it is deleted at the end, before it is closed.
    unsafe { poller.add(&near, Event::readable(7))? };
    far.write_all(b"hello")?;
    poller.wait(&mut events, None)?;
    assert_eq!(events.iter().next().map(|event| event.key), Some(7));

    // Nobody has read a byte of it, and yet:
    events.clear();
    poller.wait(&mut events, Some(Duration::from_millis(50)))?;
    assert!(events.is_empty());

    // A second call asks again, and is told again.
    poller.modify(&near, Event::readable(7))?;
    poller.wait(&mut events, None)?;
    assert_eq!(events.len(), 1);
    poller.delete(&near)
}
// ANCHOR_END: once

/// epoll's words; other systems have others, or take it.
#[cfg(target_os = "linux")]
#[test]
#[expect(
    unsafe_code,
    reason = "the poller keeps no stream alive that it watches"
)]
fn what_epoll_refuses() -> io::Result<()> {
    let _limit = testing::watchdog::limit();
    let (near, _far) = pair()?;
    let poller = Poller::new()?;
    // SAFETY: it is deleted at the end, before it is closed.
    unsafe { poller.add(&near, Event::none(1))? };
    // SAFETY: it is refused.
    let twice = unsafe { poller.add(&near, Event::none(2)) }.unwrap_err();
    assert_eq!(twice.to_string(), "File exists (os error 17)");
    poller.delete(&near)?;

    let file = std::fs::File::open(env!("CARGO_BIN_EXE_reactor"))?;
    // SAFETY: it is refused.
    let file = unsafe { poller.add(&file, Event::none(3)) }.unwrap_err();
    assert_eq!(file.to_string(), "Operation not permitted (os error 1)");
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn a_connection_that_is_under_way_is_an_error_of_its_own() -> io::Result<()> {
    let _limit = testing::watchdog::limit();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    let error = socket.connect(&listener.local_addr()?.into()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Operation now in progress (os error 115)"
    );
    Ok(())
}
