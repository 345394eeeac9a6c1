//! Names, by a system that answers when the test lets it; and that file with a bug planted in it,
//! which the same tests must find.

// From here on `std` is this file, in the lookup's own `use` lines as well.
extern crate self as std;
extern crate std as real_std;

#[path = "../src/lookup.rs"]
pub mod lookup;
#[path = "lookup/properties.rs"]
mod properties;

use real_std::sync::{Arc, Mutex, MutexGuard};
pub use real_std::{cell, fmt, future, io, pin, task, time};

/// `std::net`, where a [`System`] looks the names up.
pub mod net {
    pub use real_std::net::{IpAddr, Ipv4Addr, SocketAddr};
    use real_std::{io, vec};

    /// As in std.
    pub(crate) trait ToSocketAddrs {
        /// Blocks until the system answers.
        fn to_socket_addrs(&self) -> io::Result<vec::IntoIter<SocketAddr>>;
    }

    impl ToSocketAddrs for (&str, u16) {
        fn to_socket_addrs(&self) -> io::Result<vec::IntoIter<SocketAddr>> {
            super::System::of(self.0).look_up();
            let two = [Ipv4Addr::LOCALHOST, Ipv4Addr::new(127, 0, 0, 2)];
            Ok(two
                .map(|address| (address, self.1).into())
                .to_vec()
                .into_iter())
        }
    }
}

/// `std::sync`, whose mutex counts the locks that each thread holds.
pub mod sync {
    use real_std::cell::Cell;
    use real_std::ops::{Deref, DerefMut};
    use real_std::sync;
    pub use real_std::sync::{Arc, PoisonError, atomic, mpsc};

    type Hook = Box<dyn FnOnce()>;

    thread_local! {
        static HELD: Cell<usize> = const { Cell::new(0) };
        static AT_NEXT_UNLOCK: Cell<Option<Hook>> = const { Cell::new(None) };
    }

    /// Calls this after the next unlock by this thread.
    pub(crate) fn at_next_unlock(hook: impl FnOnce() + 'static) {
        AT_NEXT_UNLOCK.set(Some(Box::new(hook)));
    }

    /// How many locks this thread holds.
    pub(crate) fn held() -> usize {
        HELD.get()
    }

    /// As in std. It is never poisoned.
    #[derive(Default)]
    pub struct Mutex<T>(sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(sync::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> sync::LockResult<MutexGuard<'_, T>> {
            let guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            HELD.set(HELD.get() + 1);
            Ok(MutexGuard(Some(guard)))
        }
    }

    /// As in std.
    pub struct MutexGuard<'a, T>(Option<sync::MutexGuard<'a, T>>);

    impl<T> Deref for MutexGuard<'_, T> {
        type Target = T;

        fn deref(&self) -> &T {
            self.0.as_deref().expect("it is there until it is dropped")
        }
    }

    impl<T> DerefMut for MutexGuard<'_, T> {
        fn deref_mut(&mut self) -> &mut T {
            let guard = self.0.as_deref_mut();
            guard.expect("it is there until it is dropped")
        }
    }

    impl<T> Drop for MutexGuard<'_, T> {
        fn drop(&mut self) {
            self.0 = None;
            HELD.set(HELD.get() - 1);
            if let Some(hook) = AT_NEXT_UNLOCK.take() {
                hook();
            }
        }
    }
}

/// `std::thread`, where the system refuses threads if a test says so.
pub mod thread {
    pub use real_std::thread::{JoinHandle, sleep, spawn};
    use real_std::{cell::Cell, io};

    thread_local! {
        static ALLOWED: Cell<usize> = const { Cell::new(usize::MAX) };
    }

    /// From now on this thread may start so many.
    pub(crate) fn allow(threads: usize) {
        ALLOWED.set(threads);
    }

    /// How many of those are left.
    pub(crate) fn allowed() -> usize {
        ALLOWED.get()
    }

    /// As in std.
    pub(crate) struct Builder;

    impl Builder {
        pub(crate) fn new() -> Self {
            Self
        }

        pub(crate) fn spawn(
            self,
            body: impl FnOnce() + Send + 'static,
        ) -> io::Result<JoinHandle<()>> {
            let Some(left) = ALLOWED.get().checked_sub(1) else {
                return Err(io::ErrorKind::WouldBlock.into());
            };
            ALLOWED.set(left);
            real_std::thread::Builder::new().spawn(body)
        }
    }
}

/// Each test has its own, and a name says whose it is.
static SYSTEMS: Mutex<Vec<Arc<System>>> = Mutex::new(Vec::new());

/// Knows every name, and answers while its door is open.
#[derive(Default)]
struct System {
    door: Mutex<()>,
    asked: Mutex<usize>,
}

impl System {
    /// A new one, and a name that it is asked for.
    fn new() -> (Arc<Self>, String) {
        let (system, mut systems) = (Arc::<Self>::default(), lock(&SYSTEMS));
        systems.push(Arc::clone(&system));
        (system, format!("host-{}", systems.len() - 1))
    }

    fn of(name: &str) -> Arc<Self> {
        let number = name.strip_prefix("host-").map(str::parse::<usize>);
        let number = number.and_then(Result::ok).expect("`new` gave the name");
        Arc::clone(&lock(&SYSTEMS)[number])
    }

    fn look_up(&self) {
        *lock(&self.asked) += 1;
        drop(lock(&self.door));
    }

    /// How often it was asked.
    fn asked(&self) -> usize {
        *lock(&self.asked)
    }

    /// It answers when the guard is dropped.
    fn closed(&self) -> MutexGuard<'_, ()> {
        lock(&self.door)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics with it")
}

#[test]
#[cfg(target_os = "linux")]
fn waiting_for_a_name_uses_no_cpu() {
    let (system, name) = System::new();
    let (close, closed) = sync::mpsc::channel();
    let opening = thread::spawn(move || {
        let door = system.closed();
        close.send(()).unwrap();
        thread::sleep(time::Duration::from_millis(500));
        drop(door);
    });
    closed.recv().unwrap();
    let names = lookup::Names::new();
    let before = testing::waits::cpu_ticks();
    let found = reactor::block_on(async |_| names.look_up(&name, 80).await);
    // A loop that asked again and again would use most of the 50.
    let used = testing::waits::cpu_ticks() - before;
    assert!(used < 5, "{used} of 50 hundredths of a second");
    assert_eq!(found.unwrap().unwrap().len(), 2);
    opening.join().unwrap();
}

mutants::mutants! {
    "src/lookup.rs" as lookup, "tests/lookup/properties.rs";

    /// The first waker stays, so the task is woken where it was.
    keeps_the_first_waker: { answer.waiting.replace(waker) } =>
        { { let first = answer.waiting.take(); answer.waiting = first.or(Some(waker)); None::<Waker> } },
        a_lookup_that_moved_wakes_the_task_where_it_is, "not the task where it is";

    /// A lookup whose request was dropped is done as well.
    looks_up_what_was_given_up: { Arc::strong_count(&lookup) == 1 } => { false },
        dropped_lookups_delay_nobody, "looked up for nobody";

    /// Eight threads, whatever becomes of their lookups.
    never_more_threads: { let _ = self.add_thread(); } => {},
        lookups_that_hang_delay_nobody, "all threads are stuck";

    /// All lookups that wait get a thread, and not as many as there are threads.
    no_doubling: { 0..waiting.min(self.threads.get()) } => { 0..waiting },
        threads_are_doubled_when_all_are_stuck_and_not_before, "threads, 2 checks";

    /// Each check counts, also one that follows immediately.
    checks_all_the_time: { if since.duration_since(before) < SOON { return; } } => {},
        two_checks_in_the_same_moment_add_no_thread, "threads of the same moment";

    /// An address is looked up as a name.
    looks_up_addresses: { if let Ok(address) = host.parse::<IpAddr>() } =>
        { if let (Ok(address), false) = (host.parse::<IpAddr>(), true) },
        an_address_needs_no_thread, "it is looked up";

    /// The answer is taken under one lock, and the waker is left under the next.
    takes_then_leaves_the_waker: {
            let mut answer = lock(&lookup.answer);
            (answer.addresses.take(), answer.waiting.replace(waker))
        } => {
            let found = lock(&lookup.answer).addresses.take();
            (found, lock(&lookup.answer).waiting.replace(waker))
        },
        an_answer_in_the_middle_of_a_poll_is_not_lost, "nobody is woken";

    /// The waker that is replaced is dropped under the lock.
    drops_under_the_lock: { answer.waiting.replace(waker) } => { { answer.waiting = Some(waker); } },
        no_lock_is_held_while_a_waker_is_used, "Drop, 1";

    /// The waker is called under the lock.
    wakes_under_the_lock: { if let Some(waker) = waiting } =>
        { let _answer = lock(&lookup.answer); if let Some(waker) = waiting },
        no_lock_is_held_while_a_waker_is_used, "Wake, 1";

    /// A lookup for which no thread can be added fails, although there are threads.
    needs_each_thread: { Err(error) if threads == 0 => return Err(error), Err(_) => {} } =>
        { Err(error) => return Err(error), },
        a_thread_that_is_refused_costs_nothing_beside_another, "it needs no more threads";

    /// Without a thread, a lookup waits for an answer that nobody gives.
    needs_no_thread: { Err(error) if threads == 0 => return Err(error), } => {},
        without_a_single_thread_a_lookup_is_an_error, "it waits for nobody";
}
