//! The loop with real time and threads: order, timers, wake-ups, what is dropped and when.

use event_loop::{EventLoop, Sleep, block_on, in_thread, join_all};
use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};
use testing::waits::moved;

const MOMENT: Duration = Duration::from_millis(10);
const FOR_EVER: Duration = Duration::MAX;

/// A list that tasks of one thread write to.
#[derive(Clone, Default)]
struct Log(Rc<RefCell<Vec<usize>>>);

impl Log {
    fn add(&self, number: usize) {
        self.0.borrow_mut().push(number);
    }

    fn take(&self) -> Vec<usize> {
        self.0.take()
    }
}

/// Notes its number when it is dropped.
struct NotesItsEnd(Log, usize);

impl Drop for NotesItsEnd {
    fn drop(&mut self) {
        self.0.add(self.1);
    }
}

/// Counts how often the future is polled.
async fn counted<F: Future>(polls: Rc<Cell<u32>>, future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| {
        polls.set(polls.get() + 1);
        future.as_mut().poll(context)
    })
    .await
}

#[test]
fn what_is_ready_needs_one_poll_and_what_sleeps_two() {
    block_on(async |event_loop| {
        for (expected, waits) in [(1, false), (2, true)] {
            let polls = Rc::new(Cell::new(0));
            let sleep = event_loop.sleep(MOMENT);
            let task = async move {
                if waits {
                    sleep.await;
                }
            };
            event_loop.spawn(counted(Rc::clone(&polls), task)).await;
            assert_eq!(polls.get(), expected);
        }
    });
}

#[test]
fn tasks_start_in_the_order_of_their_spawning_and_not_before_an_await() {
    let log = Log::default();
    block_on(async |event_loop| {
        let tasks: Vec<_> = (0..5)
            .map(|number| {
                let log = log.clone();
                event_loop.spawn(async move { log.add(number) })
            })
            .collect();
        assert!(log.take().is_empty());
        join_all(tasks).await;
    });
    assert_eq!(log.take(), [0, 1, 2, 3, 4]);
}

#[test]
fn timers_are_over_in_the_order_of_their_deadlines() {
    const TIMERS: u32 = 40;
    let log = Log::default();
    block_on(async |event_loop| {
        // If making them took longer than the step between two, their order would be another.
        let sleeps = loop {
            let start = Instant::now();
            let places = (0..TIMERS).map(|number| number * 17 % TIMERS);
            let sleeps = places.map(|place| (place as usize, event_loop.sleep(MOMENT * place)));
            let sleeps: Vec<_> = sleeps.collect();
            if start.elapsed() < MOMENT {
                break sleeps;
            }
        };
        let tasks = sleeps.into_iter().map(|(place, sleep)| {
            let log = log.clone();
            event_loop.spawn(async move {
                sleep.await;
                log.add(place);
            })
        });
        join_all(tasks).await;
    });
    assert_eq!(log.take(), Vec::from_iter(0..40));
}

#[test]
fn a_sleep_is_not_shorter_than_asked() {
    let start = Instant::now();
    block_on(async |event_loop| event_loop.sleep(MOMENT).await);
    assert!(start.elapsed() >= MOMENT);
}

#[test]
fn sleeping_for_no_time_gives_way_once() {
    let log = Log::default();
    block_on(async |event_loop| {
        let tasks = [0, 1].map(|number| {
            let (log, timers) = (log.clone(), event_loop.clone());
            event_loop.spawn(async move {
                for _ in 0..3 {
                    log.add(number);
                    timers.sleep(Duration::ZERO).await;
                }
            })
        });
        join_all(tasks).await;
    });
    assert_eq!(log.take(), [0, 1, 0, 1, 0, 1]);
}

#[test]
fn a_dropped_sleep_leaves_no_timer() {
    struct Unused;
    impl Wake for Unused {
        fn wake(self: Arc<Self>) {}
    }
    let unused = Arc::new(Unused);
    let waker = Waker::from(Arc::clone(&unused));
    block_on(async |event_loop| {
        let mut sleep = Box::pin(event_loop.sleep(FOR_EVER));
        let poll = sleep.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(poll.is_pending());
        assert_eq!(Arc::strong_count(&unused), 3);
        drop(sleep);
        assert_eq!(Arc::strong_count(&unused), 2, "the timer keeps its waker");
    });
}

thread_local! {
    /// One that belongs to a waker; it is out of the way of `Send`, which a waker has to be.
    static ITS_SLEEP: RefCell<Option<Sleep>> = const { RefCell::new(None) };
}

/// A waker is anybody's, and so is what its end entails: here that of another sleep.
#[test]
fn a_waker_may_drop_another_sleep_when_it_is_dropped() {
    struct DropsItsSleep;
    impl Wake for DropsItsSleep {
        fn wake(self: Arc<Self>) {}
    }
    impl Drop for DropsItsSleep {
        fn drop(&mut self) {
            drop(ITS_SLEEP.take());
        }
    }
    block_on(async |event_loop| {
        for is_polled_again in [true, false] {
            ITS_SLEEP.set(Some(event_loop.sleep(FOR_EVER)));
            let waker = Waker::from(Arc::new(DropsItsSleep));
            let mut sleep = Box::pin(event_loop.sleep(FOR_EVER));
            let poll = sleep.as_mut().poll(&mut Context::from_waker(&waker));
            assert!(poll.is_pending());
            drop(waker); // the timer has the last one
            if is_polled_again {
                let poll = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                assert!(poll.is_pending());
            } else {
                drop(sleep);
            }
            assert!(ITS_SLEEP.take().is_none(), "the waker is still there");
        }
    });
}

#[test]
fn a_sleep_that_moved_wakes_the_task_where_it_is() {
    block_on(async |event_loop| {
        let mut sleep = pin!(event_loop.sleep(MOMENT));
        let woken = moved(sleep.as_mut());
        event_loop.sleep(MOMENT).await; // is over after the other one
        assert_eq!(woken.try_iter().collect::<Vec<_>>(), ["second"]);
        sleep.await;
    });
}

#[test]
fn a_handle_that_moved_wakes_the_task_where_it_is() {
    block_on(async |event_loop| {
        let mut handle = pin!(event_loop.spawn(ready(7)));
        let woken = moved(handle.as_mut());
        event_loop.sleep(Duration::ZERO).await;
        assert_eq!(woken.try_iter().collect::<Vec<_>>(), ["second"]);
        assert_eq!(handle.await, 7);
    });
}

#[test]
fn work_in_a_thread_that_moved_wakes_the_task_where_it_is() {
    block_on(async |_| {
        let (go_on, wait) = mpsc::channel();
        let mut work = pin!(in_thread(move || wait.recv()));
        let woken = moved(work.as_mut());
        go_on.send(7).unwrap();
        assert_eq!(woken.recv(), Ok("second"));
        assert_eq!(work.await, Ok(7));
    });
}

/// It is due at once, but there is always somebody in the inbox.
#[test]
fn a_timer_is_over_though_another_task_is_always_ready() {
    let polls = Rc::new(Cell::new(0));
    let count = Rc::clone(&polls);
    block_on(async |event_loop| {
        drop(event_loop.spawn(poll_fn(move |context| {
            count.set(count.get() + 1);
            assert!(count.get() < 1_000, "the timer waits for the inbox");
            context.waker().wake_by_ref();
            Poll::<()>::Pending
        })));
        event_loop.sleep(Duration::ZERO).await;
    });
    assert!((1..3).contains(&polls.get()), "{} polls", polls.get());
}

#[test]
fn thousands_of_tasks_sleep_at_the_same_time() {
    let count = Rc::new(Cell::new(0));
    block_on(async |event_loop| {
        let tasks: Vec<_> = (0..10_000)
            .map(|_| {
                let (count, sleep) = (Rc::clone(&count), event_loop.sleep(MOMENT));
                event_loop.spawn(async move {
                    sleep.await;
                    count.set(count.get() + 1);
                })
            })
            .collect();
        for task in tasks {
            task.await;
        }
    });
    assert_eq!(count.get(), 10_000);
}

/// Is woken by another thread, whose wake-ups it counts down.
async fn woken(times: u32, threads: mpsc::Sender<Waker>) {
    let mut left = times + 1;
    poll_fn(|context| {
        left -= 1;
        if left == 0 {
            return Poll::Ready(());
        }
        let sent = threads.send(context.waker().clone());
        sent.expect("the thread takes wakers to the end");
        Poll::Pending
    })
    .await;
}

#[test]
fn thousands_of_tasks_are_woken_by_other_threads() {
    let (senders, threads): (Vec<_>, Vec<_>) = (0..4)
        .map(|_| {
            let (send, receive) = mpsc::channel::<Waker>();
            (
                send,
                thread::spawn(move || receive.iter().for_each(Waker::wake)),
            )
        })
        .unzip();
    block_on(async |event_loop| {
        let tasks: Vec<_> = (0..4_000)
            .map(|task| event_loop.spawn(woken(5, senders[task % 4].clone())))
            .collect();
        for task in tasks {
            task.await;
        }
    });
    drop(senders);
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn many_wake_ups_before_a_poll_lead_to_one() {
    block_on(async |event_loop| {
        let polls = Rc::new(Cell::new(0));
        let shared = Rc::new(RefCell::new(None::<Waker>));
        let leaves = Rc::clone(&shared);
        let never = poll_fn(move |context| {
            *leaves.borrow_mut() = Some(context.waker().clone());
            Poll::<()>::Pending
        });
        drop(event_loop.spawn(counted(Rc::clone(&polls), never)));
        event_loop.sleep(Duration::ZERO).await;
        assert_eq!(polls.get(), 1);

        let waker = shared.borrow().clone().unwrap();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1_000).for_each(|_| waker.wake_by_ref()));
            }
        });
        for _ in 0..3 {
            event_loop.sleep(Duration::ZERO).await;
        }
        assert_eq!(polls.get(), 2);
    });
}

#[test]
fn a_finished_task_may_be_woken() {
    let waker = block_on(async |event_loop| {
        let waker = event_loop
            .spawn(poll_fn(|context| Poll::Ready(context.waker().clone())))
            .await;
        waker.wake_by_ref();
        event_loop.sleep(Duration::ZERO).await;
        waker
    });
    waker.wake(); // so may one whose loop is gone
}

#[test]
fn tasks_spawn_tasks() {
    fn depth(event_loop: &EventLoop, left: u32) -> event_loop::JoinHandle<u32> {
        let inner = event_loop.clone();
        event_loop.spawn(async move {
            match left {
                0 => 0,
                _ => 1 + depth(&inner, left - 1).await,
            }
        })
    }
    assert_eq!(
        block_on(async |event_loop| depth(&event_loop, 1_000).await),
        1_000
    );
}

#[test]
fn a_task_goes_on_without_its_handle() {
    let log = Log::default();
    block_on(async |event_loop| {
        let (sleep, note) = (event_loop.sleep(MOMENT), log.clone());
        drop(event_loop.spawn(async move {
            sleep.await;
            note.add(1);
        }));
        event_loop.sleep(MOMENT * 2).await;
    });
    assert_eq!(log.take(), [1]);
}

#[test]
fn tasks_that_are_not_done_are_dropped_after_the_main_one_in_order() {
    let log = Log::default();
    block_on(async |event_loop| {
        let _main = NotesItsEnd(log.clone(), 0);
        for number in 1..=3 {
            let (end, inner) = (NotesItsEnd(log.clone(), number), event_loop.clone());
            drop(event_loop.spawn(async move {
                let (_end, _inner) = (end, inner);
                pending::<()>().await;
            }));
        }
        event_loop.sleep(Duration::ZERO).await;
    });
    assert_eq!(log.take(), [0, 1, 2, 3]);
}

#[test]
fn a_task_that_is_spawned_while_the_others_are_dropped_is_dropped_too() {
    struct Spawns(EventLoop, Log);
    impl Drop for Spawns {
        fn drop(&mut self) {
            let end = NotesItsEnd(self.1.clone(), 1);
            drop(self.0.spawn(async move { drop(end) }));
        }
    }
    let log = Log::default();
    block_on(async |event_loop| {
        let spawns = Spawns(event_loop.clone(), log.clone());
        drop(event_loop.spawn(async move {
            let _spawns = spawns;
            pending::<()>().await;
        }));
        event_loop.sleep(Duration::ZERO).await;
    });
    assert_eq!(log.take(), [1]);
}

#[test]
fn a_panic_in_a_task_ends_the_loop_and_drops_the_others() {
    let log = Log::default();
    let end = NotesItsEnd(log.clone(), 1);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        block_on(async |event_loop| {
            drop(event_loop.spawn(async move {
                let _end = end;
                pending::<()>().await;
            }));
            drop(event_loop.spawn(async { panic!("meant") }));
            pending::<()>().await;
        });
    }));
    assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"meant"));
    assert_eq!(log.take(), [1]);
}

#[test]
#[should_panic(expected = "the task was dropped")]
fn awaiting_a_task_that_was_dropped_with_its_loop_panics() {
    let handle = block_on(async |event_loop| event_loop.spawn(pending::<()>()));
    block_on(async |_| handle.await);
}

#[test]
fn an_output_outlives_the_loop() {
    let mut handle = None;
    block_on(async |event_loop| {
        handle = Some(event_loop.spawn(ready(7)));
        event_loop.sleep(Duration::ZERO).await;
    });
    assert_eq!(block_on(async |_| handle.unwrap().await), 7);
}

#[test]
fn a_loop_within_a_task_is_a_loop_of_its_own_and_blocks() {
    let log = Log::default();
    block_on(async |outer| {
        let (note, other) = (log.clone(), log.clone());
        let task = outer.spawn(async move {
            block_on(async |inner| inner.sleep(MOMENT).await);
            note.add(1);
        });
        let waits = outer.spawn(async move { other.add(2) });
        join_all([task, waits]).await;
    });
    assert_eq!(log.take(), [1, 2]);
}

#[test]
fn join_all_keeps_the_order_and_bears_nothing() {
    block_on(async |event_loop| {
        let sleeps = [3, 1, 2].map(|number| {
            let sleep = event_loop.sleep(MOMENT * number);
            async move {
                sleep.await;
                number
            }
        });
        assert_eq!(join_all(sleeps).await, [3, 1, 2]);
        assert!(
            join_all(Vec::<std::future::Ready<u8>>::new())
                .await
                .is_empty()
        );
    });
}

#[test]
fn the_loop_goes_on_while_a_thread_works() {
    let log = Log::default();
    let worked_in = block_on(async |event_loop| {
        let (go_on, wait) = mpsc::channel();
        let work = in_thread(move || {
            wait.recv().unwrap();
            thread::current().id()
        });
        let task = event_loop.spawn(work);
        event_loop.sleep(MOMENT).await;
        log.add(1);
        go_on.send(()).unwrap(); // if the work held the loop up, nobody would get here
        task.await
    });
    assert_eq!(log.take(), [1]);
    assert_ne!(worked_in, thread::current().id());
}

#[test]
#[should_panic(expected = "meant")]
fn a_panic_in_the_thread_reaches_who_awaits_it() {
    block_on(async |_| in_thread(|| panic!("meant")).await);
}

#[test]
#[cfg(target_os = "linux")]
fn who_waits_uses_no_cpu() {
    const WAIT: Duration = Duration::from_millis(500);
    let before = testing::waits::cpu_ticks();
    block_on(async |event_loop| event_loop.sleep(WAIT).await);
    block_on(async |_| in_thread(|| thread::sleep(WAIT)).await);
    // A loop that asked again and again would use most of the 100.
    let used = testing::waits::cpu_ticks() - before;
    assert!(used < 5, "{used} of 100 hundredths of a second");
}
