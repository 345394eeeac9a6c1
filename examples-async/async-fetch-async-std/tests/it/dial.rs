//! Several addresses of one name, of which the first does not answer.

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use async_fetch_async_std::FetchError;
use fetcher_suite::silent::Silent;

#[expect(
    dead_code,
    reason = "the rest of the file is tested through the library"
)]
#[path = "../../src/connect.rs"]
mod connect;

fn addresses() -> (TcpListener, Silent, [SocketAddr; 2]) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let good = listener.local_addr().expect("it is bound");
    let dead = SocketAddr::from(([127, 0, 0, 3], good.port()));
    let silent = Silent::at(dead);
    (listener, silent, [dead, good])
}

/// Half of the time is left for the second.
#[test]
fn one_that_does_not_answer_leaves_time_for_the_next() {
    let (_listener, _silent, [dead, good]) = addresses();
    let deadline = Instant::now() + Duration::from_secs(2);
    let socket = async_std::task::block_on(connect::dial(&[dead, good], Some(deadline))).unwrap();
    assert_eq!(socket.peer_addr().unwrap(), good);
    assert!(Instant::now() < deadline, "it took all the time");
}

#[test]
fn if_none_answers_it_timed_out() {
    let (_listener, _silent, [dead, _]) = addresses();
    let deadline = Instant::now() + Duration::from_millis(200);
    let error =
        async_std::task::block_on(connect::dial(&[dead, dead], Some(deadline))).unwrap_err();
    assert!(matches!(FetchError::from(error), FetchError::TimedOut));
}

#[test]
fn one_that_refuses_is_passed_over() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let good = listener.local_addr().unwrap();
    let closed = SocketAddr::from(([127, 0, 0, 1], 1));
    let socket = async_std::task::block_on(connect::dial(&[closed, good], None)).unwrap();
    assert_eq!(socket.peer_addr().unwrap(), good);
    let error = async_std::task::block_on(connect::dial(&[closed], None)).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}
