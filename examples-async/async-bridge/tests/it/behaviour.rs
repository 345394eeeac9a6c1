//! Who may call, what runs at the same time, and how a client ends.

use async_bridge::{BlockingClient, NoReply};
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::task::Poll;
use std::thread;
use testing::watchdog::{self, assert_ends};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Barrier;
use tokio::task::{spawn_blocking, yield_now};

async fn double(number: u64) -> u64 {
    yield_now().await;
    2 * number
}

fn client() -> BlockingClient<u64, u64> {
    BlockingClient::new(double).expect("a thread is allowed")
}

fn current_thread() -> Runtime {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("it is allowed")
}

#[test]
fn it_works_from_a_thread_without_a_runtime() {
    assert_ends(|| assert_eq!(client().get(4), Ok(8)));
}

#[test]
fn it_works_from_spawn_blocking() {
    assert_ends(|| {
        let call = async { spawn_blocking(|| client().get(4)).await };
        let result = current_thread().block_on(call);
        assert_eq!(result.expect("it does not panic"), Ok(8));
    });
}

#[test]
fn it_works_from_an_async_fn_of_each_runtime() {
    assert_ends(|| {
        async fn calls() {
            let client = client(); // also made and dropped here, which a `Runtime` refuses
            assert_eq!(client.get(4), Ok(8));
            assert_eq!(client.get_async(4).await, Ok(8));
        }
        current_thread().block_on(calls());
        let several = Builder::new_multi_thread().worker_threads(2).build();
        let several = several.expect("it is allowed");
        several.block_on(async { tokio::spawn(calls()).await.expect("it does not panic") });
    });
}

/// The system refuses a stack of 64 TiB, which is the default in the child. A `Runtime` that was
/// dropped here, in async code, would panic.
#[cfg(target_os = "linux")]
#[test]
fn a_thread_that_is_refused_is_an_error_in_async_code_as_well() {
    let test = "behaviour::a_thread_that_is_refused_is_an_error_in_async_code_as_well";
    testing::child::alone(test, &[("RUST_MIN_STACK", "70368744177664")], || {
        let made = current_thread().block_on(async { BlockingClient::new(double).map(drop) });
        made.expect_err("no thread is allowed");
    });
}

#[test]
fn each_of_many_threads_gets_its_own_replies() {
    assert_ends(|| {
        let client = client();
        thread::scope(|scope| {
            for thread in 0..8 {
                let client = &client;
                scope.spawn(move || {
                    for number in 0..500 {
                        let number = 1000 * thread + number;
                        assert_eq!(client.get(number), Ok(2 * number));
                    }
                });
            }
        });
    });
}

#[test]
fn requests_run_at_the_same_time_on_one_thread() {
    assert_ends(|| {
        let (barrier, ids) = (Arc::new(Barrier::new(8)), Arc::new(Mutex::new(Vec::new())));
        let theirs = Arc::clone(&ids);
        let client = BlockingClient::new(move |()| {
            let (barrier, ids) = (Arc::clone(&barrier), Arc::clone(&theirs));
            async move {
                barrier.wait().await; // ends when all eight are here
                ids.lock()
                    .expect("none panics")
                    .push(thread::current().id());
            }
        });
        let client = client.expect("a thread is allowed");
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert_eq!(client.get(()), Ok(())));
            }
        });
        let ids = ids.lock().expect("none panics");
        assert_eq!(ids.len(), 8);
        assert!(
            ids.iter()
                .all(|id| *id == ids[0] && *id != thread::current().id())
        );
    });
}

#[test]
fn a_panic_ends_only_its_own_request() {
    assert_ends(|| {
        let client = BlockingClient::new(|number: u32| {
            assert!(number != 1, "before the future is made");
            async move {
                yield_now().await;
                assert!(number != 2, "in the future");
                number
            }
        });
        let client = client.expect("a thread is allowed");
        let replies = [0, 1, 2, 3].map(|number| client.get(number));
        assert_eq!(replies, [Ok(0), Err(NoReply), Err(NoReply), Ok(3)]);
    });
}

/// Counts how many exist.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

#[test]
fn drop_joins_the_thread_and_nothing_is_left() {
    assert_ends(|| {
        let alive = Arc::new(AtomicUsize::new(0));
        let of_the_thread = Counted::new(&alive);
        let client = BlockingClient::new(move |()| {
            let running = Counted::new(&of_the_thread.0);
            async move {
                pending::<()>().await;
                drop(running);
            }
        });
        let client = client.expect("a thread is allowed");
        current_thread().block_on(async {
            for _ in 0..3 {
                let mut call = pin!(client.get_async(()));
                let poll = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
                assert_eq!(poll, Poll::Pending); // sent, and its future dropped
            }
        });
        while alive.load(SeqCst) < 4 {
            thread::yield_now();
        }
        drop(client);
        assert_eq!(alive.load(SeqCst), 0);
    });
}

#[test]
fn a_call_after_the_end_is_an_error_and_so_is_one_that_waits() {
    assert_ends(|| {
        let (start, started) = mpsc::channel();
        let client = BlockingClient::new(move |()| {
            start.send(()).expect("the test waits");
            pending::<()>()
        });
        let client = Arc::new(client.expect("a thread is allowed"));
        let waits = thread::spawn({
            let client = Arc::clone(&client);
            move || client.get(())
        });
        started.recv().expect("it starts");
        client.close();
        assert_eq!(waits.join().expect("it does not panic"), Err(NoReply));
        assert_eq!(client.get(()), Err(NoReply));
        let late = current_thread().block_on(client.get_async(()));
        assert_eq!(late, Err(NoReply));
        client.close(); // again, which changes nothing
    });
}

#[test]
fn a_call_whose_future_was_dropped_runs_to_its_end() {
    assert_ends(|| {
        let (end, ended) = mpsc::channel();
        let client = BlockingClient::new(move |number| {
            let end = end.clone();
            async move { end.send(double(number).await) }
        });
        let client = client.expect("a thread is allowed");
        current_thread().block_on(async {
            let mut call = pin!(client.get_async(4));
            let _ = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
        });
        assert_eq!(ended.recv(), Ok(8));
    });
}

type Shared = Arc<OnceLock<BlockingClient<u32, Option<NoReply>>>>;

#[test]
fn a_call_from_its_own_thread_panics_instead_of_hanging() {
    assert_ends(|| {
        let shared = Shared::default();
        let theirs = Arc::downgrade(&shared);
        let client = BlockingClient::new(move |number| {
            let shared = theirs.upgrade().expect("the caller has it");
            async move { shared.get().and_then(|client| client.get(number).err()) }
        });
        let client = shared.get_or_init(|| client.expect("a thread is allowed"));
        assert_eq!(client.get(1), Err(NoReply), "the inner call has panicked");
    });
}

#[test]
fn a_client_dropped_on_its_own_thread_does_not_wait_for_itself() {
    assert_ends(|| {
        let slot: Arc<Mutex<Option<BlockingClient<(), ()>>>> = Arc::default();
        let theirs = Arc::clone(&slot);
        let (end, ended) = mpsc::channel();
        let client = BlockingClient::new(move |()| {
            let (client, end) = (theirs.lock().expect("none panics").take(), end.clone());
            async move {
                drop(client); // the last one
                end.send(()).expect("the test waits");
            }
        });
        *slot.lock().expect("none panics") = Some(client.expect("a thread is allowed"));
        let request = |slot: &Mutex<Option<BlockingClient<(), ()>>>| {
            let client = slot.lock().expect("none panics");
            let mut call = pin!(client.as_ref().expect("it is there").get_async(()));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            assert_eq!(call.as_mut().poll(&mut context), Poll::Pending);
        };
        request(&slot);
        ended.recv().expect("it does not hang or panic");
    });
}

#[test]
fn it_can_be_shared_and_its_error_can_be_boxed() {
    fn shared<T: Send + Sync + 'static>(_: T) {}
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    let _limit = watchdog::limit();
    shared(client());
    error::<NoReply>();
    assert_eq!(format!("{:?}", client()), "BlockingClient");
}
