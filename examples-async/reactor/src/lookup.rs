// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! Looks up the addresses of hosts, in threads of their own, because the system's lookup blocks.

use std::cell::Cell;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

/// Lookups at the same time, as long as they return. The others wait: thousands of lookups would be
/// thousands of threads.
const THREADS: usize = 8;

/// How long a lookup is expected to take.
pub(super) const SOON: Duration = Duration::from_millis(100);

/// Where names are looked up. When it is dropped, its threads end, each after its present lookup,
/// which cannot be cancelled.
pub(super) struct Names {
    ask: Sender<Arc<Lookup>>,
    asked: Arc<Asked>,
    threads: Cell<usize>,
    /// How many lookups had begun at the last check, and when that was.
    checked: Cell<(usize, Instant)>,
}

/// What the threads share.
struct Asked {
    lookups: Mutex<Receiver<Arc<Lookup>>>,
    /// Lookups that a thread has not begun.
    waiting: AtomicUsize,
    /// Lookups that a thread has begun, all in all.
    begun: AtomicUsize,
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names")
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

struct Lookup {
    host: String,
    port: u16,
    answer: Mutex<Answer>,
}

#[derive(Default)]
struct Answer {
    addresses: Option<io::Result<Vec<SocketAddr>>>,
    waiting: Option<Waker>,
}

impl Names {
    pub(super) fn new() -> Self {
        let (ask, asked) = mpsc::channel();
        Self {
            ask,
            asked: Arc::new(Asked {
                lookups: Mutex::new(asked),
                waiting: AtomicUsize::new(0),
                begun: AtomicUsize::new(0),
            }),
            threads: Cell::new(0),
            checked: Cell::new((0, Instant::now())),
        }
    }

    /// The addresses of a host. One that is an address itself needs no thread.
    ///
    /// # Errors
    /// No such host, or the system grants not a single thread.
    pub(super) async fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![(address, port).into()]);
        }
        if self.threads.get() < THREADS {
            self.add_thread()?;
        }
        let lookup = Arc::new(Lookup {
            host: host.to_owned(),
            port,
            answer: Mutex::default(),
        });
        // Relaxed: the counters only decide how many threads there are.
        self.asked.waiting.fetch_add(1, Relaxed);
        let sent = self.ask.send(Arc::clone(&lookup));
        sent.expect("the receiver is in `asked`");
        poll_fn(|context| {
            // The waker is foreign code. It is cloned before the lock, and the old one is dropped
            // after it.
            let waker = context.waker().clone();
            let (found, _old) = {
                // Both under one lock, or the answer could arrive between the two.
                let mut answer = lock(&lookup.answer);
                (answer.addresses.take(), answer.waiting.replace(waker))
            };
            found.map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// To be called now and then while a lookup takes long. If no thread has begun another lookup
    /// for [`SOON`], although some wait, all threads are stuck. Then there will be twice as many.
    pub(super) fn add_threads_if_stuck(&self) {
        let (begun, since) = (self.asked.begun.load(Relaxed), Instant::now());
        let (begun_before, before) = self.checked.get();
        if since.duration_since(before) < SOON {
            return;
        }
        self.checked.set((begun, since));
        if begun == begun_before {
            let waiting = self.asked.waiting.load(Relaxed);
            for _ in 0..waiting.min(self.threads.get()) {
                let _ = self.add_thread(); // if it is refused, those that are there do it all
            }
        }
    }

    fn add_thread(&self) -> io::Result<()> {
        let threads = self.threads.get();
        let asked = Arc::clone(&self.asked);
        match thread::Builder::new().spawn(move || serve(&asked)) {
            Ok(_) => self.threads.set(threads + 1),
            Err(error) if threads == 0 => return Err(error),
            Err(_) => {} // those that are there do it all
        }
        Ok(())
    }
}

fn serve(asked: &Asked) {
    loop {
        // One thread waits in `recv`, the others for the lock.
        let next = lock(&asked.lookups).recv();
        let Ok(lookup) = next else { return };
        asked.waiting.fetch_sub(1, Relaxed);
        asked.begun.fetch_add(1, Relaxed);
        // Ours is the only one if the request was dropped meanwhile.
        if Arc::strong_count(&lookup) == 1 {
            continue;
        }
        let found = (&*lookup.host, lookup.port).to_socket_addrs();
        let waiting = {
            let mut answer = lock(&lookup.answer);
            answer.addresses = Some(found.map(Iterator::collect));
            answer.waiting.take()
        };
        if let Some(waker) = waiting {
            waker.wake(); // from another thread: it ends the loop's parking
        }
    }
}

/// Nothing panics while one of these locks is held, so they are never poisoned.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
