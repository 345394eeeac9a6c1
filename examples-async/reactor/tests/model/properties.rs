//! What the executor promises, each in a sentence, as models that loom runs in every order.

use super::executor::{block_on, join_all};
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread;

/// The loop polls again when another thread wakes it, at whatever moment, and then sees everything
/// that this thread did before, even by a Relaxed store.
pub(crate) fn no_wake_up_from_another_thread_is_lost() {
    model::check(|| {
        let mut other = OtherThread::that_wakes(1);
        block_on(|_| poll_fn(move |context| other.poll(context))).expect("no system is asked");
    });
}

/// The same for two wake-ups, of which the second may find the notice of the first on its way.
pub(crate) fn no_second_wake_up_is_lost() {
    model::check(|| {
        let mut other = OtherThread::that_wakes(2);
        block_on(|_| poll_fn(move |context| other.poll(context))).expect("no system is asked");
    });
}

/// A future that wakes itself while it is polled is polled again, with or without a notice on its way.
pub(crate) fn a_wake_up_during_a_poll_leads_to_another() {
    model::check(|| {
        let mut other = OtherThread::that_wakes(1);
        let mut gave_way = false;
        let both = poll_fn(move |context| {
            let poll = other.poll(context);
            if poll.is_ready() && !std::mem::replace(&mut gave_way, true) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            poll
        });
        block_on(|_| both).expect("no system is asked");
    });
}

/// Each of many is polled when it is woken, by another thread or by itself, at whatever moment. One
/// that nobody woke is not polled.
pub(crate) fn of_many_only_the_woken_ones_are_polled() {
    model::check(|| {
        let polls = Arc::new(AtomicUsize::new(0));
        let (count, until_last) = (Arc::clone(&polls), Arc::new(AtomicBool::new(false)));
        let is_last = Arc::clone(&until_last);
        let mut other = OtherThread::that_wakes(1);
        let mut quiet = None;
        let mut steps = 0;
        type Future = Box<dyn FnMut(&mut Context<'_>) -> Poll<()>>;
        let (send, receive) = mpsc::channel::<Waker>();
        let futures: [Future; 3] = [
            // Woken by the other thread.
            Box::new(move |context| other.poll(context)),
            // By itself, in the middle of its poll; in the end it wakes the third.
            Box::new(move |context| {
                steps += 1;
                if steps < 3 {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                is_last.store(true, Ordering::Relaxed);
                let quiet = receive.recv().expect("it is polled by now");
                quiet.wake();
                Poll::Ready(())
            }),
            Box::new(move |context| {
                count.fetch_add(1, Ordering::Relaxed);
                if quiet.replace(()).is_none() {
                    send.send(context.waker().clone()).expect("it is awaited");
                }
                ready_if(until_last.load(Ordering::Relaxed))
            }),
        ];
        block_on(|_| join_all(futures.map(poll_fn))).expect("no system is asked");
        assert!(polls.load(Ordering::Relaxed) <= 2, "polled too often");
    });
}

/// A thread that is given a waker, does its work in steps, and wakes after each.
struct OtherThread {
    steps: usize,
    done: Arc<AtomicUsize>,
    thread: Option<thread::JoinHandle<()>>,
}

impl OtherThread {
    fn that_wakes(steps: usize) -> Self {
        Self {
            steps,
            done: Arc::new(AtomicUsize::new(0)),
            thread: None,
        }
    }

    /// Starts it the first time, and looks whether all its work is done.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Self { steps, done, .. } = self;
        if *steps == 0 {
            return Poll::Ready(());
        }
        self.thread.get_or_insert_with(|| {
            let (steps, done, waker) = (*steps, Arc::clone(done), context.waker().clone());
            thread::spawn(move || {
                for step in 1..=steps {
                    done.store(step, Ordering::Relaxed);
                    waker.wake_by_ref();
                }
            })
        });
        if done.load(Ordering::Relaxed) < *steps {
            return Poll::Pending;
        }
        if let Some(thread) = self.thread.take() {
            thread.join().expect("a panic would have ended the model");
        }
        self.steps = 0; // it is done, whoever asks again
        Poll::Ready(())
    }
}

fn ready_if(ready: bool) -> Poll<()> {
    if ready {
        Poll::Ready(())
    } else {
        Poll::Pending
    }
}
