//! The reactor alone: readiness, timers, wake-ups, and that nothing of it is left.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use demo_site::Site;
use reactor::{Client, Limits, Socket, after, block_on, fetch_all, join_all};
use testing::waits::moved;

const A_LONG_TIME: Duration = Duration::from_secs(60);

/// Both ends of a connection.
fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    let near = TcpStream::connect(address).expect("the system accepts for it");
    (near, listener.accept().expect("it connected").0)
}

async fn read_one(socket: &mut Socket, tries: &Cell<u32>) -> u8 {
    let mut byte = [0];
    let read = socket.when_readable(|mut stream| {
        tries.set(tries.get() + 1);
        stream.read_exact(&mut byte)
    });
    read.await.expect("the other end is open");
    byte[0]
}

/// Two wait for bytes of one stream, and both are told of one byte: the second one finds nothing,
/// and waits on.
#[test]
fn readiness_that_somebody_else_used_up_is_survived() {
    let _limit = testing::watchdog::limit();
    let (near, far) = pair();
    let twin = near.try_clone().unwrap();
    let got = RefCell::new(Vec::new());
    let tries = Cell::new(0);
    block_on(async |reactor| {
        let read = async |stream| {
            let mut socket = reactor.register(stream).unwrap();
            let byte = read_one(&mut socket, &tries).await;
            got.borrow_mut().push(byte);
            // The second byte only now, when both were told of the first.
            if byte == b'1' {
                reactor.timer(after(Duration::from_millis(50))).await;
                assert_eq!(tries.get(), 4, "two before it, two because of it");
                (&far).write_all(b"2").unwrap();
            }
        };
        let mut both = pin!(join_all([near, twin].map(read)));
        let no_byte = after(Duration::from_millis(20));
        assert_eq!(reactor.until(no_byte, both.as_mut()).await, None);
        (&far).write_all(b"1").unwrap();
        both.await;
        assert_eq!(reactor.load(), (0, 0));
    })
    .unwrap();
    assert_eq!(*got.borrow(), b"12");
}

/// A socket that always has more to read leaves the thread to others all the same.
#[test]
fn a_task_that_always_finds_something_to_read_yields() {
    let _limit = testing::watchdog::limit();
    const BYTES: usize = 10_000;
    let (near, mut far) = pair();
    far.write_all(&[0; BYTES]).unwrap();
    let turns = Cell::new(0);
    block_on(async |reactor| {
        let mut socket = reactor.register(near).unwrap();
        let mut reading = pin!(async {
            let tries = Cell::new(0);
            for _ in 0..BYTES {
                read_one(&mut socket, &tries).await;
            }
        });
        let counting = async {
            loop {
                reactor.timer(after(Duration::ZERO)).await;
                turns.set(turns.get() + 1);
            }
        };
        let mut counting = pin!(counting);
        poll_fn(|context| {
            let _never = counting.as_mut().poll(context);
            reading.as_mut().poll(context)
        })
        .await;
    })
    .unwrap();
    assert!(turns.get() >= 78, "{} turns", turns.get());
}

/// A signal may interrupt a call of the system. It is tried again, without waiting.
#[test]
fn a_call_that_was_interrupted_is_tried_again() {
    let _limit = testing::watchdog::limit();
    let (near, mut far) = pair();
    far.write_all(b"x").unwrap();
    let byte = block_on(async |reactor| {
        let mut socket = reactor.register(near).unwrap();
        let mut interruptions = 3;
        let read = socket.when_readable(|mut stream| {
            if interruptions > 0 {
                interruptions -= 1;
                return Err(io::ErrorKind::Interrupted.into());
            }
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            Ok(byte[0])
        });
        read.await
    });
    assert_eq!(byte.unwrap().unwrap(), b'x');
}

/// A byte that nobody reads does not wake a task that waits until it can write.
#[test]
fn bytes_that_arrive_do_not_wake_a_writer() {
    let _limit = testing::watchdog::limit();
    let (near, mut far) = pair();
    far.write_all(b"x").unwrap();
    let tries = Cell::new(0);
    block_on(async |reactor| {
        let mut socket = reactor.register(near).unwrap();
        let mut writing = pin!(socket.when_writable(|mut stream| -> io::Result<()> {
            tries.set(tries.get() + 1);
            loop {
                let _sent = stream.write(&[0; 64 << 10])?; // until it would block
            }
        }));
        let moment = after(Duration::from_millis(50));
        assert!(reactor.until(moment, writing.as_mut()).await.is_none());
    })
    .unwrap();
    // The system may make space several times while it moves the bytes to the other end.
    assert!(tries.get() < 50, "tried {} times", tries.get());
}

/// A wake-up that has nothing to do with the socket: tried again, and waited for again.
#[test]
fn a_wake_up_for_nothing_is_survived() {
    let _limit = testing::watchdog::limit();
    let (near, mut far) = pair();
    let tries = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&tries);
    let (send, waker) = mpsc::channel::<Waker>();
    let waking = thread::spawn(move || {
        let waker = waker.recv().unwrap();
        let deadline = Instant::now() + A_LONG_TIME;
        while seen.load(SeqCst) < 5 {
            assert!(Instant::now() < deadline, "it is not woken");
            waker.wake_by_ref();
            thread::sleep(Duration::from_millis(1));
        }
        far.write_all(b"x").unwrap();
    });
    let byte = block_on(async |reactor| {
        let mut socket = reactor.register(near).unwrap();
        let mut reading = pin!(socket.when_readable(|mut stream| {
            tries.fetch_add(1, SeqCst);
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            Ok(byte[0])
        }));
        let mut send = Some(send);
        poll_fn(|context| {
            if let Some(send) = send.take() {
                send.send(context.waker().clone()).unwrap();
            }
            reading.as_mut().poll(context)
        })
        .await
        .unwrap()
    });
    waking.join().unwrap();
    assert_eq!(byte.unwrap(), b'x');
}

/// The loop may be about to park when another thread wakes it: a lost wake-up would leave it there.
#[test]
fn wake_ups_from_another_thread_are_not_lost() {
    let _limit = testing::watchdog::limit();
    const ROUNDS: u32 = 20_000;
    let shared = Arc::new(Mutex::new((0, None::<Waker>)));
    let theirs = Arc::clone(&shared);
    let (ask, asked) = mpsc::channel::<u32>();
    let answering = thread::spawn(move || {
        for round in asked {
            let waker = {
                let mut shared = theirs.lock().unwrap();
                shared.0 = round;
                shared.1.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    });
    let all = block_on(async |reactor| {
        let rounds = pin!(async {
            for round in 1..=ROUNDS {
                ask.send(round).unwrap();
                poll_fn(|context| {
                    let mut shared = shared.lock().unwrap();
                    shared.1 = Some(context.waker().clone());
                    match shared.0 == round {
                        true => Poll::Ready(()),
                        false => Poll::Pending,
                    }
                })
                .await;
            }
        });
        reactor.until(after(A_LONG_TIME), rounds).await
    });
    drop(ask);
    answering.join().unwrap();
    assert_eq!(all.unwrap(), Some(()), "it parked and nobody woke it");
}

#[test]
fn a_timer_that_moved_wakes_the_task_where_it_is() {
    let _limit = testing::watchdog::limit();
    block_on(async |reactor| {
        let deadline = after(Duration::from_millis(5));
        let mut timer = pin!(reactor.timer(deadline));
        let woken = moved(timer.as_mut());
        reactor.timer(deadline).await; // is over after the other one
        assert_eq!(woken.try_iter().collect::<Vec<_>>(), ["second"]);
        timer.await;
    })
    .unwrap();
}

#[test]
fn a_socket_that_moved_wakes_the_task_where_it_is() {
    let _limit = testing::watchdog::limit();
    let (near, mut far) = pair();
    block_on(async |reactor| {
        let mut socket = reactor.register(near).unwrap();
        let tries = Cell::new(0);
        let mut reading = pin!(read_one(&mut socket, &tries));
        let woken = moved(reading.as_mut());
        far.write_all(b"x").unwrap();
        let deadline = after(A_LONG_TIME);
        let who = loop {
            assert!(Instant::now() < deadline, "nobody is woken");
            reactor.timer(after(Duration::from_millis(1))).await; // the reactor has its turn
            if let Ok(who) = woken.try_recv() {
                break who;
            }
        };
        assert_eq!(who, "second");
        assert_eq!(reading.await, b'x');
    })
    .unwrap();
}

#[test]
fn a_join_that_moved_wakes_the_task_where_it_is() {
    let _limit = testing::watchdog::limit();
    block_on(async |reactor| {
        let deadline = after(Duration::from_millis(5));
        let mut all = pin!(join_all([reactor.timer(deadline)]));
        let woken = moved(all.as_mut());
        reactor.timer(deadline).await; // is over after the other one
        assert_eq!(woken.try_iter().collect::<Vec<_>>(), ["second"]);
        all.await;
    })
    .unwrap();
}

/// Parked: a loop that looks again and again polls nobody either, but has the CPU at 100 %.
#[test]
#[cfg(target_os = "linux")]
fn a_waiting_task_uses_no_cpu() {
    let _limit = testing::watchdog::limit();
    const WAIT: Duration = Duration::from_millis(500);
    let before = testing::waits::cpu_ticks();
    block_on(async |reactor| reactor.timer(after(WAIT)).await).unwrap();
    let (near, mut far) = pair();
    let writing = thread::spawn(move || {
        thread::sleep(WAIT);
        far.write_all(b"x").unwrap();
    });
    block_on(async |reactor| {
        let mut socket = reactor.register(near).unwrap();
        read_one(&mut socket, &Cell::new(0)).await;
    })
    .unwrap();
    let used = testing::waits::cpu_ticks() - before;
    assert!(used < 5, "{used} of 100 hundredths of a second");
    writing.join().unwrap();
}

/// A second of waiting for a page takes a handful of polls, not a million.
#[test]
fn a_waiting_task_is_not_polled() {
    let _limit = testing::watchdog::limit();
    let site = Site::start().unwrap();
    let urls = [site.url("/page/a?delay=1s&size=100")];
    let mut polls = 0;
    let pages = block_on(async |reactor| {
        let client = Client::new(&reactor);
        let mut fetching = pin!(fetch_all(&client, &urls, Limits::default()));
        poll_fn(|context| {
            polls += 1;
            fetching.as_mut().poll(context)
        })
        .await
    });
    assert!(pages.unwrap()[0].is_ok());
    assert!((2..20).contains(&polls), "{polls} polls");
}

#[test]
fn timers_are_over_in_the_order_of_their_deadlines() {
    let _limit = testing::watchdog::limit();
    let order = RefCell::new(Vec::new());
    let order = &order;
    block_on(async |reactor| {
        let reactor = &reactor;
        let start = Instant::now();
        let sleep = |millis| async move {
            let deadline = start + Duration::from_millis(millis);
            reactor.timer(deadline).await;
            assert!(Instant::now() >= deadline, "it was early");
            order.borrow_mut().push(millis);
        };
        join_all([60, 0, 40, 20].map(sleep)).await;
        assert_eq!(reactor.load(), (0, 0));
    })
    .unwrap();
    assert_eq!(*order.borrow(), [0, 20, 40, 60]);
}

/// In each turn the reactor wakes the oldest timer first, although it was polled last.
#[test]
fn timers_of_one_deadline_are_over_in_the_order_in_which_they_were_made() {
    let _limit = testing::watchdog::limit();
    let order = RefCell::new(Vec::new());
    let deadline = after(Duration::from_millis(5));
    block_on(async |reactor| {
        let timers = [0, 1, 2].map(|number| (number, reactor.timer(deadline)));
        let timers = timers.into_iter().rev().map(|(number, timer)| {
            let order = &order;
            async move {
                timer.await;
                order.borrow_mut().push(number);
            }
        });
        join_all(timers).await;
    })
    .unwrap();
    assert_eq!(*order.borrow(), [0, 1, 2]);
}

/// What a future owns, such as a socket, is gone as soon as it is ready.
#[test]
fn a_future_that_is_done_is_dropped_before_the_others_are() {
    let _limit = testing::watchdog::limit();
    let owned = Arc::new(());
    block_on(async |reactor| {
        let futures = [true, false].map(|ends| {
            let owned = Arc::clone(&owned);
            poll_fn(move |_| {
                let _owned = &owned;
                if ends { Poll::Ready(()) } else { Poll::Pending }
            })
        });
        let mut both = pin!(join_all(futures));
        let moment = after(Duration::ZERO);
        assert_eq!(reactor.until(moment, both.as_mut()).await, None);
        assert_eq!(Arc::strong_count(&owned), 2);
    })
    .unwrap();
}

#[test]
fn what_is_ready_comes_before_its_deadline() {
    let _limit = testing::watchdog::limit();
    block_on(async |reactor| {
        let past = after(Duration::ZERO);
        let ready = pin!(async { 1 });
        assert_eq!(reactor.until(past, ready).await, Some(1));
        let same = after(Duration::from_millis(5)); // both are ready in the same turn
        let timer = pin!(reactor.timer(same));
        assert_eq!(reactor.until(same, timer).await, Some(()));
        let never = pin!(std::future::pending::<()>());
        assert_eq!(reactor.until(past, never).await, None);
        let never = pin!(std::future::pending::<()>());
        let _unfinished = reactor.until(after(Duration::MAX), never);
        assert_eq!(
            reactor.load(),
            (0, 0),
            "nothing is done before the first poll"
        );
    })
    .unwrap();
}

/// Dropped half-way: off the poller, off the tables, and the other end sees it close.
#[test]
fn a_dropped_wait_leaves_nothing_behind() {
    let _limit = testing::watchdog::limit();
    let (near, mut far) = pair();
    block_on(async |reactor| {
        let mut socket = reactor.register(near).unwrap();
        {
            let tries = Cell::new(0);
            let mut reading = pin!(read_one(&mut socket, &tries));
            let _pending = poll_fn(|context| Poll::Ready(reading.as_mut().poll(context))).await;
            let mut timer = pin!(reactor.timer(after(A_LONG_TIME)));
            let _pending = poll_fn(|context| Poll::Ready(timer.as_mut().poll(context))).await;
            assert_eq!(reactor.load(), (1, 1));
        }
        drop(socket);
        assert_eq!(reactor.load(), (0, 0));
    })
    .unwrap();
    assert_eq!(far.read(&mut [0]).unwrap(), 0);
}

/// The system knows a socket by its number, which it gives to the next one that is opened. A stream
/// that is still open by another number would keep the old entry alive.
#[test]
fn a_dropped_socket_makes_room_for_the_next_of_its_number() {
    let _limit = testing::watchdog::limit();
    let (near, _far) = pair();
    block_on(async |reactor| {
        for _ in 0..10 {
            let again = near.try_clone().unwrap();
            drop(reactor.register(again).expect("it is not registered yet"));
        }
    })
    .unwrap();
}

#[test]
fn dropping_a_fetch_closes_its_connections() {
    let _limit = testing::watchdog::limit();
    let site = Site::start().unwrap();
    let urls = vec![site.url("/fault/never"); 20];
    let limits = Limits {
        concurrency: 20,
        timeout: A_LONG_TIME,
        ..Limits::default()
    };
    block_on(async |reactor| {
        let client = Client::new(&reactor);
        let mut fetching = pin!(async {
            fetch_all(&client, &urls, limits).await;
        });
        while site.counts().in_flight < 20 {
            let moment = after(Duration::from_millis(5));
            let done = reactor.until(moment, fetching.as_mut()).await;
            assert!(done.is_none(), "the site never answers");
        }
        assert_eq!(reactor.load(), (20, 20));
    })
    .unwrap();
    let deadline = Instant::now() + A_LONG_TIME;
    while site.counts().in_flight > 0 {
        assert!(Instant::now() < deadline, "some are still asked");
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(site.counts().requests, 20);
}

#[test]
fn all_are_awaited_though_some_are_done_at_once() {
    let _limit = testing::watchdog::limit();
    let done = Cell::new(0);
    block_on(async |reactor| {
        let all = pin!(join_all((0..1000).map(|number| {
            let done = &done;
            async move {
                // Gives way as often as its number says: each time it is woken by itself.
                for _ in 0..number % 7 {
                    let mut is_first = true;
                    poll_fn(|context| match std::mem::replace(&mut is_first, false) {
                        true => {
                            context.waker().wake_by_ref();
                            context.waker().wake_by_ref();
                            Poll::Pending
                        }
                        false => Poll::Ready(()),
                    })
                    .await;
                }
                done.set(done.get() + 1);
            }
        })));
        assert_eq!(reactor.until(after(A_LONG_TIME), all).await, Some(()));
        join_all(Vec::<std::future::Ready<()>>::new()).await;
    })
    .unwrap();
    assert_eq!(done.get(), 1000);
}

/// A stream that nobody reads takes no more bytes at some point: then `when_writable` waits.
#[test]
fn what_would_block_while_writing_goes_on_later() {
    let _limit = testing::watchdog::limit();
    const BYTES: usize = 32 << 20; // more than the system takes into its own hands
    let (near, mut far) = pair();
    let (full, is_full) = mpsc::channel();
    let reading = thread::spawn(move || {
        is_full.recv().unwrap();
        let mut all = Vec::new();
        far.read_to_end(&mut all).unwrap();
        all
    });
    let blocked = block_on(async |reactor| {
        let mut socket = reactor.register(near).unwrap();
        let (mut sent, mut blocked) = (0, 0);
        let bytes = vec![7; BYTES];
        let write = |mut stream: &TcpStream| {
            while sent < BYTES {
                match stream.write(&bytes[sent..]) {
                    Ok(count) => sent += count,
                    Err(error) => {
                        if error.kind() == io::ErrorKind::WouldBlock {
                            blocked += 1;
                            full.send(()).unwrap();
                        }
                        return Err(error);
                    }
                }
            }
            Ok(())
        };
        socket.when_writable(write).await.unwrap();
        blocked
    });
    assert!(blocked.unwrap() > 0, "it never would have blocked");
    assert_eq!(reading.join().unwrap(), vec![7; BYTES]);
}
