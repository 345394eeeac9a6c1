// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! The reactor: which sockets are ready, which timers are due, and who is woken by that.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::future::{Future, poll_fn};
use std::io::{self, ErrorKind};
use std::mem;
use std::net::TcpStream;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use polling::{Event, Events, Poller};

/// A handle to the reactor, with which futures wait for sockets and for time. It stays on its
/// thread.
#[derive(Clone)]
pub struct Reactor(Rc<State>);

impl fmt::Debug for Reactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sockets, timers) = self.load();
        f.debug_struct("Reactor")
            .field("sockets", &sockets)
            .field("timers", &timers)
            .finish()
    }
}

struct State {
    /// The system's list of sockets to watch. Shared with wakers, which other threads may hold.
    poller: Arc<Poller>,
    /// The registered sockets by their keys, and who waits for each.
    sockets: RefCell<HashMap<usize, Option<Waker>>>,
    /// By deadline, then in the order in which they were made.
    timers: RefCell<BTreeMap<(Instant, usize), Waker>>,
    last_key: Cell<usize>,
}

impl Reactor {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self(Rc::new(State {
            poller: Arc::new(Poller::new()?),
            sockets: RefCell::default(),
            timers: RefCell::default(),
            last_key: Cell::new(0),
        })))
    }

    /// Parks the thread until a socket is ready, a timer is due or somebody calls
    /// [`Poller::notify`], and wakes those who wait for it. If it may not park, it only checks.
    pub(super) fn turn(&self, events: &mut Events, may_park: bool) -> io::Result<()> {
        let timeout = if may_park {
            let timers = self.0.timers.borrow();
            let first = timers.first_key_value();
            first.map(|((deadline, _), _)| deadline.saturating_duration_since(Instant::now()))
        } else {
            Some(Duration::ZERO)
        };
        events.clear();
        self.0.poller.wait(events, timeout)?;
        for event in events.iter() {
            // The borrow ends before the waker is called: it is foreign code, which may come back
            // here.
            let mut sockets = self.0.sockets.borrow_mut();
            let waiting = sockets.get_mut(&event.key).and_then(Option::take);
            drop(sockets);
            if let Some(waker) = waiting {
                waker.wake();
            }
        }
        self.fire_timers();
        Ok(())
    }

    fn fire_timers(&self) {
        loop {
            let mut timers = self.0.timers.borrow_mut();
            let Some(first) = timers.first_entry() else {
                return;
            };
            if Instant::now() < first.key().0 {
                return;
            }
            let waker = first.remove();
            drop(timers);
            waker.wake();
        }
    }

    /// Registers a stream, and makes it nonblocking.
    ///
    /// # Errors
    /// If the system refuses, as when it watches too many already.
    #[expect(
        unsafe_code,
        reason = "the poller keeps no stream alive that it watches"
    )]
    pub fn register(&self, stream: TcpStream) -> io::Result<Socket> {
        stream.set_nonblocking(true)?;
        let key = self.key();
        // SAFETY: the stream must be deleted from the poller before it is closed. `Socket` owns
        // it, lends it and never gives it away, and deletes it when it is dropped.
        unsafe { self.0.poller.add(&stream, Event::none(key))? };
        self.0.sockets.borrow_mut().insert(key, None);
        Ok(Socket {
            reactor: self.clone(),
            key,
            stream,
            in_a_row: 0,
        })
    }

    /// Completes at the deadline. Dropping it removes it from the reactor.
    pub fn timer(&self, deadline: Instant) -> Timer {
        Timer {
            reactor: self.clone(),
            key: (deadline, self.key()),
            started: false,
        }
    }

    /// Awaits `future` until the deadline, and returns `None` if it is not ready by then. The
    /// caller drops the future to stop what it does.
    pub fn until<F: Future + Unpin>(
        &self,
        deadline: Instant,
        mut future: F,
    ) -> impl Future<Output = Option<F::Output>> + use<F> {
        let mut timer = self.timer(deadline);
        poll_fn(move |context| match Pin::new(&mut future).poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => Pin::new(&mut timer).poll(context).map(|()| None),
        })
    }

    /// How many sockets are registered, and how many timers are running.
    pub fn load(&self) -> (usize, usize) {
        let State {
            sockets, timers, ..
        } = &*self.0;
        (sockets.borrow().len(), timers.borrow().len())
    }

    pub(super) fn poller(&self) -> Arc<Poller> {
        Arc::clone(&self.0.poller)
    }

    fn key(&self) -> usize {
        self.0.last_key.update(|last| last + 1);
        self.0.last_key.get()
    }
}

/// A stream that the reactor watches while somebody waits for it. Dropping it removes it from the
/// reactor and closes it.
#[derive(Debug)]
pub struct Socket {
    reactor: Reactor,
    key: usize,
    stream: TcpStream,
    in_a_row: u32,
}

/// How often a socket may be read without waiting. Then it waits although it need not: otherwise a
/// socket whose bytes arrive as fast as they are read would keep the thread from all others.
const MOST_IN_A_ROW: u32 = 128;

impl Socket {
    /// Reads when there is something to read: calls `read` immediately, and then whenever the
    /// socket is readable, until the result is not [`ErrorKind::WouldBlock`].
    ///
    /// # Errors
    /// Those of `read`, but for `WouldBlock`; and if the system refuses to watch the socket.
    pub fn when_readable<'a, T: 'a>(
        &'a mut self,
        read: impl FnMut(&TcpStream) -> io::Result<T> + 'a,
    ) -> impl Future<Output = io::Result<T>> + 'a {
        self.when_ready(Event::readable(self.key), read)
    }

    /// The same for writing, and for the end of connecting.
    ///
    /// # Errors
    /// As [`when_readable`](Self::when_readable).
    pub fn when_writable<'a, T: 'a>(
        &'a mut self,
        write: impl FnMut(&TcpStream) -> io::Result<T> + 'a,
    ) -> impl Future<Output = io::Result<T>> + 'a {
        self.when_ready(Event::writable(self.key), write)
    }

    /// Everything that an `await` of a socket does. It takes `&mut self`, so only one future waits
    /// for the socket at a time, and space for one waker is enough.
    fn when_ready<'a, T: 'a>(
        &'a mut self,
        interest: Event,
        mut work: impl FnMut(&TcpStream) -> io::Result<T> + 'a,
    ) -> impl Future<Output = io::Result<T>> + 'a {
        poll_fn(move |context| {
            // Always tried, whoever woke us and why, because readiness is a hint. What was there
            // may be gone, and the wake-up may have had another reason.
            while self.in_a_row < MOST_IN_A_ROW {
                match work(&self.stream) {
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    result => {
                        self.in_a_row += 1;
                        return Poll::Ready(result);
                    }
                }
            }
            self.in_a_row = 0;
            // First the waker, then the interest. Nothing is lost between the attempt and this,
            // because the system also reports what is ready already. It does so once, so each wait
            // asks again.
            let waker = Some(context.waker().clone()); // before the borrow: it is foreign code
            let sockets = &self.reactor.0.sockets;
            let _old = sockets.borrow_mut().insert(self.key, waker); // dropped after it
            match self.reactor.0.poller.modify(&self.stream, interest) {
                Ok(()) => Poll::Pending,
                Err(error) => Poll::Ready(Err(error)),
            }
        })
    }

    /// The stream, for operations that do not wait.
    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Before the stream closes, which comes after this: the system gives its number to the next
        // file that is opened. It fails only if there is nothing to delete.
        let _ = self.reactor.0.poller.delete(&self.stream);
        let _waker = self.reactor.0.sockets.borrow_mut().remove(&self.key);
    }
}

/// A future that is ready at its deadline: see [`Reactor::timer`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Timer {
    reactor: Reactor,
    key: (Instant, usize),
    started: bool,
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let started = mem::replace(&mut self.started, true);
        let timers = &self.reactor.0.timers;
        // The reactor removes those that are due.
        if started && !timers.borrow().contains_key(&self.key) {
            return Poll::Ready(());
        }
        let waker = context.waker().clone(); // before the borrow: it is foreign code
        let _old = timers.borrow_mut().insert(self.key, waker); // dropped after it
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let _waker = self.reactor.0.timers.borrow_mut().remove(&self.key);
    }
}

/// The moment `duration` from now; thirty years from now, if that is later than clocks can tell.
pub fn after(duration: Duration) -> Instant {
    const THIRTY_YEARS: Duration = Duration::from_secs(30 * 365 * 24 * 3600);
    let now = Instant::now();
    now.checked_add(duration).unwrap_or(now + THIRTY_YEARS)
}
