//! Deadlines in virtual time, futures dropped after every number of polls, and a real socket.

use async_timeout::Deadline;
use std::cell::Cell;
use std::future::{pending, poll_fn, ready};
use std::io::{self, ErrorKind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;
use testing::watchdog;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Counts how often it is dropped.
struct Guard<'a>(&'a Cell<u32>);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_drip_of_30_s_under_5_s_ends_at_5_s_exactly() {
    let _limit = watchdog::limit();
    let (start, deadline) = (Instant::now(), Deadline::after(secs(5)));
    let mut bytes = 0;
    while bytes < 30 && deadline.run(sleep(secs(1))).await.is_ok() {
        bytes += 1;
    }
    assert_eq!(start.elapsed(), secs(5));
    assert!((4..=5).contains(&bytes), "{bytes}"); // the fifth is due with the deadline
}

#[tokio::test(start_paused = true)]
async fn any_number_of_steps_share_one_deadline() {
    let _limit = watchdog::limit();
    for steps in 1..=20 {
        let (start, deadline) = (Instant::now(), Deadline::after(secs(60)));
        for _ in 1..steps {
            assert!(deadline.run(sleep(secs(60) / steps)).await.is_ok());
        }
        assert!(deadline.run(pending::<()>()).await.is_err());
        assert_eq!(start.elapsed(), secs(60), "{steps} steps");
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_of_a_part_is_never_later_than_that_of_the_whole() {
    let _limit = watchdog::limit();
    let whole = Deadline::after(secs(5));
    for limit in 0..20 {
        let part = whole.part(secs(limit));
        assert_eq!(part.left(), secs(limit.min(5)));
        assert!(part <= whole && part.part(Duration::MAX) == part);
    }
    sleep(secs(3)).await;
    assert_eq!(whole.part(secs(4)), whole);
    assert_eq!(whole.part(secs(1)).left(), secs(1));
}

#[tokio::test(start_paused = true)]
async fn left_ends_at_zero() {
    let _limit = watchdog::limit();
    let deadline = Deadline::after(secs(5));
    assert_eq!(deadline.at() - Instant::now(), secs(5));
    for second in 0..=8 {
        assert_eq!(deadline.left(), secs(5_u64.saturating_sub(second)));
        sleep(secs(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_that_begins_late_is_dropped_and_never_polled() {
    let _limit = watchdog::limit();
    let (dropped, polled) = (Cell::new(0), Cell::new(false));
    let deadline = Deadline::after(Duration::ZERO);
    let guard = Guard(&dropped);
    let step = async {
        let _guard = guard;
        polled.set(true);
    };
    assert!(deadline.run(step).await.is_err());
    assert_eq!((dropped.get(), polled.get()), (1, false));
}

#[tokio::test(start_paused = true)]
async fn a_result_that_is_ready_in_the_same_moment_is_not_thrown_away() {
    let _limit = watchdog::limit();
    let deadline = Deadline::after(secs(5));
    assert_eq!(deadline.run(ready(7)).await.ok(), Some(7));
    let mut late = pin!(deadline.run(sleep(secs(4))));
    let first = poll_fn(|context| Poll::Ready(late.as_mut().poll(context))).await;
    assert!(first.is_pending());
    sleep(secs(9)).await; // nobody polls it, and both times pass
    assert!(late.await.is_ok());
}

/// A future of eight polls in a deadline that passes between two of them, or is dropped after k.
#[tokio::test(start_paused = true)]
async fn dropped_after_every_number_of_polls_its_guards_run_once() {
    let _limit = watchdog::limit();
    let mut outcomes = [0, 0, 0];
    for passes_after in 0..10 {
        for polls in 0..12 {
            let (dropped, deadline) = (Cell::new(0), Deadline::after(secs(1)));
            let guard = Guard(&dropped);
            let step = async {
                let _guard = guard;
                for _ in 0..8 {
                    yield_now().await;
                }
            };
            let mut runs = Box::pin(deadline.run(step));
            let mut outcome = 0; // dropped
            for poll in 0..polls {
                if poll == passes_after {
                    tokio::time::advance(secs(2)).await;
                }
                let poll = poll_fn(|context| Poll::Ready(runs.as_mut().poll(context))).await;
                if let Poll::Ready(result) = poll {
                    outcome = if result.is_ok() { 1 } else { 2 };
                    break;
                }
                assert_eq!(dropped.get(), 0);
            }
            if outcome == 2 {
                assert_eq!(dropped.get(), 1, "it is dropped before the error is seen");
            }
            drop(runs);
            assert_eq!(dropped.get(), 1, "{passes_after} {polls}");
            outcomes[outcome] += 1;
        }
    }
    assert!(outcomes.iter().all(|&count| count > 0), "{outcomes:?}");
}

#[tokio::test(start_paused = true)]
async fn a_limit_too_large_for_the_clock_is_no_panic() {
    let _limit = watchdog::limit();
    let deadline = Deadline::after(Duration::MAX);
    assert!(deadline.left() > secs(20 * 365 * 24 * 60 * 60));
    assert_eq!(deadline.run(sleep(secs(86_400))).await, Ok(()));
    assert!(Deadline::after(secs(5)).part(Duration::MAX).left() <= secs(5));
}

/// A real socket and the real clock: the server drips until the client has gone, so only the
/// deadline can end the read.
#[tokio::test]
async fn a_server_that_drips_forever_does_not_hold_a_client_with_a_deadline() {
    let _limit = watchdog::limit();
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("the client connects");
        while stream.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(5)).await;
        }
    });
    let deadline = Deadline::after(Duration::from_millis(100));
    let read = async {
        let mut stream = deadline.run(TcpStream::connect(address)).await??;
        let mut byte = [0];
        loop {
            deadline.run(stream.read_exact(&mut byte)).await??;
        }
    };
    let error: io::Result<()> = read.await;
    let error = error.expect_err("the server never ends");
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(error.to_string(), "timed out"); // what `?` makes of tokio's `Elapsed`
    server
        .await
        .expect("it ends, because the client closed its socket");
}

#[test]
fn the_future_can_be_spawned() {
    let _limit = watchdog::limit();
    fn send<T: Send>(_: T) {}
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let _entered = runtime.as_ref().expect("it is allowed").enter();
    send(Deadline::after(secs(1)).run(ready(())));
}
