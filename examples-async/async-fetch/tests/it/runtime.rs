//! What the future needs around it: a tokio runtime with IO and time. These are the messages without.

use std::pin::pin;
use std::task::{Context, Waker};

use async_fetch::{Limits, fetch_all};
use tokio::runtime::Builder;

#[test]
#[should_panic(
    expected = "there is no reactor running, must be called from the context of a Tokio"
)]
fn outside_a_runtime_it_panics() {
    let _limit = testing::watchdog::limit();
    let request = crate::client().get("http://127.0.0.1:9/");
    let mut fetching = pin!(fetch_all([request], Limits::default()));
    let mut context = Context::from_waker(Waker::noop());
    while fetching.as_mut().poll(&mut context).is_pending() {}
}

fn fetch_in(builder: &mut Builder) {
    let request = crate::client().get("http://127.0.0.1:9/");
    let runtime = builder.build().expect("a test has a descriptor left");
    let found = runtime.block_on(fetch_all([request], Limits::default()));
    assert!(found[0].is_err(), "nobody listens there");
}

#[test]
#[should_panic(expected = "Call `enable_io` on the runtime builder to enable IO")]
fn without_io_it_panics() {
    let _limit = testing::watchdog::limit();
    fetch_in(Builder::new_current_thread().enable_time());
}

#[test]
#[should_panic(expected = "Call `enable_time` on the runtime builder to enable timers")]
fn without_time_it_panics() {
    let _limit = testing::watchdog::limit();
    fetch_in(Builder::new_current_thread().enable_io());
}

#[test]
fn with_both_it_fetches() {
    let _limit = testing::watchdog::limit();
    fetch_in(Builder::new_current_thread().enable_io().enable_time());
}
