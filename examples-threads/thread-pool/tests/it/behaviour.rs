//! Panics, the bound of the queue, the end of the pool, and who runs what.

use std::collections::BTreeSet;
use std::panic::{catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread::{self, ThreadId};
use testing::watchdog;
use thread_pool::{Pool, Ticket};

const THREADS: usize = 4;

/// The threads of the pool, counted by jobs that wait for each other.
fn workers(pool: &Pool) -> BTreeSet<String> {
    let all_are_here = Arc::new(Barrier::new(THREADS));
    let tickets = [(); THREADS].map(|()| {
        let all_are_here = Arc::clone(&all_are_here);
        pool.submit(move || {
            all_are_here.wait();
            format!("{:?}", thread::current().id())
        })
    });
    tickets.into_iter().flat_map(Ticket::wait).collect()
}

/// Counts the closures that exist: those queued, those running, and those about to be submitted.
struct Alive(Arc<AtomicUsize>);

impl Alive {
    fn new(alive: &Arc<AtomicUsize>, most: &AtomicUsize) -> Self {
        let now = alive.fetch_add(1, Ordering::SeqCst) + 1;
        most.fetch_max(now, Ordering::SeqCst);
        Self(Arc::clone(alive))
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// 100,000 jobs of two submitters, of which 1,000 panic.
#[test]
fn a_thousand_panics_cost_no_worker_no_ticket_and_no_space() {
    const JOBS: usize = 50_000;
    const QUEUE: usize = 16;
    watchdog::assert_ends(|| {
        let pool = Pool::new(THREADS, QUEUE);
        let before = workers(&pool);
        let alive = Arc::new(AtomicUsize::new(0));
        let most = AtomicUsize::new(0);
        let submit_all = || {
            let (mut good, mut bad) = (0, 0);
            let mut tickets = Vec::new();
            for number in 0..JOBS {
                let counted = Alive::new(&alive, &most);
                tickets.push(pool.submit(move || {
                    let _counted = counted;
                    if number % 100 == 99 {
                        resume_unwind(Box::new(number)); // like panic!, without 1,000 messages
                    }
                    number
                }));
            }
            for (number, ticket) in tickets.into_iter().enumerate() {
                match ticket.wait() {
                    Ok(result) => {
                        assert_eq!(result, number);
                        good += 1;
                    }
                    Err(panic) => {
                        assert_eq!(panic.downcast_ref(), Some(&number));
                        bad += 1;
                    }
                }
            }
            (good, bad)
        };
        thread::scope(|scope| {
            let submitters = [scope.spawn(submit_all), scope.spawn(submit_all)];
            for submitter in submitters {
                assert_eq!(submitter.join().unwrap(), (49_500, 500));
            }
        });
        assert_eq!(workers(&pool), before, "the same threads");
        assert_eq!(before.len(), THREADS);
        let most = most.into_inner();
        let bound = QUEUE + THREADS + 2; // queued, running, and one in the hands of each submitter
        assert!(most <= bound, "{most} jobs existed, {bound} are possible");
        assert!(most > THREADS, "{most}: the queue was never used");
    });
}

/// Workers that are held, and a queue that is full.
fn full(threads: usize, queue: usize) -> (Pool, mpsc::Sender<()>, Vec<Ticket<bool>>) {
    let pool = Pool::new(threads, queue);
    let (open, gate) = mpsc::channel::<()>();
    let gate = Arc::new(std::sync::Mutex::new(gate));
    let mut tickets = Vec::new();
    // Submitting as many as fit returns only when the workers hold the others.
    for _ in 0..threads + queue {
        let gate = Arc::clone(&gate);
        tickets.push(pool.submit(move || {
            let gate = gate.lock().expect("no job panics");
            gate.recv().is_err()
        }));
    }
    (pool, open, tickets)
}

#[test]
fn exactly_the_capacity_is_queued() {
    watchdog::assert_ends(|| {
        for (threads, queue) in [(1, 1), (1, 5), (3, 2)] {
            let (pool, open, tickets) = full(threads, queue);
            assert!(pool.try_submit(|| ()).is_err());
            let printed = format!("{pool:?}");
            let expected =
                format!("Pool {{ threads: {threads}, queued: {queue}, capacity: {queue} }}");
            assert_eq!(printed, expected);
            drop(open);
            assert!(tickets.into_iter().all(|ticket| ticket.wait().unwrap()));
            let again = pool.try_submit(|| ()).ok();
            assert!(again.expect("the queue is empty").wait().is_ok());
        }
    });
}

#[test]
fn a_job_that_is_refused_is_returned_and_can_be_called() {
    watchdog::assert_ends(|| {
        let (pool, open, _tickets) = full(1, 1);
        let owned = String::from("still here");
        let job = pool.try_submit(move || owned).unwrap_err();
        assert_eq!(job(), "still here");
        drop(open);
    });
}

#[test]
fn dropping_a_full_pool_finishes_every_job() {
    watchdog::assert_ends(|| {
        let (pool, open, tickets) = full(2, 8);
        let opener = thread::spawn(move || drop(open));
        drop(pool);
        opener.join().unwrap();
        assert_eq!(tickets.len(), 10);
        assert!(tickets.into_iter().all(|ticket| ticket.wait().unwrap()));
    });
}

#[test]
fn all_workers_run_at_the_same_time() {
    watchdog::assert_ends(|| assert_eq!(workers(&Pool::new(THREADS, 1)).len(), THREADS));
}

#[test]
fn a_job_runs_although_its_ticket_was_dropped() {
    watchdog::assert_ends(|| {
        let pool = Pool::new(1, 1);
        let (sender, ran) = mpsc::channel();
        drop(pool.submit(move || sender.send(7)));
        assert_eq!(ran.recv(), Ok(7));
    });
}

/// Its drop panics, and so does the drop of what it panics with.
struct PanicsInDrop;

impl Drop for PanicsInDrop {
    fn drop(&mut self) {
        struct Again;
        impl Drop for Again {
            fn drop(&mut self) {
                resume_unwind(Box::new("again"));
            }
        }
        resume_unwind(Box::new(Again));
    }
}

#[test]
fn a_result_whose_drop_panics_ends_no_worker() {
    watchdog::assert_ends(|| {
        let pool = Pool::new(1, 1);
        let id = |pool: &Pool| pool.submit(|| thread::current().id()).wait().unwrap();
        let before: ThreadId = id(&pool);
        let (open, gate) = mpsc::channel::<()>();
        let ticket = pool.submit(move || {
            let _ = gate.recv();
            PanicsInDrop
        });
        drop(ticket); // so the worker drops the result
        drop(open);
        assert_eq!(id(&pool), before);
    });
}

#[test]
fn a_job_may_drop_the_pool_that_runs_it() {
    watchdog::assert_ends(|| {
        let pool = Arc::new(Pool::new(2, 4));
        let (gave, given) = mpsc::channel::<Arc<Pool>>();
        let first = pool.submit(move || drop(given.recv()));
        let second = pool.submit(|| 2);
        gave.send(pool).unwrap();
        assert!(first.wait().is_ok());
        assert_eq!(second.wait().unwrap(), 2);
    });
}

#[test]
fn a_job_may_submit_jobs() {
    watchdog::assert_ends(|| {
        let pool = Arc::new(Pool::new(1, 1));
        let same = Arc::clone(&pool);
        let outer = pool.submit(move || same.submit(|| 7)); // returned, and not waited for here
        assert_eq!(outer.wait().unwrap().wait().unwrap(), 7);
    });
}

#[test]
fn no_threads_and_no_queue_are_refused() {
    let said = |threads, queue| {
        let panic = catch_unwind(|| Pool::new(threads, queue)).unwrap_err();
        panic.downcast_ref::<&str>().map(ToString::to_string)
    };
    let threads = "a pool needs at least one thread";
    assert_eq!(said(0, 1).as_deref(), Some(threads));
    let queue = "the queue of a pool needs a capacity of at least 1";
    assert_eq!(said(1, 0).as_deref(), Some(queue));
}
