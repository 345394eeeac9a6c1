//! What the loop promises, each in a sentence, as models that loom runs in every order.

use super::event_loop::{EventLoop, block_on, in_thread, join_all};
use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{self, Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

/// A task that waits for another thread is polled again when that thread wakes it, wherever the
/// wake-up falls, and then sees all that the thread did before, even by a Relaxed store.
pub(crate) fn no_wake_up_from_another_thread_is_lost() {
    model::check(|| {
        let (send, receive) = mpsc::channel::<Waker>();
        let done = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&done);
        let other = thread::spawn(move || {
            let waker = receive.recv().expect("the loop sends it");
            done.store(true, Ordering::Relaxed);
            waker.wake();
        });
        let mut send = Some(send);
        block_on(async |event_loop| {
            let task = event_loop.spawn(poll_fn(move |context| {
                send_once(&mut send, context.waker());
                ready_if(seen.load(Ordering::Relaxed))
            }));
            task.await;
        });
        join(other);
    });
}

/// What arrives while a task is being polled leads to another poll: this one may have looked
/// before it arrived.
pub(crate) fn a_wake_up_during_a_poll_leads_to_another() {
    model::check(|| {
        let (send, receive) = mpsc::channel::<Waker>();
        let other = thread::spawn(move || receive.recv().expect("the loop sends it").wake());
        let mut send = Some(send);
        block_on(|_| {
            poll_fn(move |context| {
                let first = send_once(&mut send, context.waker());
                ready_if(!first)
            })
        });
        join(other);
    });
}

/// A task that is woken many times is polled once, as long as it was not polled in between.
pub(crate) fn wake_ups_before_a_poll_lead_to_one() {
    model::check(|| {
        let polls = Rc::new(Cell::new(0));
        let count = Rc::clone(&polls);
        let (send, receive) = mpsc::channel::<Waker>();
        let other = thread::spawn(move || {
            let waker = receive.recv().expect("the loop sends it");
            waker.wake_by_ref();
            waker.wake();
        });
        block_on(async |event_loop| {
            let task = event_loop.spawn(poll_fn(move |context| {
                count.set(count.get() + 1);
                if count.get() == 1 {
                    send.send(context.waker().clone()).expect("it is awaited");
                    context.waker().wake_by_ref();
                }
                ready_if(count.get() > 1)
            }));
            task.await;
            join(other);
            // Gives way, so that all is polled that is still queued.
            event_loop.sleep(Duration::ZERO).await;
        });
        assert_eq!(polls.get(), 2);

        // On one thread, so that nothing lies between the wake-ups.
        let polls = Rc::new(Cell::new(0));
        let count = Rc::clone(&polls);
        block_on(async |event_loop| {
            drop(event_loop.spawn(poll_fn(move |context| {
                count.set(count.get() + 1);
                if count.get() == 1 {
                    context.waker().wake_by_ref();
                    context.waker().wake_by_ref();
                }
                Poll::<()>::Pending
            })));
            for _ in 0..4 {
                event_loop.sleep(Duration::ZERO).await;
            }
        });
        assert!(polls.get() <= 2, "polled too often");
    });
}

/// Wake-ups of two tasks from two threads at the same time: each has its poll.
pub(crate) fn two_threads_wake_two_tasks() {
    model::check(|| {
        let threads = block_on(async |event_loop| {
            let (others, tasks): (Vec<_>, Vec<_>) = [(); 2]
                .map(|()| {
                    let (send, receive) = mpsc::channel::<Waker>();
                    let other =
                        thread::spawn(move || receive.recv().expect("the loop sends it").wake());
                    (other, event_loop.spawn(woken_once(send)))
                })
                .into_iter()
                .unzip();
            join_all(tasks).await;
            others
        });
        threads.into_iter().for_each(join);
    });
}

/// The loop waits for a timer; a wake-up that comes before the timer, or with it, is not lost. Time
/// does not flow here unless the wake-up was seen.
pub(crate) fn a_wake_up_beside_a_timer_is_not_lost() {
    model::check(|| {
        let (send, receive) = mpsc::channel::<Waker>();
        let other = thread::spawn(move || receive.recv().expect("the loop sends it").wake());
        block_on(async |event_loop| {
            drop(event_loop.spawn(sleep_twice(event_loop.clone())));
            event_loop.spawn(woken_once(send)).await;
        });
        join(other);
    });
}

/// A sleep is over at its time, spurious wake-ups or not.
pub(crate) fn a_sleep_ends_at_its_time_and_not_before() {
    model::check(|| {
        let sleeper = thread::spawn(|| {
            let start = Instant::now();
            block_on(async |event_loop| event_loop.sleep(SECOND).await);
            assert!(start.elapsed() >= SECOND, "woke too early");
        });
        let clock = time::flow();
        model::wake_for_nothing();
        join(sleeper);
        clock.stop();
    });
}

/// What a thread has worked out reaches the task that awaits it.
pub(crate) fn the_work_of_a_thread_arrives() {
    model::check(|| {
        assert_eq!(block_on(|_| in_thread(|| 42)), 42);
    });
}

/// A future may move from task to task: the waker of its latest poll is the one that is woken.
pub(crate) fn the_latest_waker_is_woken() {
    model::check(|| {
        block_on(async |event_loop| {
            moved(event_loop.sleep(Duration::ZERO)).await;
            moved(event_loop.spawn(async {})).await;
            moved(in_thread(|| ())).await;
        });
    });
}

/// A waker may be called when its task and its loop are gone.
pub(crate) fn a_waker_outlives_the_loop() {
    model::check(|| {
        let (send, receive) = mpsc::channel::<Waker>();
        let other = thread::spawn(move || {
            let waker = receive.recv().expect("the loop sends it");
            waker.wake_by_ref();
            waker.wake();
        });
        block_on(async |event_loop| {
            drop(event_loop.spawn(woken_once(send)));
            event_loop.sleep(Duration::ZERO).await; // ends with or without the other
        });
        join(other);
    });
}

/// Polls it elsewhere, and then awaits it here, unless it was ready.
async fn moved(future: impl Future<Output = ()>) {
    let mut future = pin!(future);
    let mut elsewhere = Context::from_waker(Waker::noop());
    if future.as_mut().poll(&mut elsewhere).is_pending() {
        future.await;
    }
}

/// Sends its waker, and is ready when it is polled for the second time.
async fn woken_once(send: mpsc::Sender<Waker>) {
    let mut send = Some(send);
    poll_fn(|context| {
        let first = send_once(&mut send, context.waker());
        ready_if(!first)
    })
    .await;
}

/// Whether it was the first time.
fn send_once(send: &mut Option<mpsc::Sender<Waker>>, waker: &Waker) -> bool {
    let first = send.take();
    if let Some(send) = &first {
        send.send(waker.clone()).expect("it is awaited");
    }
    first.is_some()
}

async fn sleep_twice(event_loop: EventLoop) {
    event_loop.sleep(SECOND).await;
    event_loop.sleep(SECOND).await;
}

fn ready_if(ready: bool) -> Poll<()> {
    if ready {
        Poll::Ready(())
    } else {
        Poll::Pending
    }
}

fn join(thread: thread::JoinHandle<()>) {
    thread.join().expect("a panic would have ended the model");
}
