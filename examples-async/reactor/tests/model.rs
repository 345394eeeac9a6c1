//! The executor under loom: the file that you copy, byte for byte, in every order of its steps; and
//! that file with a bug planted in it, which the same models must find. The sockets are left out.

// From here on `std` is loom in the shape of std, and `polling` is the poller below, in the
// executor's own `use` lines as well.
extern crate model as std;
extern crate self as polling;

#[path = "../src/executor.rs"]
pub mod executor;
#[path = "model/properties.rs"]
mod properties;

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc;

/// Notices as polling 3.11 has them: one that is on its way is not sent again, and it is taken
/// before that is forgotten. A channel stands for the system's descriptor.
pub struct Poller {
    notified: AtomicBool,
    notice: mpsc::Sender<()>,
}

impl Poller {
    /// Ends the parking, or keeps the next one from beginning.
    pub(crate) fn notify(&self) -> std::io::Result<()> {
        let sent = self.notified.compare_exchange(false, true, SeqCst, SeqCst);
        if sent.is_ok() {
            let _ = self.notice.send(()); // a waker may outlive the loop
        }
        Ok(())
    }
}

/// There are no sockets.
pub struct Events;

impl Events {
    pub(crate) fn new() -> Self {
        Self
    }
}

mod readiness {
    use super::{Events, Poller};
    use std::io;
    use std::rc::Rc;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
    use std::sync::{Arc, mpsc};

    /// Parks, and no more.
    #[derive(Clone)]
    pub struct Reactor(Arc<Poller>, Rc<mpsc::Receiver<()>>);

    impl Reactor {
        pub(crate) fn new() -> io::Result<Self> {
            let (notice, notices) = mpsc::channel();
            let notified = AtomicBool::new(false);
            Ok(Self(
                Arc::new(Poller { notified, notice }),
                Rc::new(notices),
            ))
        }

        pub(crate) fn poller(&self) -> Arc<Poller> {
            Arc::clone(&self.0)
        }

        pub(crate) fn turn(&self, _: &mut Events, may_park: bool) -> io::Result<()> {
            if may_park {
                self.1.recv().expect("the sender is in the poller");
            } else {
                let _taken = self.1.try_recv();
            }
            self.0.notified.swap(false, SeqCst);
            Ok(())
        }
    }
}

mutants::mutants! {
    "src/executor.rs" as executor, "tests/model/properties.rs";

    /// Another thread sets the flag, and the loop stays parked.
    no_notice: { let _ = self.poller.notify(); } => {},
        no_wake_up_from_another_thread_is_lost, "deadlock; threads =";

    /// The notice comes first: the loop checks the flag, finds nothing and parks again.
    notice_before_the_flag: {
            self.is_woken.swap(true, AcqRel);
            if thread::current().id() != self.thread {
                let _ = self.poller.notify();
            }
        } => {
            if thread::current().id() != self.thread {
                let _ = self.poller.notify();
            }
            self.is_woken.swap(true, AcqRel);
        },
        no_wake_up_from_another_thread_is_lost, "deadlock; threads =";

    /// The flag is set by a store, which the loop may miss if no notice follows it.
    a_store_instead_of_the_swap: { self.is_woken.swap(true, AcqRel); } => { self.is_woken.store(true, Relaxed); },
        no_second_wake_up_is_lost, "deadlock; threads =";

    /// The flag is cleared after the poll: a wake-up during it is lost.
    forgets_after_the_poll: { let is_woken = signal.is_woken.swap(false, AcqRel); let poll = is_woken.then(|| main.as_mut().poll(&mut context)); } =>
        { let poll = Some(main.as_mut().poll(&mut context)); signal.is_woken.swap(false, AcqRel); },
        a_wake_up_during_a_poll_leads_to_another, "deadlock; threads =";

    /// One of many stays marked as queued until it was polled: a wake-up during the poll is lost.
    unmarks_after_the_poll: {
            lock(&queue).is_queued[number] = false;
            let Some(future) = &mut futures[number] else { continue; };
            let mut context = Context::from_waker(&wakers[number]);
            if future.as_mut().poll(&mut context).is_ready() { futures[number] = None; left -= 1; }
        } => {
            let Some(future) = &mut futures[number] else { continue; };
            let mut context = Context::from_waker(&wakers[number]);
            if future.as_mut().poll(&mut context).is_ready() { futures[number] = None; left -= 1; }
            lock(&queue).is_queued[number] = false;
        },
        of_many_only_the_woken_ones_are_polled, "deadlock; threads =";

    /// The queue is taken under one lock, and the waker is left under the next.
    takes_then_leaves_the_waker: {
            let mut queue = lock(&queue);
            let old = queue.outer.replace(waker);
            (mem::take(&mut queue.numbers), old)
        } => {
            let batch = mem::take(&mut lock(&queue).numbers);
            (batch, lock(&queue).outer.replace(waker))
        },
        of_many_only_the_woken_ones_are_polled, "deadlock; threads =";

    /// A wake-up wakes the task, and puts nothing in the queue.
    queues_nobody: { queue.numbers.push(self.number); } => {},
        of_many_only_the_woken_ones_are_polled, "deadlock; threads =";

    /// All are polled, whoever was woken.
    polls_all: { for number in batch } => { for number in { drop(batch); 0..futures.len() } },
        of_many_only_the_woken_ones_are_polled, "polled too often";
}
