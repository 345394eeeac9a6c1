//! A waker is foreign code: whatever it does when it is cloned, called or dropped, nothing here is
//! borrowed or locked meanwhile.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::net::{TcpListener, TcpStream};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use reactor::{Reactor, after, block_on, join_all};
use testing::waker::{Event, waker};
use testing::watchdog::assert_ends;

thread_local! {
    static REACTOR: RefCell<Option<Reactor>> = const { RefCell::new(None) };
    static EVENTS: Cell<u32> = const { Cell::new(0) };
}

/// A waker that uses the reactor whenever something happens to it: it starts a timer and drops it.
fn busy() -> Waker {
    waker(|_| {
        EVENTS.set(EVENTS.get() + 1);
        let reactor = REACTOR.with_borrow(Clone::clone).expect("it is set");
        let mut timer = pin!(reactor.timer(after(Duration::from_secs(60))));
        let mut context = Context::from_waker(Waker::noop());
        assert!(timer.as_mut().poll(&mut context).is_pending());
        let _sockets_and_timers = reactor.load();
    })
}

/// Polls it with a busy waker, twice: the second replaces the first.
async fn poll_busily(mut future: Pin<&mut impl Future>) {
    for _ in 0..2 {
        poll_fn(|_| {
            let poll = future.as_mut().poll(&mut Context::from_waker(&busy()));
            assert!(poll.is_pending());
            Poll::Ready(())
        })
        .await;
    }
}

fn with_reactor(test: impl AsyncFnOnce(Reactor)) {
    let done = block_on(async |reactor| {
        REACTOR.set(Some(reactor.clone()));
        test(reactor).await;
        REACTOR.set(None);
    });
    done.expect("the system has a poller");
    assert!(EVENTS.get() >= 4, "the waker was cloned and dropped");
}

#[test]
fn a_timer_is_not_borrowed_while_its_waker_is_used() {
    assert_ends(|| {
        with_reactor(async |reactor| {
            let mut timer = Box::pin(reactor.timer(after(Duration::from_millis(20))));
            poll_busily(timer.as_mut()).await;
            reactor.timer(after(Duration::from_millis(40))).await; // it fires meanwhile
            timer.await;
            let mut dropped = Box::pin(reactor.timer(after(Duration::from_secs(60))));
            poll_busily(dropped.as_mut()).await;
            drop(dropped);
        });
    });
}

#[test]
fn a_socket_is_not_borrowed_while_its_waker_is_used() {
    assert_ends(|| {
        with_reactor(async |reactor| {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (mut far, _) = listener.accept().unwrap();
            let mut socket = reactor.register(near).unwrap();
            {
                let mut reading = pin!(socket.when_readable(|stream| stream.peek(&mut [0])));
                poll_busily(reading.as_mut()).await;
                std::io::Write::write_all(&mut far, b"x").unwrap();
                reactor.timer(after(Duration::from_millis(40))).await; // it is woken meanwhile
                assert_eq!(reading.await.unwrap(), 1);
            }
            let mut writing = Box::pin(socket.when_writable(|_| -> std::io::Result<()> {
                Err(std::io::ErrorKind::WouldBlock.into())
            }));
            poll_busily(writing.as_mut()).await;
            drop(writing);
            drop(socket);
        });
    });
}

/// The waker of the task wakes a child of the same `join_all`, at one of the three events.
#[test]
fn join_all_is_not_locked_while_a_waker_is_used() {
    for wakes_at in [Event::Clone, Event::Wake, Event::Drop] {
        assert_ends(move || {
            let child = Arc::new(Mutex::new(None::<Waker>));
            let calls = Arc::new(AtomicU32::new(0));
            let kept = Arc::clone(&child);
            let future = poll_fn(move |context| {
                *kept.lock().unwrap() = Some(context.waker().clone());
                Poll::<()>::Pending
            });
            let mut all = Box::pin(join_all([future]));
            let hooked = || {
                let (child, calls) = (Arc::clone(&child), Arc::clone(&calls));
                waker(move |event| {
                    let child = child.lock().unwrap().clone();
                    if let Some(child) = child.filter(|_| event == wakes_at) {
                        calls.fetch_add(1, SeqCst);
                        child.wake();
                    }
                })
            };
            let wakers = [(); 3].map(|()| hooked()); // kept, so that only `all` drops any
            for waker in &wakers {
                let poll = all.as_mut().poll(&mut Context::from_waker(waker));
                assert!(poll.is_pending());
            }
            let woken = child.lock().unwrap().clone();
            woken.expect("it was polled").wake();
            drop(all);
            assert!(calls.load(SeqCst) > 0, "{wakes_at:?} never happened");
        });
    }
}

#[test]
fn the_parts_can_be_printed() {
    let _limit = testing::watchdog::limit();
    block_on(async |reactor| {
        let timer = reactor.timer(after(Duration::ZERO));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let socket = reactor.register(near).unwrap();
        assert_eq!(format!("{reactor:?}"), "Reactor { sockets: 1, timers: 0 }");
        assert!(format!("{timer:?}").starts_with("Timer"));
        assert!(format!("{socket:?}").starts_with("Socket"));
        let client = reactor::Client::new(&reactor);
        assert!(format!("{client:?}").starts_with("Client"));
    })
    .unwrap();
}
