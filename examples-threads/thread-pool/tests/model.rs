//! The pool under loom: the file that you copy, byte for byte, in every order of its steps; and
//! that file with a bug planted in it, which the same models must find.

// From here on `std` is loom in the shape of std, in the pool's own `use` lines as well.
extern crate model as std;

#[path = "../src/lib.rs"]
pub mod pool;
#[path = "model/properties.rs"]
mod properties;

mutants::mutants! {
    "src/lib.rs" as pool, "tests/model/properties.rs";

    /// No worker is notified that a job has arrived.
    no_notify: { self.arrived.notify_one(); } => {},
        every_job_of_two_submitters_is_answered, "deadlock; threads =";

    /// Only a job that arrives in an empty queue is notified: enough for one worker, not for two.
    notifies_when_it_was_empty: { self.arrived.notify_one(); } =>
        { if state.queue.len() == 1 { self.arrived.notify_one(); } },
        two_jobs_run_at_the_same_time, "deadlock; threads =";

    /// The lock is held while the job runs, as in `while let Ok(job) = queue.lock().unwrap().recv()`.
    runs_under_the_lock: { return Some(job); } => { job(); return Some(Box::new(|| ())); },
        two_jobs_run_at_the_same_time, "deadlock; threads =";

    /// No submitter is notified of the space in the queue.
    no_space: { self.space.notify_one(); } => {},
        every_job_of_two_submitters_is_answered, "deadlock; threads =";

    /// A notified submitter counts as gone before it is: the next space notifies nobody.
    counts_one_submitter: { state.waiting_submitters > 0 } => { state.waiting_submitters == 1 },
        space_for_two_reaches_two_submitters, "deadlock; threads =";

    /// A second idle worker is not counted.
    counts_one_worker: { state.idle_workers > 0 } => { state.idle_workers == 1 },
        two_jobs_run_at_the_same_time, "deadlock; threads =";

    /// Only space in a queue that was full is notified: enough for one submitter, not for two.
    notifies_when_it_was_full: { self.space.notify_one(); } =>
        { if state.queue.len() + 1 == self.capacity { self.space.notify_one(); } },
        space_for_two_reaches_two_submitters, "deadlock; threads =";

    /// The queue accepts one job more than its capacity.
    one_too_many: { while state.queue.len() == self.shared.capacity } =>
        { while state.queue.len() > self.shared.capacity },
        the_queue_never_exceeds_its_capacity, "more than the capacity";

    /// A submitter that wakes up does not look again whether the queue is full.
    does_not_look_again: { while state.queue.len() == self.shared.capacity } =>
        { if state.queue.len() == self.shared.capacity },
        the_queue_never_exceeds_its_capacity, "more than the capacity";

    /// `try_submit` does not look whether the queue is full.
    tries_without_a_look: { return Err(f); } => {},
        try_submit_is_refused_exactly_while_the_queue_is_full, "more than the capacity";

    /// A worker that wakes up without a job ends.
    ends_when_woken: { state.idle_workers -= 1; } =>
        { state.idle_workers -= 1; if state.queue.is_empty() { return None; } },
        a_spurious_wake_up_ends_no_worker, "deadlock; threads =";

    /// When the pool is dropped, one idle worker is woken.
    close_wakes_one: { self.shared.arrived.notify_all(); } => { self.shared.arrived.notify_one(); },
        drop_ends_idle_workers, "deadlock; threads =";

    /// When the pool is dropped, it does not say that it is closed.
    never_closes: { self.shared.lock().closed = true; } => {},
        drop_ends_idle_workers, "deadlock; threads =";

    /// A pool that is dropped forgets what is queued.
    forgets_what_is_queued: { if let Some(job) = state.queue.pop_front() } =>
        { if let Some(job) = (if state.closed { None } else { state.queue.pop_front() }) },
        drop_while_full_finishes_every_job, "a job is lost";

    /// The drop does not wait for the workers.
    does_not_join: { let _ = worker.join(); } => { drop(worker); },
        drop_while_full_finishes_every_job, "a job is lost";

    /// A job that drops the pool waits for its own thread.
    joins_itself: { if worker.thread().id() != thread::current().id() } => { if true },
        a_job_may_drop_the_pool, "deadlock; threads =";

    /// The newest job runs first.
    takes_the_newest: { pop_front() } => { pop_back() },
        one_worker_runs_jobs_in_order, "out of order";

    /// A job's panic is caught by the worker only, where the ticket does not get it.
    loses_the_panic: { panic::catch_unwind(AssertUnwindSafe(f)) } => { Ok(f()) },
        a_panic_ends_no_worker, "deadlock; threads =";
}
