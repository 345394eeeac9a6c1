//! Names to addresses, in threads of their own: std asks the system, and its call blocks.

use std::cell::Cell;
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::thread;

/// Lookups at once. The others wait their turn: thousands would be thousands of threads.
const MOST_THREADS: usize = 8;

/// Where names are looked up. When it is dropped its threads end, each after the lookup that it is
/// at, which cannot be given up.
pub(crate) struct Names {
    ask: Sender<Arc<Lookup>>,
    asked: Arc<Mutex<Receiver<Arc<Lookup>>>>,
    threads: Cell<usize>,
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
    pub(crate) fn new() -> Self {
        let (ask, asked) = mpsc::channel();
        Self {
            ask,
            asked: Arc::new(Mutex::new(asked)),
            threads: Cell::new(0),
        }
    }

    /// The addresses of a host. One that is an address itself needs no thread.
    ///
    /// # Errors
    /// No such host; or the system grants not a single thread.
    pub(crate) async fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![(address, port).into()]);
        }
        self.one_thread_more()?;
        let lookup = Arc::new(Lookup {
            host: host.to_owned(),
            port,
            answer: Mutex::default(),
        });
        let sent = self.ask.send(Arc::clone(&lookup));
        sent.expect("the receiver is in `asked`");
        poll_fn(|context| {
            // Under one lock, or the answer could come between the look and the waker.
            let Answer { addresses, waiting } = &mut *lock(&lookup.answer);
            *waiting = Some(context.waker().clone());
            addresses.take().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    fn one_thread_more(&self) -> io::Result<()> {
        let threads = self.threads.get();
        if threads == MOST_THREADS {
            return Ok(());
        }
        let asked = Arc::clone(&self.asked);
        match thread::Builder::new().spawn(move || serve(&asked)) {
            Ok(_) => self.threads.set(threads + 1),
            Err(error) if threads == 0 => return Err(error),
            Err(_) => {} // those that are there do it all
        }
        Ok(())
    }
}

fn serve(asked: &Mutex<Receiver<Arc<Lookup>>>) {
    loop {
        // One thread waits in `recv`, the others for the lock.
        let next = lock(asked).recv();
        let Ok(lookup) = next else { return };
        // Ours is the only one left if the request was given up meanwhile.
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
