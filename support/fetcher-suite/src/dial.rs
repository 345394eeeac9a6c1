//! Several addresses of one name, of which the first does not answer.

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "each case is the body of a test, and panics to fail it"
)]

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use crate::silent::Silent;

/// Connects to the first of these addresses that answers, and returns that one, or what the row says.
pub type Dial = fn(&[SocketAddr], Option<Instant>) -> Result<SocketAddr, String>;

fn addresses() -> (TcpListener, Silent, [SocketAddr; 2]) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let good = listener.local_addr().unwrap();
    let dead = SocketAddr::from(([127, 0, 0, 3], good.port()));
    (listener, Silent::at(dead), [dead, good])
}

/// Half of the time is left for the second.
pub fn an_address_that_does_not_answer_leaves_time_for_the_next(dial: Dial) {
    let (_listener, _silent, [dead, good]) = addresses();
    let deadline = Instant::now() + Duration::from_secs(2);
    assert_eq!(dial(&[dead, good], Some(deadline)), Ok(good));
    assert!(Instant::now() < deadline, "it took all the time");
}

/// Not longer than the deadline.
pub fn if_no_address_answers_it_timed_out(dial: Dial) {
    let (_listener, _silent, [dead, _]) = addresses();
    let deadline = Instant::now() + Duration::from_millis(200);
    let error = dial(&[dead, dead], Some(deadline)).unwrap_err();
    assert_eq!(error, "timed out");
}

/// The next one is tried immediately.
pub fn an_address_that_refuses_is_passed_over(dial: Dial) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let good = listener.local_addr().unwrap();
    let closed = SocketAddr::from(([127, 0, 0, 1], 1));
    assert_eq!(dial(&[closed, good], None), Ok(good));
    let error = dial(&[closed], None).unwrap_err();
    assert!(error.contains("Connection refused"), "{error}");
}
