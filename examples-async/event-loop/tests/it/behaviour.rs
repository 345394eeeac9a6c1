//! The event loop with real time and threads: order, timers, wake-ups, what is dropped and when.

use event_loop::{EventLoop, JoinHandle, Sleep, in_thread, join_all};
use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};
use testing::waits::moved;
use testing::waker::{Event, waker};
use testing::{child, watchdog};

const MOMENT: Duration = Duration::from_millis(10);
const FOREVER: Duration = Duration::MAX;

/// An event loop, its tasks and their handles stay on one thread: if one of them were `Send`, its
/// call would be ambiguous and would not compile.
const _: () = {
    trait AmbiguousIfSend<Marker> {
        fn check() {}
    }
    impl<T> AmbiguousIfSend<()> for T {}
    impl<T: Send> AmbiguousIfSend<u8> for T {}
    let _ = <EventLoop as AmbiguousIfSend<_>>::check;
    let _ = <Sleep as AmbiguousIfSend<_>>::check;
    let _ = <JoinHandle<u32> as AmbiguousIfSend<_>>::check;
};

/// As that of event-loop; a hang fails the test by name.
fn block_on<T>(main: impl AsyncFnOnce(EventLoop) -> T) -> T {
    let _limit = watchdog::limit();
    event_loop::block_on(main)
}

/// A list that the tasks of one thread append to.
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

/// Adds its number to the log when it is dropped.
struct LogsItsDrop(Log, usize);

impl Drop for LogsItsDrop {
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
fn a_ready_task_is_polled_once_and_a_sleeping_one_twice() {
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
fn tasks_start_in_spawning_order_and_not_before_an_await() {
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
fn timers_fire_in_deadline_order() {
    const TIMERS: u32 = 40;
    let log = Log::default();
    block_on(async |event_loop| {
        // Making them must take less time than there is between two deadlines.
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
fn the_longest_sleep_does_not_end() {
    block_on(async |event_loop| {
        let mut forever = pin!(event_loop.sleep(FOREVER));
        let mut context = Context::from_waker(Waker::noop());
        assert!(forever.as_mut().poll(&mut context).is_pending());
        event_loop.sleep(MOMENT).await;
        assert!(forever.as_mut().poll(&mut context).is_pending());
    });
}

#[test]
fn join_all_polls_all_futures_although_the_first_is_ready() {
    block_on(async |event_loop| {
        let futures = [Duration::ZERO, MOMENT].map(|duration| {
            let sleep = event_loop.sleep(duration);
            async move {
                if duration > Duration::ZERO {
                    sleep.await;
                }
            }
        });
        assert_eq!(join_all(futures).await.len(), 2);
    });
}

/// The first future is ready only after the second one was polled.
#[test]
fn join_all_polls_all_futures_although_the_first_is_pending() {
    let (polls, is_ready) = (Cell::new(0), Cell::new(false));
    let waits = poll_fn(|context| {
        polls.set(polls.get() + 1);
        assert!(polls.get() < 1_000, "the second future is not polled");
        if is_ready.get() {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    });
    let futures: [Pin<Box<dyn Future<Output = ()> + '_>>; 2] =
        [Box::pin(waits), Box::pin(async { is_ready.set(true) })];
    block_on(async |_| join_all(futures).await);
    assert_eq!(polls.get(), 2);
}

#[test]
fn sleeping_for_no_time_yields_once() {
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
        let mut sleep = Box::pin(event_loop.sleep(FOREVER));
        let poll = sleep.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(poll.is_pending());
        assert_eq!(Arc::strong_count(&unused), 3);
        drop(sleep);
        assert_eq!(
            Arc::strong_count(&unused),
            2,
            "the timer still owns its waker"
        );
    });
}

thread_local! {
    /// A waker must be `Send`, and a sleep is not. So the sleep of a waker is here.
    static ITS_SLEEP: RefCell<Option<Sleep>> = const { RefCell::new(None) };
}

/// Dropping a waker is code of others. Here it drops another sleep of the same event loop.
#[test]
fn a_waker_may_drop_another_sleep_when_it_is_dropped() {
    let test = "behaviour::a_waker_may_drop_another_sleep_when_it_is_dropped";
    // A panic in a waker may abort the process, without the name of a test.
    child::alone(test, &[], || {
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
                ITS_SLEEP.set(Some(event_loop.sleep(FOREVER)));
                let waker = Waker::from(Arc::new(DropsItsSleep));
                let mut sleep = Box::pin(event_loop.sleep(FOREVER));
                let poll = sleep.as_mut().poll(&mut Context::from_waker(&waker));
                assert!(poll.is_pending());
                drop(waker); // the timer owns the last clone
                if is_polled_again {
                    let poll = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                    assert!(poll.is_pending());
                } else {
                    drop(sleep);
                }
                assert!(ITS_SLEEP.take().is_none(), "the waker was not dropped");
            }
        });
    });
}

#[test]
fn a_sleep_that_moved_wakes_the_task_where_it_is() {
    block_on(async |event_loop| {
        let mut sleep = pin!(event_loop.sleep(MOMENT));
        let woken = moved(sleep.as_mut());
        event_loop.sleep(MOMENT).await; // ends after the other one
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

/// The timer is due immediately, but there is always a task in the inbox.
#[test]
fn a_timer_fires_although_another_task_is_always_ready() {
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

/// Waits for this many wake-ups by another thread.
async fn woken(times: u32, threads: mpsc::Sender<Waker>) {
    let mut left = times + 1;
    poll_fn(|context| {
        left -= 1;
        if left == 0 {
            return Poll::Ready(());
        }
        let sent = threads.send(context.waker().clone());
        sent.expect("the thread receives until all senders are dropped");
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
fn many_wake_ups_before_a_poll_lead_to_one_poll() {
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
    waker.wake(); // also after the end of its event loop
}

#[test]
fn finished_tasks_are_removed_and_may_be_woken() {
    block_on(async |event_loop| {
        let poll = || poll_fn(|context| Poll::Ready(context.waker().clone()));
        let wakers = join_all([(); 10].map(|()| event_loop.spawn(poll()))).await;
        assert_eq!(
            format!("{event_loop:?}"),
            "EventLoop { tasks: 0, timers: 0, .. }"
        );
        wakers.into_iter().for_each(Waker::wake);
        event_loop.sleep(Duration::ZERO).await;
    });
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
fn a_task_runs_on_without_its_handle() {
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
fn unfinished_tasks_are_dropped_in_order_after_the_main_one() {
    let log = Log::default();
    block_on(async |event_loop| {
        let _main = LogsItsDrop(log.clone(), 0);
        for number in 1..=3 {
            let (end, inner) = (LogsItsDrop(log.clone(), number), event_loop.clone());
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
            let end = LogsItsDrop(self.1.clone(), 1);
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
    let end = LogsItsDrop(log.clone(), 1);
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
fn a_nested_block_on_runs_a_new_loop_and_blocks() {
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
fn join_all_keeps_the_order_and_accepts_an_empty_list() {
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
fn other_tasks_run_while_a_thread_works() {
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
        go_on.send(()).unwrap(); // if the work blocked the loop, this line would not be reached
        task.await
    });
    assert_eq!(log.take(), [1]);
    assert_ne!(worked_in, thread::current().id());
}

#[test]
fn work_in_a_thread_starts_at_the_first_poll_and_goes_on_after_a_drop() {
    block_on(async |event_loop| {
        let (send, done) = mpsc::channel();
        let work = || {
            let send = send.clone();
            in_thread(move || send.send(()))
        };
        let never_polled = work();
        event_loop.sleep(MOMENT).await;
        assert!(done.try_recv().is_err(), "it started before its first poll");
        drop(never_polled);
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..100 {
            let mut dropped = Box::pin(work());
            let _ = dropped.as_mut().poll(&mut context);
        }
        drop(send);
        assert_eq!(done.iter().count(), 100);
    });
}

#[test]
#[should_panic(expected = "meant")]
fn a_panic_in_the_thread_reaches_the_task_that_awaits_it() {
    block_on(async |_| in_thread(|| panic!("meant")).await);
}

#[test]
#[cfg(target_os = "linux")]
fn waiting_uses_no_cpu_time() {
    const WAIT: Duration = Duration::from_millis(500);
    let before = testing::waits::cpu_ticks();
    block_on(async |event_loop| event_loop.sleep(WAIT).await);
    block_on(async |_| in_thread(|| thread::sleep(WAIT)).await);
    // Polling in a loop would use most of the 100 ticks.
    let used = testing::waits::cpu_ticks() - before;
    assert!(used < 5, "{used} of 100 hundredths of a second");
}

/// Panics when it is dropped.
struct PanicsInDrop(&'static str);

impl Drop for PanicsInDrop {
    fn drop(&mut self) {
        resume_unwind(Box::new(self.0));
    }
}

/// Spawns a task that keeps the value and never ends.
fn keep<T: 'static>(event_loop: &EventLoop, value: T) {
    let handle = event_loop.clone(); // a cycle, unless the event loop drops its tasks
    drop(event_loop.spawn(async move {
        let _kept = (handle, value);
        pending::<()>().await;
    }));
}

#[test]
fn all_tasks_are_dropped_although_destructors_panic() {
    let test = "behaviour::all_tasks_are_dropped_although_destructors_panic";
    // A panic too many would abort the process, without the name of a test.
    child::alone(test, &[], || {
        let log = Log::default();
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            block_on(async |event_loop| {
                keep(&event_loop, PanicsInDrop("first"));
                keep(&event_loop, LogsItsDrop(log.clone(), 1));
                keep(&event_loop, PanicsInDrop("second"));
                keep(&event_loop, LogsItsDrop(log.clone(), 2));
                event_loop.sleep(Duration::ZERO).await;
            });
        }));
        assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"first"));
        assert_eq!(log.take(), [1, 2]);
    });
}

#[test]
fn all_tasks_are_dropped_although_a_task_and_a_destructor_panic() {
    let test = "behaviour::all_tasks_are_dropped_although_a_task_and_a_destructor_panic";
    // A panic too many would abort the process, without the name of a test.
    child::alone(test, &[], || {
        let log = Log::default();
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            block_on(async |event_loop| {
                keep(&event_loop, PanicsInDrop("destructor"));
                keep(&event_loop, LogsItsDrop(log.clone(), 1));
                event_loop.sleep(Duration::ZERO).await;
                resume_unwind(Box::new("task"));
            });
        }));
        assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"task"));
        assert_eq!(log.take(), [1]);
    });
}

#[test]
fn spawning_after_the_end_drops_the_future() {
    let log = Log::default();
    let over = block_on(async |event_loop| event_loop);
    let handle = over.spawn(async {});
    keep(&over, LogsItsDrop(log.clone(), 1));
    assert_eq!(log.take(), [1]);
    let awaits = catch_unwind(AssertUnwindSafe(|| block_on(async |_| handle.await)));
    assert!(awaits.is_err(), "nobody runs the task");
}

#[test]
#[should_panic(expected = "the event loop of this sleep has ended")]
fn sleeping_after_the_end_panics() {
    let over = block_on(async |event_loop| event_loop);
    block_on(async |_| over.sleep(Duration::ZERO).await);
}

/// Other executors on this thread may wait for what belongs to an event loop. They learn of its end.
#[test]
fn the_end_wakes_code_outside_that_waits_for_a_task_or_a_timer() {
    let (send, woken) = mpsc::channel();
    let waker = waker(move |event| {
        if event == Event::Wake {
            let _ = send.send(()); // nobody receives it after the end of the test
        }
    });
    let mut context = Context::from_waker(&waker);
    let (mut handle, mut sleep) = block_on(async |event_loop| {
        let mut handle = Box::pin(event_loop.spawn(pending::<()>()));
        let mut sleep = Box::pin(event_loop.sleep(FOREVER));
        assert!(handle.as_mut().poll(&mut context).is_pending());
        assert!(sleep.as_mut().poll(&mut context).is_pending());
        (handle, sleep)
    });
    assert_eq!(woken.try_iter().count(), 2);
    let polled = catch_unwind(AssertUnwindSafe(|| handle.as_mut().poll(&mut context)));
    assert!(polled.is_err(), "the task is gone");
    let polled = catch_unwind(AssertUnwindSafe(|| sleep.as_mut().poll(&mut context)));
    assert!(polled.is_err(), "the timer is gone");
}

thread_local! {
    /// The event loop that a waker uses, for the same reason as `ITS_SLEEP`.
    static ITS_LOOP: RefCell<Option<EventLoop>> = const { RefCell::new(None) };
}

/// Spawns a task, and starts and drops a sleep, on the event loop of this thread.
fn use_the_event_loop() {
    if let Some(event_loop) = ITS_LOOP.with_borrow(Option::clone) {
        drop(event_loop.spawn(ready(())));
        let mut sleep = Box::pin(event_loop.sleep(FOREVER));
        assert!(
            sleep
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending()
        );
        assert!(format!("{event_loop:?}").starts_with("EventLoop"));
    }
}

#[test]
fn a_waker_may_use_the_event_loop_when_it_is_cloned_called_or_dropped() {
    let test = "behaviour::a_waker_may_use_the_event_loop_when_it_is_cloned_called_or_dropped";
    // A panic in a waker may abort the process, without the name of a test.
    child::alone(test, &[], || {
        for uses_at in [Event::Clone, Event::Wake, Event::Drop] {
            let uses = Rc::new(Cell::new(0));
            block_on(async |event_loop| {
                ITS_LOOP.set(Some(event_loop.clone()));
                let count = Arc::new(AtomicU32::new(0));
                let counts = Arc::clone(&count);
                let foreign = waker(move |event| {
                    if event == uses_at {
                        counts.fetch_add(1, Ordering::Relaxed);
                        use_the_event_loop();
                    }
                });
                let mut context = Context::from_waker(&foreign);
                let mut handle = pin!(event_loop.spawn(ready(7)));
                let mut sleep = pin!(event_loop.sleep(Duration::ZERO));
                let mut dropped = Box::pin(event_loop.sleep(FOREVER));
                for _ in 0..2 {
                    assert!(handle.as_mut().poll(&mut context).is_pending());
                    assert!(sleep.as_mut().poll(&mut context).is_pending());
                    assert!(dropped.as_mut().poll(&mut context).is_pending());
                }
                drop(dropped);
                event_loop.sleep(MOMENT).await; // the other two are ready after it
                assert!(handle.as_mut().poll(&mut context).is_ready());
                assert!(sleep.as_mut().poll(&mut context).is_ready());
                uses.set(count.load(Ordering::Relaxed));
                ITS_LOOP.take();
            });
            assert!(uses.get() >= 2, "{uses_at:?}: {} times", uses.get());
        }
    });
}

thread_local! {
    /// What a waker polls when it is called, for the same reason as `ITS_SLEEP`.
    static ITS_FUTURE: RefCell<Option<Pin<Box<dyn Future<Output = u32>>>>> = const { RefCell::new(None) };
}

/// Calling a waker is code of others, which may poll immediately. The output must be there by then.
#[test]
fn an_output_is_there_before_the_waker_is_called() {
    let (send, polled) = mpsc::channel();
    let polls = waker(move |event| {
        if event == Event::Wake {
            let mut future = ITS_FUTURE.take().expect("a waker is called once");
            let poll = future
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()));
            let _ = send.send(poll); // the test receives it
        }
    });
    block_on(async |event_loop| {
        let mut handle = Box::pin(event_loop.spawn(ready(7)));
        let mut context = Context::from_waker(&polls);
        assert!(handle.as_mut().poll(&mut context).is_pending());
        ITS_FUTURE.set(Some(handle));
        event_loop.sleep(Duration::ZERO).await; // the task runs before
        assert_eq!(polled.try_recv(), Ok(Poll::Ready(7)));
    });
}

#[test]
fn debug_shows_counts_and_asks_nothing_of_the_output() {
    struct NotDebug;
    block_on(async |event_loop| {
        let handle: JoinHandle<NotDebug> = event_loop.spawn(async { NotDebug });
        let mut sleep = Box::pin(event_loop.sleep(FOREVER));
        assert!(
            sleep
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending()
        );
        assert_eq!(
            format!("{event_loop:?}"),
            "EventLoop { tasks: 1, timers: 1, .. }"
        );
        assert_eq!(format!("{handle:?}"), "JoinHandle { .. }");
        assert!(format!("{sleep:?}").starts_with("Sleep { deadline: Instant {"));
    });
}
