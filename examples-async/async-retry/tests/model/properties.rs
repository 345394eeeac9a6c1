//! The property of the circuit breaker.

use super::breaker::Breaker;
use std::future::{Future, ready};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

/// A breaker is open, and its pause is over immediately. Each call of three threads is a trial or is
/// refused. No two trials run at the same time (within 3 preemptions).
pub(crate) fn there_is_one_trial_at_a_time() {
    model::check_within(3, || {
        let breaker = Arc::new(Breaker::new(1, Duration::ZERO));
        let inside = Arc::new(AtomicUsize::new(0));
        fail(&breaker, &inside);
        let threads = [(); 2].map(|()| {
            let (breaker, inside) = (Arc::clone(&breaker), Arc::clone(&inside));
            thread::spawn(move || fail(&breaker, &inside))
        });
        fail(&breaker, &inside);
        for thread in threads {
            thread.join().expect("a panic would have ended the model");
        }
    });
}

/// Calls an operation that fails, unless the breaker refuses it.
fn fail(breaker: &Breaker, inside: &AtomicUsize) {
    let call = pin!(breaker.call(|| {
        let others = inside.fetch_add(1, Ordering::Relaxed);
        assert_eq!(others, 0, "two trials at the same time");
        inside.fetch_sub(1, Ordering::Relaxed);
        ready(Err::<(), ()>(()))
    }));
    let poll = call.poll(&mut Context::from_waker(Waker::noop()));
    assert!(poll.is_ready());
}
