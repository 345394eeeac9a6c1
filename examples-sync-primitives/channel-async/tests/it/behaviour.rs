//! What each channel delivers, counted: on one thread, and on three.

use channel_async::{Client, Gone, ask, events, state};
use std::sync::Arc;
use std::time::Duration;
use testing::watchdog;
use tokio::sync::Notify;
use tokio::task::{JoinSet, yield_now};
use tokio::time::timeout;

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn each_client_gets_the_answers_to_its_own_questions() {
    let _limit = watchdog::limit();
    let (client, mut requests) = ask(4);
    let mut clients = JoinSet::new();
    for name in 0..20_u64 {
        let client: Client<u64, u64> = client.clone();
        clients.spawn(async move {
            for number in 0..500 {
                let question = name * 1_000 + number;
                assert_eq!(client.ask(question).await, Ok(question + 1));
            }
        });
    }
    drop(client);
    let (mut questions, mut most) = (0, 0);
    while let Some(request) = requests.recv().await {
        questions += 1;
        most = most.max(requests.len());
        let answer = request.question + 1;
        assert_eq!(request.answer(answer), Ok(()));
    }
    clients.join_all().await;
    assert_eq!(questions, 20 * 500);
    assert!(most <= 4, "{most} were queued");
}

#[tokio::test]
async fn a_client_is_told_that_there_will_be_no_answer() {
    let _limit = watchdog::limit();
    let (client, mut requests) = ask::<u32, u32>(1);
    let drops_the_request = async { drop(requests.recv().await) };
    let (answer, ()) = tokio::join!(client.ask(1), drops_the_request);
    assert_eq!(answer, Err(Gone));
    drop(requests);
    assert_eq!(client.ask(2).await, Err(Gone));
}

#[tokio::test]
async fn queued_questions_get_an_error_when_the_service_goes() {
    let _limit = watchdog::limit();
    let (client, requests) = ask::<u32, u32>(1);
    let asks = |number| client.ask(number);
    let both = async { tokio::join!(asks(1), asks(2)) }; // one queued, one waits for capacity
    let goes = async move {
        yield_now().await;
        drop(requests);
    };
    let (answers, ()) = tokio::join!(both, goes);
    assert_eq!(answers, (Err(Gone), Err(Gone)));
}

#[tokio::test(start_paused = true)]
async fn a_service_sees_that_a_client_has_stopped_waiting() {
    let _limit = watchdog::limit();
    let (client, mut requests) = ask::<u32, u32>(1);
    let answer = timeout(Duration::from_secs(1), client.ask(7)).await;
    assert!(answer.is_err());
    let request = requests.recv().await.expect("it is still queued");
    assert!(request.is_abandoned());
    assert_eq!(request.answer(8), Err(8));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn sent_is_received_plus_lagged_for_each_reader() {
    let _limit = watchdog::limit();
    const SENT: u64 = 50_000;
    let (sender, first) = events(64);
    let mut readers = JoinSet::new();
    for slow in 0..4_u32 {
        let mut reader = first.resubscribe();
        readers.spawn(async move {
            let (mut received, mut last) = (0, None);
            while let Some(event) = reader.next().await {
                assert!(last < Some(event), "out of order, or twice");
                last = Some(event);
                received += 1;
                for _ in 0..slow {
                    yield_now().await;
                }
            }
            assert_eq!(last, Some(SENT - 1), "the last event was not seen");
            (received, reader.lagged())
        });
    }
    drop(first);
    for event in 0..SENT {
        assert!(sender.send(event).is_ok());
        if event % 100 == 0 {
            yield_now().await;
        }
    }
    drop(sender);
    for (received, lagged) in readers.join_all().await {
        assert_eq!(received + lagged, SENT);
    }
}

#[tokio::test]
async fn a_reader_that_comes_late_gets_what_is_left_and_counts_the_rest() {
    let _limit = watchdog::limit();
    for (capacity, left) in [(4, 4), (5, 8), (8, 8)] {
        let (sender, mut reader) = events(capacity);
        for event in 0..100 {
            assert_eq!(sender.send(event).ok(), Some(1));
        }
        drop(sender);
        let mut received = Vec::new();
        while let Some(event) = reader.next().await {
            received.push(event);
        }
        assert_eq!(received.len(), left, "a power of two is kept");
        assert_eq!(received.last(), Some(&99));
        assert_eq!(reader.lagged(), 100 - left as u64);
        assert_eq!(reader.resubscribe().lagged(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn every_reader_of_a_state_ends_on_the_last_value() {
    let _limit = watchdog::limit();
    for _ in 0..200 {
        let number = state(0);
        let mut readers = JoinSet::new();
        for _ in 0..3 {
            let mut reader = number.reader();
            readers.spawn(async move {
                let mut last = None;
                while let Some(value) = reader.next().await {
                    assert!(last < Some(value), "an older value, or the same one");
                    last = Some(value);
                }
                last
            });
        }
        for value in 1..=100 {
            assert_eq!(number.set(value), value - 1);
        }
        drop(number);
        assert_eq!(readers.join_all().await, [Some(100); 3]);
    }
}

#[tokio::test]
async fn a_reader_gets_the_value_of_now_first_and_skips_what_was_overwritten() {
    let _limit = watchdog::limit();
    let number = state(1);
    number.set(2); // no reader yet
    let mut reader = number.reader();
    assert_eq!(reader.next().await, Some(2));
    for value in 3..=9 {
        number.clone().set(value);
    }
    assert_eq!(number.get(), 9);
    assert_eq!(reader.next().await, Some(9));
    drop(number);
    assert_eq!(reader.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_is_cancelled_loses_no_value() {
    let _limit = watchdog::limit();
    let number = state(1);
    let mut reader = number.reader();
    assert_eq!(reader.next().await, Some(1));
    assert!(timeout(HOUR, reader.next()).await.is_err());
    number.set(2);
    assert_eq!(reader.next().await, Some(2));
}

#[tokio::test(start_paused = true)]
async fn notify_keeps_one_permit_and_no_more() {
    let _limit = watchdog::limit();
    let notify = Notify::new();
    for _ in 0..5 {
        notify.notify_one();
    }
    assert!(timeout(HOUR, notify.notified()).await.is_ok());
    assert!(timeout(HOUR, notify.notified()).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn notify_and_a_queue_lose_no_value() {
    let _limit = watchdog::limit();
    let queue = Arc::new((std::sync::Mutex::new(Vec::new()), Notify::new()));
    let theirs = Arc::clone(&queue);
    let consumer = tokio::spawn(async move {
        let (values, notify) = &*theirs;
        let mut received = 0;
        while received < 10_000 {
            notify.notified().await;
            // All of them: several calls of notify_one may have left one permit.
            received += std::mem::take(&mut *values.lock().expect("no panic")).len();
        }
        received
    });
    for value in 0..10_000 {
        queue.0.lock().expect("no panic").push(value);
        queue.1.notify_one();
    }
    assert_eq!(consumer.await.expect("it does not panic"), 10_000);
}

#[test]
fn a_capacity_of_zero_or_beyond_tokios_limit_panics() {
    use std::panic::catch_unwind;
    let most = tokio::sync::Semaphore::MAX_PERMITS;
    for (capacity, allowed) in [(0, false), (1, true), (most, true), (most + 1, false)] {
        let made = catch_unwind(|| drop(channel_async::ask::<u8, u8>(capacity)));
        assert_eq!(made.is_ok(), allowed, "{capacity}");
    }
    for (capacity, allowed) in [(0, false), (1, true), (usize::MAX / 2 + 1, false)] {
        let made = catch_unwind(|| drop(channel_async::events::<u8>(capacity)));
        assert_eq!(made.is_ok(), allowed, "{capacity}");
    }
}

#[test]
fn the_ends_can_move_to_other_threads_and_the_error_can_be_boxed() {
    fn send<T: Send>(_: &T) {}
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    let (client, requests) = ask::<u32, String>(1);
    let (sender, reader) = events::<u32>(1);
    let number = state(0);
    send(&client);
    send(&requests);
    send(&sender);
    send(&reader);
    send(&number);
    send(&number.reader());
    error::<Gone>();
    let text = "no answer: the task that was asked has gone or dropped the request";
    assert_eq!(Gone.to_string(), text);
}
