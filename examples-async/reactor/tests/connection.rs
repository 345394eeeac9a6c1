//! Which of a host's addresses is connected to. Only Linux leaves a connection unanswered if the queue
//! of those that nobody accepts is full; other systems refuse it.

#![cfg(target_os = "linux")]

#[path = "../src/connection.rs"]
pub mod connection;
#[path = "connection/properties.rs"]
mod properties;

// What the connection is built on: the crate's own modules, except for the names.
pub use ::reactor::{http, url};

mod readiness {
    pub(crate) use ::reactor::{Reactor, Socket, after};
}

mod lookup {
    use std::io;
    use std::net::SocketAddr;
    use std::time::Duration;

    pub(crate) const SOON: Duration = Duration::from_millis(100);

    /// Hosts with these addresses.
    pub(crate) struct Names(pub(crate) Vec<SocketAddr>);

    impl Names {
        pub(crate) async fn look_up(&self, _host: &str, _port: u16) -> io::Result<Vec<SocketAddr>> {
            Ok(self.0.clone())
        }

        pub(crate) fn add_threads_if_stuck(&self) {}
    }
}

mutants::mutants! {
    "src/connection.rs" as connection, "tests/connection/properties.rs";

    /// The first address has all the time.
    no_share: { / untried } => {},
        an_address_that_never_answers_leaves_time_to_the_next, "no time is left";

    /// Each address has half of the time that is left.
    half_each: { / untried } => { / untried.min(2) },
        an_address_that_never_answers_leaves_time_to_the_next, "more than its share";

    /// After one that refuses, no other address is tried.
    gives_up_at_the_first: { Some(Err(refused)) => error = refused, } =>
        { Some(Err(refused)) => return Err(refused), },
        an_address_that_fails_is_passed_over_and_the_last_error_is_told, "how it ends";

    /// A connection that the server has closed is used again.
    ignores_the_end: { peeked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock) } =>
        { !matches!(peeked, Ok(1)) },
        a_connection_is_quiet_until_something_arrives, "it seems quiet";
}
