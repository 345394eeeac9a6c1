//! Who has the thread: polls futures that were woken, and none that was not.

use std::io;
use std::mem;
use std::pin::pin;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{AcqRel, Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, ThreadId};

use polling::{Events, Poller};

use crate::reactor::Reactor;

/// Runs the future that `main` makes, on this thread, until it is done.
///
/// # Errors
/// If the system has no poller for us, or it fails. `main` is dropped then.
pub fn block_on<T>(main: impl AsyncFnOnce(Reactor) -> T) -> io::Result<T> {
    let reactor = Reactor::new()?;
    let news = Arc::new(News {
        is_there: AtomicBool::new(true),
        thread: thread::current().id(),
        poller: reactor.poller(),
    });
    let waker = Waker::from(Arc::clone(&news));
    let mut context = Context::from_waker(&waker);
    let mut events = Events::new();
    let mut main = pin!(main(reactor.clone()));
    loop {
        if news.is_there.swap(false, AcqRel)
            && let Poll::Ready(output) = main.as_mut().poll(&mut context)
        {
            return Ok(output);
        }
        // One poll, one look at the sockets: neither can starve the other. Relaxed, for this only
        // has to see the news of this thread: those of another come with a notice, which ends the
        // parking, or keeps it from beginning.
        reactor.turn(&mut events, !news.is_there.load(Relaxed))?;
    }
}

/// What `main`'s waker tells.
struct News {
    is_there: AtomicBool,
    thread: ThreadId,
    poller: Arc<Poller>,
}

impl Wake for News {
    fn wake(self: Arc<Self>) {
        // Before the notice, and by a swap, which comes either before the loop's or after it. If
        // before, the loop sees it. If after, the loop has had the last notice, and so the poller
        // sends this one; while one is on its way it sends no other.
        self.is_there.swap(true, AcqRel);
        // The loop's own thread cannot be parked while it is here.
        if thread::current().id() != self.thread {
            // It fails only if the system does, and then `turn` says so.
            let _ = self.poller.notify();
        }
    }
}

/// Awaits all of them at the same time, and polls only those that were woken.
///
/// It owns them, and they may borrow: dropped, it drops them all. Rejected: to spawn them on the
/// loop, for which all must be `'static`.
pub async fn join_all<F: Future<Output = ()>>(futures: impl IntoIterator<Item = F>) {
    let mut futures: Vec<_> = futures
        .into_iter()
        .map(|future| Some(Box::pin(future)))
        .collect();
    let mut left = futures.len();
    let queue = Arc::new(Mutex::new(Queue {
        numbers: (0..left).collect(),
        is_queued: vec![true; left],
        outer: None,
    }));
    let waker = |number| {
        let queue = Arc::clone(&queue);
        Waker::from(Arc::new(QueueWaker { number, queue }))
    };
    let wakers: Vec<_> = (0..left).map(waker).collect();
    std::future::poll_fn(|context| {
        let batch = {
            let mut queue = lock(&queue);
            queue.outer = Some(context.waker().clone());
            mem::take(&mut queue.numbers)
        };
        for number in batch {
            // Before the poll: a wake-up during it may come too late for it.
            lock(&queue).is_queued[number] = false;
            let Some(future) = &mut futures[number] else {
                continue; // it was woken once more, though it is done
            };
            let mut context = Context::from_waker(&wakers[number]);
            if future.as_mut().poll(&mut context).is_ready() {
                futures[number] = None;
                left -= 1;
            }
        }
        if left == 0 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// Those of [`join_all`] that were woken, each once.
struct Queue {
    numbers: Vec<usize>,
    is_queued: Vec<bool>,
    /// Wakes the task in which they are awaited. The first of them that is woken takes it.
    outer: Option<Waker>,
}

struct QueueWaker {
    number: usize,
    queue: Arc<Mutex<Queue>>,
}

impl Wake for QueueWaker {
    fn wake(self: Arc<Self>) {
        let mut queue = lock(&self.queue);
        if mem::replace(&mut queue.is_queued[self.number], true) {
            return;
        }
        queue.numbers.push(self.number);
        let outer = queue.outer.take();
        drop(queue);
        if let Some(outer) = outer {
            outer.wake();
        }
    }
}

/// Nothing panics while the lock is held, so it is never poisoned.
fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}
