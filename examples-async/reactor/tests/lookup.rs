//! Names, by a system that answers when the test lets it; and that file with a bug planted in it,
//! which the same tests must find.

// From here on `std` is this file, in the lookup's own `use` lines as well.
extern crate self as std;
extern crate std as real_std;

#[path = "../src/lookup.rs"]
pub mod lookup;
#[path = "lookup/properties.rs"]
mod properties;

pub use real_std::{cell, fmt, future, io, pin, sync, task, thread, time};
use sync::{Arc, Mutex, MutexGuard};

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
            Ok(vec![(Ipv4Addr::LOCALHOST, self.1).into()].into_iter())
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
    assert_eq!(found.unwrap().unwrap().len(), 1);
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
}
