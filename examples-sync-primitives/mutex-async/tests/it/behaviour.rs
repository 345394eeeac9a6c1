//! The cache and the connection with tasks on one thread and on several, cancelled at every point.

use mutex_async::{Cache, Connection};
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;
use testing::watchdog;
use tokio::io::{
    AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, BufWriter, DuplexStream, duplex,
};
use tokio::task::{JoinSet, yield_now};
use tokio::time::{sleep, timeout};

const MOMENT: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3600);

/// Tasks on any thread may share both.
const _: () = {
    const fn sendable_and_shareable<T: Send + Sync>() {}
    sendable_and_shareable::<Cache>();
    sendable_and_shareable::<Connection<DuplexStream>>();
};

#[tokio::test]
async fn a_stored_answer_is_not_fetched_again() {
    let _limit = watchdog::limit();
    let cache = Cache::default();
    let fetches = AtomicUsize::new(0);
    for _ in 0..3 {
        let fetch = async {
            fetches.fetch_add(1, Ordering::Relaxed);
            Ok::<_, ()>("answer".to_owned())
        };
        assert_eq!(&*cache.get_or_fetch("name", fetch).await.unwrap(), "answer");
    }
    assert_eq!(fetches.into_inner(), 1);
}

#[tokio::test(start_paused = true)]
async fn two_tasks_that_fetch_the_same_name_get_the_same_answer() {
    let _limit = watchdog::limit();
    let cache = Cache::default();
    let fetch = async |after, answer: &str| {
        sleep(after).await;
        Ok::<_, ()>(answer.to_owned())
    };
    let (one, two) = tokio::join!(
        cache.get_or_fetch("name", fetch(2 * MOMENT, "late")),
        cache.get_or_fetch("name", fetch(MOMENT, "early")),
    );
    assert_eq!(&*one.unwrap(), "early");
    assert_eq!(&*two.unwrap(), "early");
}

#[tokio::test]
async fn the_lock_is_free_while_a_fetch_waits() {
    let _limit = watchdog::limit();
    let cache = Cache::default();
    let fetch = async {
        yield_now().await;
        cache.keep("other", "kept meanwhile"); // would hang if the lock were not free
        Ok::<_, ()>("answer".to_owned())
    };
    cache.get_or_fetch("name", fetch).await.unwrap();
    assert_eq!(cache.get("other").as_deref(), Some("kept meanwhile"));
}

#[tokio::test]
async fn errors_are_not_stored() {
    let _limit = watchdog::limit();
    let cache = Cache::default();
    let failed = cache.get_or_fetch("name", async { Err("away") }).await;
    assert_eq!(failed, Err("away"));
    assert_eq!(cache.get("name"), None);
    let fetch = async { Ok::<_, ()>("answer".to_owned()) };
    assert_eq!(&*cache.get_or_fetch("name", fetch).await.unwrap(), "answer");
}

/// Answers each line with that line, a few bytes at a time.
fn slow_echo(buffer: usize) -> Connection<DuplexStream> {
    let (ours, theirs) = duplex(buffer);
    tokio::spawn(async move {
        let mut stream = BufReader::new(theirs);
        let mut line = String::new();
        while stream
            .read_line(&mut line)
            .await
            .is_ok_and(|bytes| bytes > 0)
        {
            for bytes in line.as_bytes().chunks(2) {
                sleep(MOMENT).await;
                if stream.write_all(bytes).await.is_err() {
                    return; // the other end was dropped
                }
            }
            line.clear();
        }
    });
    Connection::new(ours)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_task_gets_the_answer_to_its_own_question() {
    let _limit = watchdog::limit();
    let connection = Arc::new(slow_echo(1024));
    let mut tasks = JoinSet::new();
    for number in 0..50 {
        let connection = Arc::clone(&connection);
        tasks.spawn(async move {
            let question = format!("{number}");
            assert_eq!(connection.ask(&question).await.unwrap(), question);
        });
    }
    assert_eq!(tasks.join_all().await.len(), 50);
}

/// Polls the future this many times, then drops it. Whether it was ready by then.
async fn dropped_after<F: Future>(polls: usize, future: F) -> bool {
    let mut future = Box::pin(future);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        future.as_mut().poll(context).map(|_| true)
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_request_never_mixes_up_answers() {
    let _limit = watchdog::limit();
    let mut refused = 0;
    for polls in 0.. {
        // With a buffer of three bytes, question and answer take several polls each.
        let connection = slow_echo(3);
        let request = timeout(100 * MOMENT, connection.ask("the first question"));
        if dropped_after(polls, async { request.await.unwrap().unwrap() }).await {
            break;
        }
        match connection.ask("second").await {
            Ok(answer) => assert_eq!((polls, &*answer), (0, "second")),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::NotConnected);
                refused += 1;
            }
        }
    }
    assert!(refused > 10, "too few points to cancel at: {refused}");
}

#[tokio::test(start_paused = true)]
async fn a_request_cancelled_in_the_queue_does_no_harm() {
    let _limit = watchdog::limit();
    let connection = slow_echo(1024);
    let asks = connection.ask("one");
    let gives_up = timeout(MOMENT, connection.ask("two"));
    let comes_later = async {
        sleep(2 * MOMENT).await;
        connection.ask("three").await
    };
    let (one, two, three) = tokio::join!(asks, gives_up, comes_later);
    assert_eq!(one.unwrap(), "one");
    assert!(two.is_err());
    assert_eq!(three.unwrap(), "three");
}

#[tokio::test]
async fn a_question_is_one_line() {
    let _limit = watchdog::limit();
    let (ours, _theirs) = duplex(64);
    let connection = Connection::new(ours);
    let error = connection.ask("one\ntwo").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn an_answer_cut_short_is_an_error_and_closes_the_connection() {
    let _limit = watchdog::limit();
    for half in ["half an ans", ""] {
        let (ours, mut theirs) = duplex(64);
        let connection = Connection::new(ours);
        theirs.write_all(half.as_bytes()).await.unwrap();
        let mut question = [0; 2];
        let (answer, ()) = tokio::join!(connection.ask("?"), async {
            theirs.read_exact(&mut question).await.unwrap();
            drop(theirs);
        });
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::UnexpectedEof);
        let error = connection.ask("?").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotConnected);
    }
}

/// What arrived together with an answer is kept for the next request.
#[tokio::test]
async fn two_answers_in_one_piece_are_two_answers() {
    let _limit = watchdog::limit();
    let (ours, mut theirs) = duplex(64);
    let connection = Connection::new(ours);
    theirs.write_all(b"one\ntwo\n").await.unwrap();
    assert_eq!(connection.ask("1").await.unwrap(), "one");
    assert_eq!(connection.ask("2").await.unwrap(), "two");
}

#[tokio::test]
async fn a_cache_survives_a_panic_of_its_user() {
    let _limit = watchdog::limit();
    let cache = Arc::new(Cache::default());
    let shared = Arc::clone(&cache);
    let panics = tokio::spawn(async move {
        let fetch = async { panic!("meant") };
        shared.get_or_fetch::<()>("name", fetch).await
    });
    assert!(panics.await.unwrap_err().is_panic());
    assert_eq!(&*cache.keep("name", "answer"), "answer");
}

#[tokio::test]
async fn a_failed_request_closes_the_connection() {
    let _limit = watchdog::limit();
    let (ours, theirs) = duplex(64);
    let connection = Connection::new(ours);
    drop(theirs);
    assert_eq!(
        connection.ask("?").await.unwrap_err().kind(),
        ErrorKind::BrokenPipe
    );
    assert_eq!(
        connection.ask("?").await.unwrap_err().kind(),
        ErrorKind::NotConnected
    );
}

#[tokio::test(start_paused = true)]
async fn a_question_is_flushed_through_a_buffer() {
    let _limit = watchdog::limit();
    let (ours, mut theirs) = duplex(64);
    let connection = Connection::new(BufWriter::new(ours));
    let answers = async {
        let mut question = [0; 2];
        theirs.read_exact(&mut question).await.unwrap();
        theirs.write_all(b"answer\n").await.unwrap();
    };
    let both = async { tokio::join!(connection.ask("?"), answers) };
    let (answer, ()) = timeout(HOUR, both).await.expect("the question is sent");
    assert_eq!(answer.unwrap(), "answer");
}

#[tokio::test]
async fn a_rejected_question_leaves_the_connection_open() {
    let _limit = watchdog::limit();
    let connection = slow_echo(1024);
    assert!(connection.ask("one\ntwo").await.is_err());
    assert_eq!(connection.ask("three").await.unwrap(), "three");
}

/// Fails to compile if the future of a request cannot move between threads.
#[test]
fn requests_can_be_spawned() {
    fn spawnable<F: Future + Send>(_: F) {}
    let (ours, _theirs) = duplex(64);
    let (connection, cache) = (Connection::new(ours), Cache::default());
    spawnable(cache.get_or_fetch("name", connection.ask("?")));
}
