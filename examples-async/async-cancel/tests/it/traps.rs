//! The traps of the page, with tokio's paused clock.

use std::future::pending;
use std::sync::mpsc::{Sender as Log, channel as log};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::runtime::Handle;
use tokio::select;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{Sender, channel};
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

// ANCHOR: tick
const TICK: Duration = Duration::from_millis(100);
// ANCHOR_END: tick

// ANCHOR: send_lost
async fn send_in_a_loop(sender: Sender<u32>) {
    for number in 0..10 {
        select! {
            _ = sender.send(number) => {}
            () = sleep(TICK) => {} // wrong: drops the future, and the number in it
        }
    }
}
// ANCHOR_END: send_lost

// ANCHOR: send_kept
async fn reserve_in_a_loop(sender: Sender<u32>) {
    let mut number = 0;
    while number < 10 {
        select! {
            permit = sender.reserve() => {
                let Ok(permit) = permit else { return };
                permit.send(number); // right: it does not wait
                number += 1;
            }
            () = sleep(TICK) => {}
        }
    }
}
// ANCHOR_END: send_kept

/// What arrives at a receiver that needs two and a half ticks for each number.
async fn received<F: Future>(sends: impl FnOnce(Sender<u32>) -> F) -> Vec<u32> {
    let (sender, mut receiver) = channel(1);
    let receives = async {
        let mut received = Vec::new();
        while let Some(number) = receiver.recv().await {
            received.push(number);
            sleep(TICK * 5 / 2).await;
        }
        received
    };
    tokio::join!(sends(sender), receives).1
}

#[tokio::test(start_paused = true)]
async fn send_in_select_delivers_fewer_and_reserve_delivers_all() {
    let _limit = testing::watchdog::limit();
    assert!(received(send_in_a_loop).await.len() < 10);
    let all: Vec<u32> = (0..10).collect();
    assert_eq!(received(reserve_in_a_loop).await, all);
}

// ANCHOR: read_lost
async fn read_exact_in_a_loop(mut stream: DuplexStream) -> Vec<[u8; 4]> {
    let mut messages = Vec::new();
    loop {
        let mut message = [0; 4];
        select! {
            read = stream.read_exact(&mut message) => match read {
                Ok(_) => messages.push(message),
                Err(_) => return messages,
            },
            () = sleep(TICK) => {} // wrong: the bytes that were read are gone
        }
    }
}
// ANCHOR_END: read_lost

// ANCHOR: read_kept
async fn read_in_a_loop(mut stream: DuplexStream) -> Vec<[u8; 4]> {
    let (mut messages, mut message, mut filled) = (Vec::new(), [0; 4], 0);
    loop {
        select! {
            // Right: `read` has read nothing if it is dropped, and the buffer is outside.
            read = stream.read(&mut message[filled..]) => match read {
                Ok(0) | Err(_) => return messages,
                Ok(bytes) => filled += bytes,
            },
            () = sleep(TICK) => {}
        }
        if filled == message.len() {
            messages.push(message);
            filled = 0;
        }
    }
}
// ANCHOR_END: read_kept

/// What is read from a peer that waits for two and a half ticks after every three bytes.
async fn read<F: Future>(reads: impl FnOnce(DuplexStream) -> F) -> F::Output {
    let (ours, mut theirs) = duplex(64);
    let writes = async move {
        for part in [b"aaa", b"abb", b"bbc", b"ccc"] {
            theirs.write_all(part).await.expect("the reader lives");
            sleep(TICK * 5 / 2).await;
        }
    };
    tokio::join!(reads(ours), writes).0
}

#[tokio::test(start_paused = true)]
async fn read_exact_in_select_loses_bytes_and_read_does_not() {
    let _limit = testing::watchdog::limit();
    let all = [*b"aaaa", *b"bbbb", *b"cccc"];
    assert_eq!(read(read_in_a_loop).await, all);
    let broken = read(read_exact_in_a_loop).await;
    assert!(broken.len() < 3, "{broken:?}");
}

// ANCHOR: half_done
#[tokio::test(start_paused = true)]
async fn dropping_between_two_changes_leaves_half() {
    let account = Mutex::new((100, 0));
    let transfer = async {
        let mut account = account.lock().await;
        account.0 -= 40;
        sleep(TICK).await; // wrong: an `.await` between two changes that belong together
        account.1 += 40;
    };
    assert!(timeout(TICK / 2, transfer).await.is_err());
    assert_eq!(*account.lock().await, (60, 0)); // unlocked, and 40 are gone

    let transfer = async {
        sleep(TICK).await; // right: first everything that waits
        let mut account = account.lock().await;
        account.0 -= 40;
        account.1 += 40; // then all changes, without an `.await`
    };
    assert!(timeout(TICK / 2, transfer).await.is_err());
    assert_eq!(*account.lock().await, (60, 0)); // nothing was changed
}
// ANCHOR_END: half_done

// ANCHOR: spawned
#[tokio::test(start_paused = true)]
async fn a_task_of_its_own_is_not_cancelled_with_its_caller() {
    let (log, logged) = log();
    let save = async move {
        sleep(TICK).await;
        log.send("saved").expect("the test reads it");
    };
    let request = async {
        tokio::spawn(save).await // cancelling the request drops only the handle
    };
    assert!(timeout(TICK / 2, request).await.is_err());
    sleep(TICK).await;
    assert_eq!(logged.try_recv(), Ok("saved"));
}
// ANCHOR_END: spawned

// ANCHOR: close
struct Connection(Log<&'static str>);

impl Connection {
    async fn work(&mut self) {
        pending::<()>().await;
    }

    async fn close(self) {
        yield_now().await; // says goodbye to the server
        let _ = self.0.send("closed");
    }
}

async fn use_it(mut connection: Connection, token: CancellationToken) {
    token.run_until_cancelled(connection.work()).await;
    connection.close().await; // right: after the work, however it ended
}
// ANCHOR_END: close

#[tokio::test]
async fn cleaning_up_awaits_after_the_work_was_cancelled() {
    let _limit = testing::watchdog::limit();
    let ((log, logged), token) = (log(), CancellationToken::new());
    let job = use_it(Connection(log), token.clone());
    tokio::join!(job, async { token.cancel() });
    assert_eq!(logged.try_recv(), Ok("closed"));
}

// ANCHOR: block_in_drop
struct BlocksInDrop;

impl Drop for BlocksInDrop {
    fn drop(&mut self) {
        Handle::current().block_on(yield_now()); // wrong: panics in async code
    }
}
// ANCHOR_END: block_in_drop

#[tokio::test]
async fn block_on_in_drop_panics() {
    let _limit = testing::watchdog::limit();
    let task = tokio::spawn(async { drop(BlocksInDrop) });
    let error = task.await.expect_err("it panics").to_string();
    let expected = "Cannot start a runtime from within a runtime";
    assert!(error.contains(expected), "{error}");
}

// ANCHOR: ignored
#[tokio::test]
async fn a_token_stops_nobody_who_does_not_look_at_it() {
    let token = CancellationToken::new();
    let theirs = token.clone();
    let ignores = tokio::spawn(async move {
        let mut steps = 0;
        while steps < 1000 {
            steps += 1; // wrong: a long computation that never looks at the token
        }
        (steps, theirs.is_cancelled())
    });
    token.cancel();
    assert_eq!(ignores.await.expect("it does not panic"), (1000, true));

    let looks = tokio::spawn(async move {
        let mut steps = 0;
        while steps < 1000 && !token.is_cancelled() {
            steps += 1; // right
        }
        steps
    });
    assert_eq!(looks.await.expect("it does not panic"), 0);
}
// ANCHOR_END: ignored
