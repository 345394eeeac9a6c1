// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The short version with timers. Gives up `spawn`, results, and removing timers of dropped sleeps.
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

// ANCHOR: yours
// ANCHOR: timers
#[derive(Clone, Default)]
struct Timers(Rc<RefCell<BTreeMap<Instant, Vec<Waker>>>>);

impl Timers {
    async fn sleep(&self, duration: Duration) {
        let deadline = Instant::now() + duration;
        poll_fn(|context| {
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
            let waker = context.waker().clone();
            self.0.borrow_mut().entry(deadline).or_default().push(waker);
            Poll::Pending
        })
        .await;
    }

    /// Wakes the tasks whose timers are due. Returns how long to sleep until the next timer.
    fn fire(&self) -> Option<Duration> {
        loop {
            let mut timers = self.0.borrow_mut();
            let first = timers.first_entry()?;
            let left = first.key().saturating_duration_since(Instant::now());
            if left > Duration::ZERO {
                return Some(left);
            }
            let wakers = first.remove();
            drop(timers); // a waker may use the timers
            wakers.into_iter().for_each(Waker::wake);
        }
    }
}
// ANCHOR_END: timers

struct TaskWaker(usize, mpsc::Sender<usize>);
impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        let _ = self.1.send(self.0); // fails only after the end of `run`
    }
}
// ANCHOR_END: yours

// ANCHOR: run
fn run<F: Future<Output = ()>>(timers: &Timers, futures: impl IntoIterator<Item = F>) {
    let mut tasks: Vec<_> = futures.into_iter().map(Box::pin).map(Some).collect();
    let (inbox, woken) = mpsc::channel();
    (0..tasks.len()).for_each(|task| Arc::new(TaskWaker(task, inbox.clone())).wake());
    while tasks.iter().any(Option::is_some) {
        let next = match timers.fire() {
            Some(left) => woken.recv_timeout(left).ok(), // `None` if the timer is due first
            None => woken.recv().ok(),
        };
        let Some(task) = next else { continue };
        let waker = Waker::from(Arc::new(TaskWaker(task, inbox.clone())));
        let mut context = Context::from_waker(&waker);
        tasks[task].take_if(|future| future.as_mut().poll(&mut context).is_ready());
    }
}
// ANCHOR_END: run

pub(crate) fn main() {
    let timers = Timers::default();
    run(
        &timers,
        [("slow", 20), ("fast", 10)].map(|(name, milliseconds)| {
            let timers = timers.clone();
            async move {
                timers.sleep(Duration::from_millis(milliseconds)).await;
                println!("{name}, after {milliseconds} ms");
            }
        }),
    );
}
