//! What the pool guarantees, one sentence each, as models that loom runs in many orders.
//!
//! Two workers, two submitters and their locks have too many orders. So most models bound how often
//! a thread that could continue is interrupted, which loom calls preemptions.

use super::pool::Pool;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

/// Two workers and two submitters on a queue of one: every job runs once, every ticket is answered.
pub(crate) fn every_job_of_two_submitters_is_answered() {
    model::check_within(2, || {
        let pool = Arc::new(Pool::new(2, 1));
        let ran = Arc::new(AtomicUsize::new(0));
        let submit = |pool: &Pool, ran: &Arc<AtomicUsize>, number: usize| {
            let ran = Arc::clone(ran);
            let ticket = pool.submit(move || {
                ran.fetch_add(1, Ordering::Relaxed);
                number
            });
            assert_eq!(ticket.wait().ok(), Some(number), "another job's result");
        };
        let (theirs, counted) = (Arc::clone(&pool), Arc::clone(&ran));
        let other = thread::spawn(move || submit(&theirs, &counted, 1));
        submit(&pool, &ran, 2);
        other.join().expect("it submits one job");
        drop(pool);
        assert_eq!(ran.load(Ordering::Relaxed), 2, "each job runs once");
    });
}

/// Two jobs that wait for each other end, because each has a worker.
pub(crate) fn two_jobs_run_at_the_same_time() {
    model::check_within(2, || {
        let pool = Pool::new(2, 2);
        let (one, other) = (mpsc::channel(), mpsc::channel());
        let first = pool.submit(move || {
            one.0.send(()).expect("the other job waits");
            other.1.recv().expect("the other job runs");
        });
        let second = pool.submit(move || {
            other.0.send(()).expect("the one job waits");
            one.1.recv().expect("the one job runs");
        });
        assert!(first.wait().is_ok() && second.wait().is_ok());
    });
}

/// The queue never exceeds its capacity, not even after a spurious wake-up.
pub(crate) fn the_queue_never_exceeds_its_capacity() {
    model::check_within(2, || {
        let pool = Arc::new(Pool::new(1, 1));
        let (open, gate) = mpsc::channel();
        let (arrived, busy) = mpsc::channel();
        let held = pool.submit(move || {
            arrived.send(()).expect("it is waited for");
            gate.recv().expect("it is opened");
        });
        busy.recv().expect("the job runs");
        let queued = Arc::new(AtomicUsize::new(0));
        let submitters = [(); 2].map(|()| {
            let (pool, queued) = (Arc::clone(&pool), Arc::clone(&queued));
            thread::spawn(move || {
                let ticket = pool.submit(|| ());
                queued.fetch_add(1, Ordering::Relaxed);
                ticket
            })
        });
        let disturber = thread::spawn(model::wake_spuriously);
        disturber.join().expect("it only disturbs");
        // The only worker is held, so what was submitted is queued.
        let most = queued.load(Ordering::Relaxed);
        assert!(most <= 1, "more than the capacity: {most}");
        open.send(()).expect("the job waits");
        assert!(held.wait().is_ok());
        for submitter in submitters {
            let ticket = submitter.join().expect("it submits one job");
            assert!(ticket.wait().is_ok());
        }
    });
}

/// Space for two jobs reaches two waiting submitters: no wake-up is lost.
pub(crate) fn space_for_two_reaches_two_submitters() {
    model::check_within(2, || {
        let pool = Arc::new(Pool::new(1, 2));
        let (open, gate) = mpsc::channel();
        let (arrived, busy) = mpsc::channel();
        let held = pool.submit(move || {
            arrived.send(()).expect("it is waited for");
            gate.recv().expect("it is opened");
        });
        busy.recv().expect("the job runs");
        let queued = [(); 2].map(|()| pool.submit(|| ())); // full
        let submitters = [(); 2].map(|()| {
            let pool = Arc::clone(&pool);
            thread::spawn(move || pool.submit(|| ()))
        });
        open.send(()).expect("the job waits");
        let join = |submitter: thread::JoinHandle<_>| submitter.join().expect("it submits a job");
        let late = submitters.map(join);
        // Loom asks that every result is received.
        for ticket in queued.into_iter().chain(late).chain([held]) {
            assert!(ticket.wait().is_ok());
        }
    });
}

/// `try_submit` gives the job back exactly while the queue is full.
pub(crate) fn try_submit_is_refused_exactly_while_the_queue_is_full() {
    model::check_within(2, || {
        let pool = Pool::new(1, 1);
        let (open, gate) = mpsc::channel();
        let (arrived, busy) = mpsc::channel();
        let held = pool.submit(move || {
            arrived.send(()).expect("it is waited for");
            gate.recv().expect("it is opened");
        });
        busy.recv().expect("the job runs");
        let queued = pool.try_submit(|| 1).ok();
        let queued = queued.expect("the queue is empty");
        assert!(pool.try_submit(|| 2).is_err(), "more than the capacity");
        open.send(()).expect("the job waits");
        assert!(held.wait().is_ok());
        assert_eq!(queued.wait().ok(), Some(1));
        assert_eq!(
            pool.try_submit(|| 3)
                .ok()
                .and_then(|ticket| ticket.wait().ok()),
            Some(3)
        );
    });
}

/// A worker that wakes up without a reason waits again.
pub(crate) fn a_spurious_wake_up_ends_no_worker() {
    model::check_within(3, || {
        let pool = Pool::new(1, 1);
        let disturber = thread::spawn(model::wake_spuriously);
        assert_eq!(pool.submit(|| 7).wait().ok(), Some(7));
        disturber.join().expect("it only disturbs");
    });
}

/// Dropping the pool ends workers that wait for a job.
pub(crate) fn drop_ends_idle_workers() {
    model::check_within(3, || drop(Pool::new(2, 1)));
}

/// Dropping the pool while its queue is full finishes every job and waits for it.
pub(crate) fn drop_while_full_finishes_every_job() {
    model::check_within(3, || {
        let pool = Pool::new(1, 2);
        let ran = Arc::new(AtomicUsize::new(0));
        let tickets = [(); 2].map(|()| {
            let ran = Arc::clone(&ran);
            pool.submit(move || ran.fetch_add(1, Ordering::Relaxed))
        });
        drop(pool);
        assert_eq!(ran.load(Ordering::Relaxed), 2, "a job is lost");
        for ticket in tickets {
            assert!(ticket.wait().is_ok());
        }
    });
}

/// A job that drops the last owner of the pool does not wait for its own thread.
pub(crate) fn a_job_may_drop_the_pool() {
    model::check_within(3, || {
        let pool = Arc::new(Pool::new(1, 1));
        let (gave, given) = mpsc::channel::<Arc<Pool>>();
        let ticket = pool.submit(move || drop(given.recv()));
        gave.send(pool).expect("the job waits");
        assert!(ticket.wait().is_ok());
    });
}

/// One worker runs the jobs in the order in which they were submitted.
pub(crate) fn one_worker_runs_jobs_in_order() {
    model::check_within(2, || {
        let pool = Pool::new(1, 2);
        let order = Arc::new(Mutex::new(Vec::new()));
        let tickets = [0, 1, 2].map(|number| {
            let order = Arc::clone(&order);
            pool.submit(move || order.lock().expect("no panic").push(number))
        });
        drop(pool);
        for ticket in tickets {
            assert!(ticket.wait().is_ok());
        }
        assert_eq!(*order.lock().expect("no panic"), [0, 1, 2], "out of order");
    });
}

/// A job that panics ends no worker, and its ticket is answered.
pub(crate) fn a_panic_ends_no_worker() {
    model::check_within(2, || {
        let pool = Pool::new(1, 1);
        // Not `panic!`: without the hook, nothing is printed in each of the orders.
        let bad = pool.submit(|| std::panic::resume_unwind(Box::new("the job panicked")));
        let good = pool.submit(|| 7);
        let panic = bad.wait().err();
        let said = panic.and_then(|panic| panic.downcast_ref().copied());
        assert_eq!(said, Some("the job panicked"), "the panic is lost");
        assert_eq!(good.wait().ok(), Some(7));
    });
}
