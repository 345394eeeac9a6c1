// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The executor: polls futures that were woken, and only those.

use std::future::{Future, poll_fn};
use std::io;
use std::mem;
use std::pin::pin;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{AcqRel, Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, ThreadId};

use polling::{Events, Poller};

use super::readiness::Reactor;

/// Runs the future that `main` makes, on this thread, until it is ready.
///
/// # Errors
/// If the system grants no poller, or it fails. `main` is dropped then.
pub fn block_on<T>(main: impl AsyncFnOnce(Reactor) -> T) -> io::Result<T> {
    let reactor = Reactor::new()?;
    let signal = Arc::new(Signal {
        is_woken: AtomicBool::new(true),
        thread: thread::current().id(),
        poller: reactor.poller(),
    });
    let waker = Waker::from(Arc::clone(&signal));
    let mut context = Context::from_waker(&waker);
    let mut events = Events::new();
    let mut main = pin!(main(reactor.clone()));
    loop {
        let is_woken = signal.is_woken.swap(false, AcqRel);
        let poll = is_woken.then(|| main.as_mut().poll(&mut context));
        if let Some(Poll::Ready(output)) = poll {
            return Ok(output);
        }
        // One poll, then one check of the sockets, so neither can starve the other. Relaxed,
        // because this only has to see a wake-up by this thread: one by another thread comes with
        // a notice, which ends the parking, or keeps it from beginning.
        reactor.turn(&mut events, !signal.is_woken.load(Relaxed))?;
    }
}

/// The waker of `main`.
struct Signal {
    is_woken: AtomicBool,
    thread: ThreadId,
    poller: Arc<Poller>,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        // Before the notice, and by a swap, which comes either before the loop's swap or after it.
        // If before, the loop sees it. If after, the loop has received the last notice, and so the
        // poller sends this one: it sends none while another is on its way.
        self.is_woken.swap(true, AcqRel);
        // The loop's own thread cannot be parked while it is here.
        if thread::current().id() != self.thread {
            // It fails only if the system does, and then `turn` reports it.
            let _ = self.poller.notify();
        }
    }
}

/// Awaits all of them at the same time, and polls only those that were woken.
///
/// It owns them, and they may borrow; dropping it drops them all. Spawning them on the loop instead
/// would require all of them to be `'static`.
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
    poll_fn(|context| {
        // The waker is foreign code. It is cloned before the lock, and the old one is dropped
        // after it.
        let waker = context.waker().clone();
        let (batch, _old) = {
            let mut queue = lock(&queue);
            let old = queue.outer.replace(waker);
            (mem::take(&mut queue.numbers), old)
        };
        for number in batch {
            // Before the poll, because a wake-up during the poll must lead to another.
            lock(&queue).is_queued[number] = false;
            let Some(future) = &mut futures[number] else {
                continue; // it was woken again, although it is done
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

/// The futures of [`join_all`] that were woken, each once.
struct Queue {
    numbers: Vec<usize>,
    is_queued: Vec<bool>,
    /// Wakes the task that awaits them all. The first of them that is woken takes it.
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

/// Nothing panics while it is locked, so it is never poisoned.
fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}
