//! Order, bounds, and what is left after a drop. All times are virtual.

use async_stream::{ahead, fetch_in_order, fetch_stream, pages};
use futures_util::{Stream, StreamExt, stream};
use std::cell::RefCell;
use std::future::{pending, poll_fn};
use std::panic::panic_any;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::Poll;
use std::time::Duration;
use testing::watchdog;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

/// Counts how many exist now, and the most that have existed at the same time.
#[derive(Clone, Default)]
struct Alive(Arc<(AtomicUsize, AtomicUsize)>);

struct Counted(Alive);

impl Alive {
    fn one(&self) -> Counted {
        let now = self.0.0.fetch_add(1, Relaxed) + 1;
        self.0.1.fetch_max(now, Relaxed);
        Counted(self.clone())
    }

    fn now(&self) -> usize {
        self.0.0.load(Relaxed)
    }

    fn most(&self) -> usize {
        self.0.1.load(Relaxed)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.0.fetch_sub(1, Relaxed);
    }
}

/// The number, after so many steps of 100 ms.
async fn after(steps: u64) -> u64 {
    sleep(Duration::from_millis(100 * steps)).await;
    steps
}

#[tokio::test(start_paused = true)]
async fn fetch_stream_has_the_order_of_completion_and_fetch_in_order_that_of_the_input() {
    let _limit = watchdog::limit();
    let input = [4, 1, 3, 2];
    let start = Instant::now();
    let done: Vec<_> = fetch_stream(input, 4, after).collect().await;
    assert_eq!(done, [1, 2, 3, 4]);
    let done: Vec<_> = fetch_in_order(input, 4, after).collect().await;
    assert_eq!(done, input);
    assert_eq!(
        start.elapsed().as_millis(),
        800,
        "each ran at the same time"
    );

    // The same with the combinators alone.
    let futures = || stream::iter(input).map(after);
    assert_eq!(
        futures().buffer_unordered(4).collect::<Vec<_>>().await,
        [1, 2, 3, 4]
    );
    assert_eq!(futures().buffered(4).collect::<Vec<_>>().await, input);
}

#[tokio::test(start_paused = true)]
async fn exactly_n_run_while_enough_are_left() {
    let _limit = watchdog::limit();
    for n in [1, 3, 20] {
        let alive = Alive::default();
        let get = |_| {
            let counted = alive.one();
            async move {
                after(1).await;
                drop(counted);
            }
        };
        let start = Instant::now();
        assert_eq!(fetch_stream(0..12, n, get).count().await, 12);
        assert_eq!(alive.most(), n.min(12));
        assert_eq!(
            start.elapsed().as_millis(),
            100 * 12_usize.div_ceil(n) as u128
        );
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_starts_before_the_first_poll() {
    let _limit = watchdog::limit();
    let alive = Alive::default();
    let get = |_| {
        let counted = alive.one();
        async move { drop(counted) }
    };
    let stream = fetch_stream(0..12, 3, get);
    after(1).await;
    assert_eq!(alive.most(), 0);
    assert_eq!(stream.count().await, 12);
}

/// A million items through three stages. After each start of an item and after each item that was
/// read, `produced - consumed` is within the bound, and so is the number of items that exist.
#[tokio::test]
async fn a_million_items_and_a_slow_reader_stay_within_n_and_the_capacity() {
    let _limit = watchdog::limit();
    const ITEMS: usize = 1_000_000;
    const N: usize = 4;
    const CAPACITY: usize = 8;
    let (alive, produced) = (Alive::default(), Arc::new(AtomicUsize::new(0)));
    let consumed = Arc::new(AtomicUsize::new(0));
    let (counts, sees, items) = (Arc::clone(&produced), Arc::clone(&consumed), alive.clone());
    let get = move |number: usize| {
        let started = counts.fetch_add(1, Relaxed) + 1;
        let ahead = started - sees.load(Relaxed);
        assert!(
            ahead <= N + CAPACITY,
            "{ahead} ahead at the start of {number}"
        );
        let item = items.one();
        async move { (number, item) }
    };
    let mut stream = ahead(fetch_in_order(0..ITEMS, N, get), CAPACITY);
    let mut most = 0;
    for expected in 0..ITEMS {
        let (number, item) = stream.next().await.expect("there are more");
        assert_eq!(number, expected);
        consumed.fetch_add(1, Relaxed);
        drop(item);
        if number % 16 == 0 {
            yield_now().await; // slower than the producer, which fills all that it may
        }
        most = most.max(produced.load(Relaxed) - consumed.load(Relaxed));
    }
    assert!(stream.next().await.is_none());
    assert!(most <= N + CAPACITY, "{most} ahead");
    assert!(
        most >= CAPACITY,
        "the reader was never the slow one: {most}"
    );
    assert!(
        alive.most() <= N + CAPACITY,
        "{} items in memory",
        alive.most()
    );
    assert_eq!((alive.now(), produced.load(Relaxed)), (0, ITEMS));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn on_three_threads_every_item_arrives_once_and_memory_is_bounded() {
    let _limit = watchdog::limit();
    let alive = Alive::default();
    let items = alive.clone();
    let get = move |number: u64| {
        let item = items.one();
        async move {
            if number.is_multiple_of(3) {
                yield_now().await;
            }
            (number, item)
        }
    };
    let mut stream = ahead(fetch_stream(0..50_000, 4, get), 8);
    let (mut sum, mut count) = (0, 0);
    while let Some((number, item)) = stream.next().await {
        sum += number;
        count += 1;
        drop(item);
    }
    assert_eq!((count, sum), (50_000, 49_999 * 50_000 / 2));
    assert!(alive.most() <= 4 + 8 + 1, "{}", alive.most()); // and one in the loop body
    assert_eq!(alive.now(), 0);
}

#[tokio::test]
async fn dropping_a_stream_after_every_number_of_polls_leaves_nothing() {
    let _limit = watchdog::limit();
    for in_order in [false, true] {
        for polls in 0..12 {
            let alive = Alive::default();
            let items = alive.clone();
            let get = move |number: usize| {
                let item = items.one();
                async move {
                    yield_now().await;
                    if number % 2 == 1 {
                        pending::<()>().await; // only an abort ends it
                    }
                    item
                }
            };
            let mut stream: Pin<Box<dyn Stream<Item = Counted>>> = if in_order {
                Box::pin(fetch_in_order(0..9, 3, get))
            } else {
                Box::pin(fetch_stream(0..9, 3, get))
            };
            for _ in 0..polls {
                poll_once(&mut stream).await;
                yield_now().await;
            }
            drop(stream);
            yield_now().await; // an aborted task is dropped when the runtime gets to it
            assert_eq!(alive.now(), 0, "after {polls} polls a task is left");
        }
    }
}

async fn poll_once<S: Stream + Unpin>(stream: &mut S) {
    poll_fn(|context| {
        let _ = Pin::new(&mut *stream).poll_next(context);
        Poll::Ready(())
    })
    .await;
}

#[tokio::test]
async fn a_panic_of_a_request_continues_in_the_reader_and_aborts_the_others() {
    let _limit = watchdog::limit();
    let alive = Alive::default();
    let items = alive.clone();
    let reader = tokio::spawn(async move {
        let get = move |number: u32| {
            let item = items.one();
            async move {
                let _item = item;
                if number == 1 {
                    panic_any(1234_u32);
                }
                pending::<()>().await;
            }
        };
        fetch_stream(0..3, 3, get).count().await
    });
    let panic = reader.await.expect_err("it panics").into_panic();
    assert_eq!(panic.downcast_ref(), Some(&1234_u32));
    yield_now().await;
    assert_eq!(alive.now(), 0, "a task is left");
}

#[tokio::test]
async fn pages_loads_a_page_when_its_first_item_is_wanted() {
    let _limit = watchdog::limit();
    let loaded = RefCell::new(Vec::new());
    let load = async |page: u32| {
        loaded.borrow_mut().push(page);
        let items = match page {
            1 => vec!["a", "b"],
            2 => vec![], // a page may be empty
            3 => vec!["c"],
            _ => vec!["too far"],
        };
        Ok::<_, String>((items, (page < 3).then_some(page + 1)))
    };
    let mut items = pin!(pages(1, load));
    assert_eq!(*loaded.borrow(), []);
    for (item, pages) in [("a", vec![1]), ("b", vec![1]), ("c", vec![1, 2, 3])] {
        assert_eq!(items.next().await, Some(Ok(item)));
        assert_eq!(*loaded.borrow(), pages);
    }
    assert_eq!(items.next().await, None);
}

#[tokio::test]
async fn pages_ends_after_the_first_error() {
    let _limit = watchdog::limit();
    let mut loads = 0;
    let load = |page: u32| {
        loads += 1;
        let result = if page == 2 {
            Err("gone")
        } else {
            Ok((vec![page], Some(page + 1)))
        };
        async move { result }
    };
    let items: Vec<_> = pages(1, load).collect().await;
    assert_eq!(items, [Ok(1), Err("gone")]);
    assert_eq!(loads, 2);
}

#[test]
#[should_panic(expected = "with n = 0 nothing would ever start")]
fn a_limit_of_0_panics() {
    drop(fetch_stream(0..3, 0, after));
}
