//! Each future is polled k times and then cancelled, for every k: nothing is lost or sent twice.

use async_cancel::{send_all, send_or_keep};
use std::cell::Cell;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use testing::watchdog;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;

/// More polls than any future here needs.
const POLLS: u32 = 40;

/// Polls the future this often, calling `between` after each poll. Returns its output if it was ready.
async fn poll_times<F: Future>(
    mut future: Pin<&mut F>,
    polls: u32,
    mut between: impl FnMut(),
) -> Option<F::Output> {
    for _ in 0..polls {
        let poll = poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await;
        if let Poll::Ready(output) = poll {
            return Some(output);
        }
        between();
        yield_now().await;
    }
    None
}

fn drain(receiver: &mut Receiver<u32>) -> Vec<u32> {
    std::iter::from_fn(|| receiver.try_recv().ok()).collect()
}

#[tokio::test]
async fn send_all_dropped_after_every_number_of_polls_loses_nothing() {
    let _limit = watchdog::limit();
    let ended = Cell::new(0);
    for polls in 0..POLLS {
        let (sender, mut receiver) = channel(2);
        let mut queue: VecDeque<u32> = (0..9).collect();
        let mut received = Vec::new();
        let mut turn = 0;
        {
            let sends = pin!(send_all(&sender, &mut queue));
            let ready = poll_times(sends, polls, || {
                turn += 1;
                if turn % 2 == 0 {
                    received.extend(receiver.try_recv()); // one of them, so that it waits again
                }
            });
            ended.set(ended.get() + u32::from(ready.await.is_some()));
        }
        assert_eq!(sender.capacity() + receiver.len(), 2, "capacity was lost");
        let rest = async {
            send_all(&sender, &mut queue)
                .await
                .expect("the receiver lives");
            drop(sender);
        };
        let receives = async {
            while let Some(number) = receiver.recv().await {
                received.push(number);
            }
        };
        tokio::join!(rest, receives);
        let expected: Vec<u32> = (0..9).collect();
        assert_eq!(received, expected, "dropped after {polls} polls");
    }
    assert!((1..POLLS).contains(&ended.get()), "not all cases occurred");
}

#[tokio::test]
async fn send_or_keep_cancelled_after_every_number_of_polls_sends_or_returns() {
    let _limit = watchdog::limit();
    let (mut sent, mut kept) = (0, 0);
    for polls in 0..6 {
        let (sender, mut receiver) = channel(1);
        let token = CancellationToken::new();
        sender.try_send(1).expect("it has capacity");
        let mut received = Vec::new();
        let mut turn = 0;
        let mut sends = pin!(send_or_keep(&sender, 2, &token));
        let ready = poll_times(sends.as_mut(), polls, || {
            turn += 1;
            if turn == 3 {
                received.extend(receiver.try_recv());
            }
        });
        let result = match ready.await {
            Some(result) => result,
            None => {
                token.cancel();
                sends.await
            }
        };
        received.extend(drain(&mut receiver));
        match result {
            Ok(()) => {
                assert_eq!(received, [1, 2]);
                sent += 1;
            }
            Err(value) => {
                assert_eq!((value, &received[..]), (2, &[1][..]));
                kept += 1;
            }
        }
        assert_eq!(sender.capacity(), 1, "capacity was lost");
    }
    assert_eq!((sent, kept), (2, 4)); // it is sent at the fourth poll
}

#[tokio::test]
async fn a_cancelled_token_wins_although_there_is_capacity() {
    let _limit = watchdog::limit();
    let (sender, mut receiver) = channel(1);
    let token = CancellationToken::new();
    token.cancel();
    for number in 0..100 {
        assert_eq!(send_or_keep(&sender, number, &token).await, Err(number));
    }
    assert_eq!(drain(&mut receiver), [0; 0]);
}

#[tokio::test]
async fn a_closed_channel_returns_the_values() {
    let _limit = watchdog::limit();
    let (sender, receiver) = channel(1);
    drop(receiver);
    let token = CancellationToken::new();
    assert_eq!(send_or_keep(&sender, 1, &token).await, Err(1));
    assert!(sender.is_closed() && !token.is_cancelled());

    let mut queue = VecDeque::from([1, 2]);
    assert!(send_all(&sender, &mut queue).await.is_err());
    assert_eq!(queue, [1, 2]);
}

#[tokio::test]
async fn a_receiver_that_goes_away_during_the_wait_returns_the_value() {
    let _limit = watchdog::limit();
    let (sender, receiver) = channel(1);
    let token = CancellationToken::new();
    sender.try_send(1).expect("it has capacity");
    let sends = send_or_keep(&sender, 2, &token);
    let (result, ()) = tokio::join!(sends, async { drop(receiver) });
    assert_eq!(result, Err(2));
}

#[tokio::test]
async fn the_value_of_a_dropped_send_or_keep_is_dropped_once() {
    let _limit = watchdog::limit();
    struct Counted<'a>(&'a Cell<u32>);
    impl Drop for Counted<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    for polls in 0..3 {
        let (first, drops) = (Cell::new(0), Cell::new(0));
        let (sender, receiver) = channel(1);
        let token = CancellationToken::new();
        assert!(sender.try_send(Counted(&first)).is_ok());
        {
            let sends = pin!(send_or_keep(&sender, Counted(&drops), &token));
            assert!(poll_times(sends, polls, || ()).await.is_none());
        }
        assert_eq!((drops.get(), first.get()), (1, 0));
        drop(receiver);
        assert_eq!(first.get(), 1, "what was sent is dropped with the receiver");
    }
}

#[tokio::test]
async fn cancelling_reaches_children_and_never_the_parent() {
    let _limit = watchdog::limit();
    let parent = CancellationToken::new();
    let (child, sibling) = (parent.child_token(), parent.child_token());
    let grandchild = child.child_token();
    let all = || [&parent, &child, &sibling, &grandchild].map(CancellationToken::is_cancelled);
    child.cancel();
    assert_eq!(all(), [false, true, false, true]);
    parent.cancel();
    assert_eq!(all(), [true; 4]);
    assert!(parent.child_token().is_cancelled(), "also one made later");
}

#[test]
fn the_futures_can_be_spawned() {
    fn send<T: Send>(_: T) {}
    let (sender, _receiver) = channel(1);
    send(send_or_keep(&sender, 1, &CancellationToken::new()));
    send(send_all(&sender, &mut VecDeque::from([1])));
}
