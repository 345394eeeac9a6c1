//! Where the value of an `Owner` is made, used and dropped, and what becomes of panics.

use send_sync::{Owner, is_send, is_static, is_sync};
use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, ThreadId};
use testing::watchdog;

type Neither = PhantomData<*mut u8>; // neither Send nor Sync

const _: () = is_send::<Owner<Neither>>();
const _: () = is_sync::<Owner<Neither>>();
const _: () = is_static::<Owner<Neither>>();

/// Notes the thread that drops it. Like an `Rc`, it cannot leave its thread.
struct Noted(mpsc::Sender<(&'static str, ThreadId)>, Neither);

impl Drop for Noted {
    fn drop(&mut self) {
        let _ = self.0.send(("dropped", thread::current().id()));
    }
}

#[test]
fn the_value_is_made_used_and_dropped_on_one_thread_that_is_not_the_callers() {
    watchdog::assert_ends(|| {
        let (sender, events) = mpsc::channel();
        let made = move || {
            let _ = sender.send(("made", thread::current().id()));
            Noted(sender, PhantomData)
        };
        let owner = Owner::new(made).unwrap();
        let used = owner.call(|noted| {
            let _ = noted.0.send(("used", thread::current().id()));
            thread::current().id()
        });
        drop(owner);
        let thread = used.unwrap();
        assert_ne!(thread, thread::current().id());
        let expected = ["made", "used", "dropped"].map(|event| (event, thread));
        // All are there: the drop of the owner has waited.
        assert_eq!(events.try_iter().collect::<Vec<_>>(), expected);
    });
}

#[test]
fn callers_on_many_threads_lose_no_call() {
    watchdog::assert_ends(|| {
        let total = Owner::new(|| Rc::new(Cell::new(0))).unwrap();
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..1_000 {
                        total.call(|rc| rc.set(rc.get() + 1)).unwrap();
                    }
                });
            }
        });
        assert_eq!(total.call(|rc| rc.get()).unwrap(), 8_000);
    });
}

#[test]
fn a_call_that_panics_returns_what_it_said_and_the_value_stays() {
    watchdog::assert_ends(|| {
        let list = Owner::new(|| RefCell::new(vec![1])).unwrap();
        let panic = list.call(|list| {
            list.borrow_mut().push(2);
            assert!(list.borrow().len() > 2, "only two");
        });
        let panic = panic.unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"only two"));
        assert_eq!(list.call(|list| list.borrow().clone()).unwrap(), [1, 2]);
    });
}

#[test]
fn a_value_that_cannot_be_made_is_an_error() {
    watchdog::assert_ends(|| {
        let made = Owner::<Rc<u8>>::new(|| std::panic::panic_any("no value"));
        let panic = made.err().expect("it panicked");
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"no value"));
    });
}

#[test]
fn a_call_within_a_call_is_refused_instead_of_hanging() {
    watchdog::assert_ends(|| {
        let owner = Arc::new(Owner::new(|| Rc::new(1)).unwrap());
        let same = Arc::clone(&owner);
        let panic = owner.call(move |_| same.call(|_| ()).is_ok()).unwrap_err();
        let said = panic.downcast_ref::<&str>();
        let expected = "Owner::call within Owner::call would never return";
        assert_eq!(said, Some(&expected));
        assert_eq!(owner.call(|rc| **rc).unwrap(), 1);
    });
}

/// Calls of one thread are in order, because each waits for its result.
#[test]
fn one_call_runs_at_a_time() {
    watchdog::assert_ends(|| {
        let inside = Arc::new(Mutex::new(()));
        let owner = Owner::new(|| ()).unwrap();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        let inside = Arc::clone(&inside);
                        let alone = owner.call(move |()| inside.try_lock().is_ok());
                        assert!(alone.unwrap(), "two calls ran at the same time");
                    }
                });
            }
        });
    });
}

#[test]
fn a_panic_while_the_value_is_dropped_does_not_reach_the_owner() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            std::panic::panic_any("in drop");
        }
    }
    watchdog::assert_ends(|| {
        let owner = Owner::new(|| Panics).unwrap();
        assert!(catch_unwind(AssertUnwindSafe(|| drop(owner))).is_ok());
    });
}
