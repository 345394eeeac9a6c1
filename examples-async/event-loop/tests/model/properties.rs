//! The properties of the event loop. loom runs each in every order of its steps. Where a property says
//! so, it runs the orders with at most 3 preemptions: a thread that could go on is interrupted.

use super::event_loop::{EventLoop, block_on, in_thread, join_all};
use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::mem;
use std::pin::pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{self, Duration, Instant};
use testing::waker::{Event, waker};

const SECOND: Duration = Duration::from_secs(1);

/// A task that waits for another thread is polled again after that thread wakes it, at whatever
/// moment, and sees all writes that the thread made before, even relaxed ones.
pub(crate) fn no_wake_up_from_another_thread_is_lost() {
    model::check(|| {
        let (send, receive) = mpsc::channel::<Waker>();
        let done = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&done);
        let other = thread::spawn(move || {
            let waker = receive.recv().expect("the task sends it");
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

/// A wake-up during a poll leads to another poll, because the first one may have missed what the
/// wake-up is about.
pub(crate) fn a_wake_up_during_a_poll_leads_to_another_poll() {
    model::check(|| {
        let (send, receive) = mpsc::channel::<Waker>();
        let other = thread::spawn(move || receive.recv().expect("the task sends it").wake());
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

/// A task that is woken several times before its next poll is polled once.
pub(crate) fn wake_ups_before_a_poll_lead_to_one_poll() {
    model::check(|| {
        let polls = Rc::new(Cell::new(0));
        let count = Rc::clone(&polls);
        let (send, receive) = mpsc::channel::<Waker>();
        let other = thread::spawn(move || {
            let waker = receive.recv().expect("the task sends it");
            waker.wake_by_ref();
            waker.wake();
        });
        block_on(async |event_loop| {
            let task = event_loop.spawn(poll_fn(move |context| {
                count.set(count.get() + 1);
                if count.get() == 1 {
                    send.send(context.waker().clone())
                        .expect("the other thread receives it");
                    context.waker().wake_by_ref();
                }
                ready_if(count.get() > 1)
            }));
            task.await;
            join(other);
            // Yields, so that all queued tasks are polled.
            event_loop.sleep(Duration::ZERO).await;
        });
        assert_eq!(polls.get(), 2);

        // On one thread, so that nothing happens between the wake-ups.
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

/// Two threads wake two tasks at the same time. Both tasks are polled (within 3 preemptions).
pub(crate) fn two_threads_wake_two_tasks() {
    model::check_within(3, || {
        let threads = block_on(async |event_loop| {
            let (others, tasks): (Vec<_>, Vec<_>) = [(); 2]
                .map(|()| {
                    let (send, receive) = mpsc::channel::<Waker>();
                    let other =
                        thread::spawn(move || receive.recv().expect("the task sends it").wake());
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

/// Two threads wake the same task. Both wake-ups count: its last poll sees the writes of both
/// threads, even relaxed ones (within 3 preemptions).
pub(crate) fn two_threads_wake_one_task() {
    model::check_within(3, || {
        let done = Arc::new(AtomicUsize::new(0));
        let threads = block_on(async |event_loop| {
            let mut threads = Vec::new();
            let task = event_loop.spawn(poll_fn(move |context| {
                if threads.is_empty() {
                    threads.extend([(); 2].map(|()| wakes(&done, context.waker())));
                }
                if done.load(Ordering::Relaxed) == 2 {
                    Poll::Ready(mem::take(&mut threads))
                } else {
                    Poll::Pending
                }
            }));
            task.await
        });
        threads.into_iter().for_each(join);
    });
}

/// A thread that increments `done` and then calls the waker.
fn wakes(done: &Arc<AtomicUsize>, waker: &Waker) -> thread::JoinHandle<()> {
    let (done, waker) = (Arc::clone(done), waker.clone());
    thread::spawn(move || {
        done.fetch_add(1, Ordering::Relaxed);
        waker.wake();
    })
}

/// Two threads work for two tasks at the same time. Each task gets its own result.
pub(crate) fn the_results_of_two_threads_arrive() {
    model::check(|| {
        let results = block_on(async |event_loop| {
            let tasks = [1, 2].map(|number| event_loop.spawn(in_thread(move || number)));
            join_all(tasks).await
        });
        assert_eq!(results, [1, 2]);
    });
}

/// Two event loops on two threads each wait for a wake-up from the other (within 3 preemptions).
pub(crate) fn two_event_loops_wake_each_other() {
    model::check_within(3, || {
        let (to_ours, ours) = mpsc::channel::<Waker>();
        let (to_theirs, theirs) = mpsc::channel::<Waker>();
        let other = thread::spawn(move || exchange(to_ours, theirs));
        exchange(to_theirs, ours);
        join(other);
    });
}

/// Sends the waker of a task of this event loop, and calls the one that it receives.
fn exchange(send: mpsc::Sender<Waker>, receive: mpsc::Receiver<Waker>) {
    block_on(async |event_loop| {
        let waits = event_loop.spawn(woken_once(send));
        let wakes = event_loop.spawn(async move {
            receive.recv().expect("the other task sends it").wake();
        });
        join_all([waits, wakes]).await;
    });
}

/// Cloning and dropping a waker is code of others. It may wait until the thread behind `in_thread`
/// has called the waker that is registered at that time.
pub(crate) fn a_waker_may_wait_for_the_thread_that_calls_it() {
    for waits_at in [Event::Clone, Event::Drop] {
        model::check(move || {
            let called = Arc::new(Called::default());
            let hook = Arc::clone(&called);
            let task = waker(move |event| match event {
                Event::Wake => hook.set(),
                _ if event == waits_at => hook.wait_if_armed(),
                _ => {}
            });
            let mut work = pin!(in_thread(|| 42));
            let mut poll = || work.as_mut().poll(&mut Context::from_waker(&task));
            if poll().is_pending() {
                called.arm(true);
                let second = poll();
                called.arm(false);
                if second.is_pending() {
                    assert_eq!(block_on(async |_| work.await), 42);
                } else {
                    called.wait();
                }
            }
        });
    }
}

/// Calling a waker is code of others, too. It may wait until the task has been polled again.
pub(crate) fn a_waker_may_wait_for_the_next_poll() {
    model::check(|| {
        let [called, polled, returned] = [(); 3].map(|()| Arc::new(Called::default()));
        let (calls, waits, returns) = (called.clone(), polled.clone(), returned.clone());
        let task = waker(move |event| {
            if event == Event::Wake {
                calls.set();
                waits.wait();
                returns.set();
            }
        });
        let mut work = pin!(in_thread(|| 42));
        let mut poll = || work.as_mut().poll(&mut Context::from_waker(&task));
        if poll().is_pending() {
            called.wait();
            assert!(poll().is_ready());
            polled.set();
            returned.wait();
        }
    });
}

/// Whether a waker was called, and whether its code waits for that.
#[derive(Default)]
struct Called {
    state: Mutex<(bool, bool)>,
    changed: Condvar,
}

impl Called {
    fn set(&self) {
        let mut state = self.state.lock().expect("nobody panics");
        state.0 = true;
        self.changed.notify_all();
    }

    fn arm(&self, armed: bool) {
        self.state.lock().expect("nobody panics").1 = armed;
    }

    fn wait_if_armed(&self) {
        let armed = mem::take(&mut self.state.lock().expect("nobody panics").1);
        if armed {
            self.wait();
        }
    }

    fn wait(&self) {
        let mut state = self.state.lock().expect("nobody panics");
        while !state.0 {
            state = self.changed.wait(state).expect("nobody panics");
        }
    }
}

/// A wake-up that arrives before a timer fires, or at the same time, is not lost. The clock does
/// not move here until the wake-up was noticed.
pub(crate) fn a_wake_up_beside_a_timer_is_not_lost() {
    model::check(|| {
        let (send, receive) = mpsc::channel::<Waker>();
        let other = thread::spawn(move || receive.recv().expect("the task sends it").wake());
        block_on(async |event_loop| {
            drop(event_loop.spawn(sleep_twice(event_loop.clone())));
            event_loop.spawn(woken_once(send)).await;
        });
        join(other);
    });
}

/// A sleep ends at its deadline and not before, also with spurious wake-ups (within 3
/// preemptions).
pub(crate) fn a_sleep_ends_at_its_time_and_not_before() {
    model::check_within(3, || {
        let sleeper = thread::spawn(|| {
            let start = Instant::now();
            block_on(async |event_loop| event_loop.sleep(SECOND).await);
            assert!(start.elapsed() >= SECOND, "woke too early");
        });
        let clock = time::flow();
        model::wake_spuriously();
        join(sleeper);
        clock.stop();
    });
}

/// Two timers are made in the same moment, because the clock stands still. The one that was made
/// first fires first, although the other one is polled first.
pub(crate) fn timers_of_one_deadline_fire_in_the_order_in_which_they_were_made() {
    model::check(|| {
        let order = Rc::new(RefCell::new(Vec::new()));
        block_on(async |event_loop| {
            let sleeps = [1, 2].map(|number| (number, event_loop.sleep(SECOND)));
            let tasks = sleeps.into_iter().rev().map(|(number, sleep)| {
                let order = Rc::clone(&order);
                event_loop.spawn(async move {
                    sleep.await;
                    order.borrow_mut().push(number);
                })
            });
            let tasks: Vec<_> = tasks.collect();
            in_thread(|| ()).await; // at any moment
            event_loop.sleep(Duration::ZERO).await; // both are polled meanwhile
            time::pass(SECOND);
            join_all(tasks).await;
        });
        assert_eq!(*order.borrow(), [1, 2], "order of the timers");
    });
}

/// The result of a thread reaches the task that awaits it.
pub(crate) fn the_result_of_a_thread_arrives() {
    model::check(|| {
        assert_eq!(block_on(|_| in_thread(|| 42)), 42);
    });
}

/// A future may be polled by one task and then by another: the latest waker is called.
pub(crate) fn the_latest_waker_is_woken() {
    model::check(|| {
        block_on(async |event_loop| {
            moved(event_loop.sleep(Duration::ZERO)).await;
            moved(event_loop.spawn(async {})).await;
            moved(in_thread(|| ())).await;
        });
    });
}

/// A waker may be called after its task and its event loop are gone.
pub(crate) fn a_waker_outlives_the_loop() {
    model::check(|| {
        let (send, receive) = mpsc::channel::<Waker>();
        let other = thread::spawn(move || {
            let waker = receive.recv().expect("the task sends it");
            waker.wake_by_ref();
            waker.wake();
        });
        block_on(async |event_loop| {
            drop(event_loop.spawn(woken_once(send)));
            event_loop.sleep(Duration::ZERO).await; // the main task ends whether or not the other task does
        });
        join(other);
    });
}

/// Polls the future with another waker first. Then awaits it, unless it was ready.
async fn moved(future: impl Future<Output = ()>) {
    let mut future = pin!(future);
    let mut elsewhere = Context::from_waker(Waker::noop());
    if future.as_mut().poll(&mut elsewhere).is_pending() {
        future.await;
    }
}

/// Sends its waker, and is ready at the second poll.
async fn woken_once(send: mpsc::Sender<Waker>) {
    let mut send = Some(send);
    poll_fn(|context| {
        let first = send_once(&mut send, context.waker());
        ready_if(!first)
    })
    .await;
}

/// Whether this was the first call.
fn send_once(send: &mut Option<mpsc::Sender<Waker>>, waker: &Waker) -> bool {
    let first = send.take();
    if let Some(send) = &first {
        send.send(waker.clone())
            .expect("the other thread receives it");
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
