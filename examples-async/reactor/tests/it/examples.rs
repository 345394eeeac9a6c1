//! The short version.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::thread;

use testing::watchdog::assert_ends;

#[path = "../../examples/idea.rs"]
mod idea;

/// Bytes in several pieces, from the last connection to the first.
#[test]
fn the_short_version() {
    assert_ends(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (near, mut far): (Vec<_>, Vec<_>) = (0..3)
            .map(|_| {
                (
                    TcpStream::connect(address).unwrap(),
                    listener.accept().unwrap().0,
                )
            })
            .unzip();
        let writing = thread::spawn(move || {
            for piece in [b"hel", b"lo!"] {
                for stream in far.iter_mut().rev() {
                    stream.write_all(piece).unwrap();
                    thread::sleep(std::time::Duration::from_millis(10));
                }
            }
        });
        assert_eq!(idea::read_each(near).unwrap(), vec![b"hello!"; 3]);
        writing.join().unwrap();
        assert!(idea::read_each(Vec::new()).unwrap().is_empty());
        idea::main().unwrap();
    });
}
