//! The order of events in virtual time, the shutdown, and that no accepted command is lost.

use async_select::Event::{Closed, Command, Shutdown, Tick};
use async_select::{Log, serve};
use std::future::{pending, poll_fn, ready};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;
use testing::watchdog;
use tokio::runtime;
use tokio::sync::{mpsc, oneshot};
use virtual_time::{run, sleep};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn events_are_logged_in_the_order_of_their_times() {
    let _limit = watchdog::limit();
    let (log, time) = run(async {
        let (send, commands) = mpsc::channel(1);
        tokio::spawn(async move {
            for number in [1, 2, 3, 4] {
                sleep(ms(40)).await;
                send.send(number).await.expect("it is being served");
            }
            sleep(ms(1_000)).await;
        });
        serve(commands, ms(100), sleep(ms(210))).await
    })
    .expect("a runtime");
    let expected = [
        Command(1),
        Command(2),
        Tick,
        Command(3),
        Command(4),
        Tick,
        Shutdown,
    ];
    assert_eq!((log, time), (expected.to_vec(), ms(210)));
}

/// All three are ready in the same turn: the clock advances while `serve` is not polled.
#[test]
fn shutdown_comes_before_tick_and_tick_before_command() {
    let _limit = watchdog::limit();
    let (log, _) = run(async {
        let (send, commands) = mpsc::channel(8);
        let (stop, stopped) = oneshot::channel::<()>();
        let mut served = pin!(serve(commands, ms(10), async { _ = stopped.await }));
        assert!(poll_once(served.as_mut()).await.is_pending());
        sleep(ms(10)).await; // the tick is due
        send.try_send(1).expect("there is capacity");
        assert!(poll_once(served.as_mut()).await.is_pending());
        sleep(ms(10)).await;
        send.try_send(2).expect("there is capacity");
        drop(stop);
        served.await
    })
    .expect("a runtime");
    assert_eq!(log, [Tick, Command(1), Shutdown, Command(2)]);
}

#[test]
fn ticks_that_were_missed_do_not_come_in_a_burst() {
    let _limit = watchdog::limit();
    let (log, time) = run(async {
        let (_send, commands) = mpsc::channel::<u32>(1);
        let mut served = pin!(serve(commands, ms(10), sleep(ms(50))));
        assert!(poll_once(served.as_mut()).await.is_pending());
        sleep(ms(35)).await; // three ticks are due
        served.await
    })
    .expect("a runtime");
    assert_eq!((log, time), (vec![Tick, Tick, Shutdown], ms(50)));
}

async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}

#[test]
fn after_the_shutdown_queued_commands_are_handled_and_new_ones_refused() {
    let _limit = watchdog::limit();
    let (log, refused) = run(async {
        let (send, commands) = mpsc::channel(8);
        send.try_send(1).expect("there is capacity");
        send.try_send(2).expect("there is capacity");
        let log = serve(commands, ms(100), ready(())).await;
        (log, send.send(3).await.is_err())
    })
    .expect("a runtime")
    .0;
    assert_eq!(log, [Shutdown, Command(1), Command(2)]);
    assert!(refused);
}

#[test]
fn a_reserved_place_is_waited_for() {
    let _limit = watchdog::limit();
    let (log, time) = run(async {
        let (send, commands) = mpsc::channel(8);
        let place = send.clone().reserve_owned().await.expect("it is open");
        tokio::spawn(async move {
            sleep(ms(30)).await;
            place.send(7);
        });
        serve(commands, ms(100), ready(())).await
    })
    .expect("a runtime");
    assert_eq!((log, time), (vec![Shutdown, Command(7)], ms(30)));
}

#[test]
fn a_closed_channel_ends_it_without_spinning() {
    watchdog::assert_ends(|| {
        let (log, time) = run(async {
            let (send, commands) = mpsc::channel(8);
            send.try_send(1).expect("there is capacity");
            drop(send);
            serve(commands, ms(100), pending()).await
        })
        .expect("a runtime");
        assert_eq!((log, time), (vec![Command(1), Closed], ms(0)));
    });
}

/// Four tasks send until they are refused, on two threads. What was accepted is logged, in order.
#[test]
fn every_accepted_command_is_handled_whenever_the_shutdown_comes() {
    watchdog::assert_ends(|| {
        for after in [0, 1, 10, 1_000] {
            let runtime = runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_time()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let (send, commands) = mpsc::channel(3);
                let (stop, stopped) = oneshot::channel();
                let mut stop = Some(stop);
                let shutdown = async { _ = stopped.await };
                let served = tokio::spawn(serve(commands, ms(1), shutdown));
                let mut senders = Vec::new();
                for sender in 0..4 {
                    let (send, mut stop) = (send.clone(), stop.take_if(|_| sender == 0));
                    senders.push(tokio::spawn(async move {
                        let mut accepted = 0;
                        loop {
                            if accepted == after {
                                stop.take().map(|stop| stop.send(()));
                            }
                            if send.send((sender, accepted)).await.is_err() {
                                return accepted;
                            }
                            accepted += 1;
                        }
                    }));
                }
                let log: Log<(u32, u32)> = served.await.expect("it does not panic");
                assert_eq!(log.iter().filter(|event| **event == Shutdown).count(), 1);
                for (sender, task) in (0..).zip(senders) {
                    let accepted = task.await.expect("it does not panic");
                    let handled = log.iter().filter_map(|event| match event {
                        Command((from, number)) if *from == sender => Some(*number),
                        _ => None,
                    });
                    assert!(handled.eq(0..accepted), "sender {sender}");
                }
            });
        }
    });
}

#[test]
fn the_shutdown_is_not_polled_after_it_was_ready() {
    let _limit = watchdog::limit();
    let mut polls = 0;
    let (log, _) = run(async {
        let (send, commands) = mpsc::channel(8);
        send.try_send(1).expect("there is capacity");
        let shutdown = poll_fn(|_| {
            polls += 1;
            if polls == 2 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        serve(commands, ms(100), shutdown).await
    })
    .expect("a runtime");
    assert_eq!(log, [Command(1), Shutdown]);
    assert_eq!(polls, 2);
}

#[test]
#[should_panic(expected = "the time between two ticks must not be zero")]
fn a_period_of_zero_is_refused() {
    let _limit = watchdog::limit();
    let _ = run(async {
        let (_send, commands) = mpsc::channel::<()>(1);
        serve(commands, Duration::ZERO, pending()).await
    });
}

#[test]
fn the_longest_period_never_ticks() {
    let _limit = watchdog::limit();
    let (log, _) = run(async {
        let (_send, commands) = mpsc::channel::<()>(1);
        serve(commands, Duration::MAX, sleep(Duration::from_secs(3_600))).await
    })
    .expect("a runtime");
    assert_eq!(log, [Shutdown]);
}
