//! The table of the page: each pair does the same, or differs as the table says.

use std::time::Duration;

use smol::channel::bounded;

const MOMENT: Duration = Duration::from_millis(1);

// ANCHOR: dropped
/// What a task sends after its handle was dropped: nothing, if that cancelled it.
macro_rules! answer_after_drop {
    ($spawn:path) => {{
        let (go, may_go) = bounded::<()>(1);
        let (answer, answered) = bounded(1);
        let handle = $spawn(async move {
            may_go.recv().await.ok();
            answer.send("done").await.ok();
        });
        drop(handle);
        go.send_blocking(()).ok();
        answered.recv_blocking().ok()
    }};
}

#[test]
fn a_dropped_handle_lets_go_in_async_std_and_cancels_in_smol() {
    assert_eq!(answer_after_drop!(async_std::task::spawn), Some("done"));
    assert_eq!(answer_after_drop!(smol::spawn), None);
}
// ANCHOR_END: dropped

#[test]
fn detach_is_what_a_drop_was() {
    let (answer, answered) = bounded(1);
    smol::spawn(async move { answer.send("done").await }).detach();
    assert_eq!(answered.recv_blocking(), Ok("done"));
}

#[test]
fn block_on_spawn_and_await() {
    let sum = async_std::task::block_on(async { async_std::task::spawn(async { 2 + 2 }).await });
    assert_eq!(sum, 4);
    let sum = smol::block_on(async { smol::spawn(async { 2 + 2 }).await });
    assert_eq!(sum, 4);
}

#[test]
fn blocking_work() {
    let id = || std::thread::current().id();
    let theirs = async_std::task::block_on(async_std::task::spawn_blocking(id));
    assert_ne!(theirs, id());
    let ours = smol::block_on(smol::unblock(id));
    assert_ne!(ours, id());
}

#[test]
fn sleep_and_yield() {
    async_std::task::block_on(async {
        async_std::task::sleep(MOMENT).await;
        async_std::task::yield_now().await;
    });
    smol::block_on(async {
        smol::Timer::after(MOMENT).await;
        smol::future::yield_now().await;
    });
}

#[test]
fn a_deadline() {
    use async_std::future::{pending, timeout};
    assert!(async_std::task::block_on(timeout(MOMENT, pending::<()>())).is_err());

    use smol::future;
    let deadline = async {
        smol::Timer::after(MOMENT).await;
        Err("timed out")
    };
    let result = smol::block_on(future::or(future::pending::<Result<(), _>>(), deadline));
    assert_eq!(result, Err("timed out"));
}

/// A socket of one is read and written by the traits of the other: they are the same traits.
#[test]
fn sockets_files_and_their_traits() {
    async_std::task::block_on(async {
        use async_std::io::{ReadExt as _, WriteExt as _};
        let listener = smol::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut near = async_std::net::TcpStream::connect(address).await.unwrap();
        let (mut far, _) = listener.accept().await.unwrap();
        far.write_all(b"hello").await.unwrap();
        drop(far);
        let mut text = String::new();
        near.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "hello");

        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let theirs = async_std::fs::read_to_string(file).await.unwrap();
        let ours = smol::fs::read_to_string(file).await.unwrap();
        assert_eq!(theirs, ours);
    });
}

/// async-std re-exports the very type, so that a lock goes from one half of a program to the other.
#[test]
fn the_locks_are_the_same() {
    let lock: smol::lock::Mutex<i32> = async_std::sync::Mutex::new(1);
    assert_eq!(*smol::block_on(lock.lock()), 1);
}

// ANCHOR: reactor
#[test]
#[should_panic(
    expected = "there is no reactor running, must be called from the context of a Tokio"
)]
fn tokio_needs_its_own_reactor() {
    async_std::task::block_on(tokio::time::sleep(MOMENT));
}
// ANCHOR_END: reactor
