//! Several addresses of one name, of which the first does not answer.

use std::net::SocketAddr;
use std::time::Instant;

use async_fetch_smol::FetchError;

#[expect(
    dead_code,
    reason = "the rest of the file is tested through the library"
)]
#[path = "../../src/connect.rs"]
mod connect;

fn dial(addresses: &[SocketAddr], deadline: Option<Instant>) -> Result<SocketAddr, String> {
    let socket = smol::block_on(connect::dial(addresses, deadline));
    let address = socket.and_then(|socket| socket.peer_addr());
    address.map_err(|error| FetchError::from(error).to_string())
}

fetcher_suite::cases!(dial, dial;
    an_address_that_does_not_answer_leaves_time_for_the_next
    if_no_address_answers_it_timed_out
    an_address_that_refuses_is_passed_over
);
