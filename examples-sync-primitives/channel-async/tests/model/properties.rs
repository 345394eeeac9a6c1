//! The properties of the oneshot built by hand. loom runs each in every order of its steps.

use super::by_hand::{Closed, Receiver, Sender, oneshot};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use testing::waker::{Event, waker};

/// A value that is sent is received, whether the receiver waits before or comes after.
pub(crate) fn a_value_is_delivered() {
    model::check(|| {
        let (sender, receiver) = oneshot();
        let other = thread::spawn(move || sender.send(7));
        assert_eq!(block_on(receiver), Ok(7), "the value was lost");
        assert_eq!(join(other), Ok(()));
    });
}

/// A sender that is dropped unused wakes the receiver, which is told.
pub(crate) fn a_dropped_sender_wakes_the_receiver() {
    model::check(|| {
        let (sender, receiver) = oneshot::<u32>();
        let other = thread::spawn(move || drop(sender));
        assert_eq!(block_on(receiver), Err(Closed));
        join(other);
    });
}

/// Once the receiver is dropped, `send` gives the value back, and the sender can see it before.
pub(crate) fn a_dropped_receiver_gives_the_value_back() {
    model::check(|| {
        let (sender, receiver) = oneshot();
        let gone = Arc::new(AtomicUsize::new(0));
        let sees = Arc::clone(&gone);
        let other = thread::spawn(move || {
            drop(receiver);
            sees.store(1, Ordering::Release);
        });
        let was_gone = gone.load(Ordering::Acquire) == 1;
        let is_closed = sender.is_closed();
        let sent = sender.send(7);
        if was_gone || is_closed {
            assert_eq!(sent, Err(7), "accepted without a receiver");
        }
        if was_gone {
            assert!(is_closed, "accepted without a receiver");
        }
        join(other);
    });
}

/// While one end sends and the other is dropped, the value is dropped once: by the channel, or by
/// the sender to whom it is given back.
pub(crate) fn the_value_is_dropped_once() {
    struct Counts(Arc<AtomicUsize>);
    impl Drop for Counts {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    model::check(|| {
        let (sender, mut receiver) = oneshot();
        let drops = Arc::new(AtomicUsize::new(0));
        let value = Counts(Arc::clone(&drops));
        let other = thread::spawn(move || drop(sender.send(value)));
        let received = poll(&mut receiver, Waker::noop());
        drop(receiver);
        join(other);
        drop(received);
        assert_eq!(drops.load(Ordering::Relaxed), 1, "not dropped once");
    });
}

/// The receiver may be polled by one task and then by another: the latest waker is called.
pub(crate) fn the_latest_waker_is_called() {
    model::check(|| {
        let (sender, mut receiver) = oneshot();
        let other = thread::spawn(move || sender.send(7));
        let received = match poll(&mut receiver, Waker::noop()) {
            Poll::Ready(received) => received,
            Poll::Pending => block_on(receiver),
        };
        assert_eq!(received, Ok(7));
        assert_eq!(join(other), Ok(()));
    });
}

/// A receiver that is polled again after its value gets an error and does not wait.
pub(crate) fn a_second_poll_ends() {
    model::check(|| {
        let (sender, mut receiver) = oneshot();
        let other = thread::spawn(move || sender.send(7));
        assert_eq!(block_on(&mut receiver), Ok(7));
        let second = poll(&mut receiver, Waker::noop());
        assert_eq!(second, Poll::Ready(Err(Closed)), "the second poll waits");
        assert_eq!(join(other), Ok(()));
    });
}

/// A waker may run its task immediately, on the thread that calls it, and so poll the receiver.
pub(crate) fn the_waker_may_poll_the_receiver() {
    let ends: [fn(Sender<u32>); 2] = [drop, |sender| assert_eq!(sender.send(7), Ok(()))];
    for end in ends {
        model::check(move || {
            let (sender, receiver) = oneshot();
            let receiver = Arc::new(Mutex::new(Some(receiver)));
            let task = Arc::clone(&receiver);
            let runs_it = waker(move |event| {
                if event == Event::Wake {
                    let mut receiver = take(&task).expect("it was polled before");
                    let polled = poll(&mut receiver, Waker::noop());
                    assert!(polled.is_ready(), "woken too early");
                }
            });
            let other = thread::spawn(move || end(sender));
            let mut place = receiver.lock().unwrap_or_else(PoisonError::into_inner);
            let first = place.as_mut().expect("only a waker takes it");
            if poll(first, &runs_it).is_ready() {
                *place = None; // it was too early for a waker
            }
            drop(place);
            join(other);
            assert!(take(&receiver).is_none(), "the waker was not called");
        });
    }
}

/// Code that runs when a waker is cloned or dropped may use the other end.
pub(crate) fn wakers_may_use_the_sender() {
    model::check(|| {
        let (sender, mut receiver) = oneshot::<u32>();
        let sender = Arc::new(sender);
        let used = Arc::clone(&sender);
        let task = waker(move |_| {
            used.is_closed();
        });
        assert!(poll(&mut receiver, &task).is_pending());
        assert!(poll(&mut receiver, &task).is_pending());
        let other = thread::spawn(move || drop(receiver));
        sender.is_closed();
        join(other);
        assert!(sender.is_closed());
    });
}

fn poll<T>(receiver: &mut Receiver<T>, waker: &Waker) -> Poll<Result<T, Closed>> {
    Pin::new(receiver).poll(&mut Context::from_waker(waker))
}

fn take<T>(place: &Mutex<Option<T>>) -> Option<T> {
    let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
    place.take()
}

/// Polls the future whenever it is woken. The thread sleeps in between.
fn block_on<F: Future>(future: F) -> F::Output {
    #[derive(Default)]
    struct Signal {
        woken: Mutex<bool>,
        changed: Condvar,
    }
    impl Wake for Signal {
        fn wake(self: Arc<Self>) {
            // Notified under the lock, so that nothing is left to do when the model ends.
            let mut woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
            *woken = true;
            self.changed.notify_one();
        }
    }
    let signal = Arc::new(Signal::default());
    let waker = Waker::from(Arc::clone(&signal));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        let mut woken = signal.woken.lock().unwrap_or_else(PoisonError::into_inner);
        while !*woken {
            let waits = signal.changed.wait(woken);
            woken = waits.unwrap_or_else(PoisonError::into_inner);
        }
        *woken = false;
    }
}

fn join<T>(thread: thread::JoinHandle<T>) -> T {
    thread.join().expect("a panic would have ended the model")
}
