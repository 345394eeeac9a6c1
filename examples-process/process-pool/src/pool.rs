//! What all workers of a pool share: the queue, the order of the results, the end.

use std::collections::VecDeque;
use std::io::{self, PipeReader, PipeWriter, Write};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::{Options, Task, TaskError};

/// One task on its way.
pub(crate) struct Job<T: Task> {
    /// Kept until it is answered, so that it can be sent any number of times.
    pub(crate) task: T,
    /// How often a worker died while it had this task and no other.
    pub(crate) kills: u32,
    number: u64,
    inbox: Arc<Inbox<T::Output>>,
}

impl<T: Task> Job<T> {
    fn new(task: T, number: u64, inbox: &Arc<Inbox<T::Output>>) -> Job<T> {
        Job {
            task,
            kills: 0,
            number,
            inbox: Arc::clone(inbox),
        }
    }

    /// Whether nobody waits for the result any more.
    pub(crate) fn abandoned(&self) -> bool {
        self.inbox.abandoned.load(Relaxed) // Only a hint to save work; it orders nothing.
    }
}

/// Drops a value of the user's where a panic in its `Drop` would take others with it. The panic is
/// printed like any other, and goes no further.
pub(crate) fn discard<V>(value: V) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
        Box::leak(panic); // Its Drop could panic, too.
    }
}

/// Where results wait, in the order of their tasks, for the one thread that takes them.
struct Inbox<O> {
    slots: Mutex<Slots<O>>,
    arrived: Condvar,
    abandoned: AtomicBool,
}

struct Slots<O> {
    /// The number of the task whose result is `results[0]`.
    first: u64,
    results: VecDeque<Option<Result<O, TaskError>>>,
    waiting: bool,
}

impl<O> Inbox<O> {
    fn new() -> Arc<Inbox<O>> {
        Arc::new(Inbox {
            slots: Mutex::new(Slots {
                first: 0,
                results: VecDeque::new(),
                waiting: false,
            }),
            arrived: Condvar::new(),
            abandoned: AtomicBool::new(false),
        })
    }

    fn put(&self, results: impl Iterator<Item = (u64, Result<O, TaskError>)>) {
        let mut slots = lock(&self.slots);
        for (number, result) in results {
            let index = (number - slots.first) as usize;
            if slots.results.len() <= index {
                slots.results.resize_with(index + 1, || None);
            }
            slots.results[index] = Some(result);
        }
        if slots.waiting && matches!(slots.results.front(), Some(Some(_))) {
            slots.waiting = false;
            self.arrived.notify_one();
        }
    }

    /// Moves the results that are next in order to `ready`, and waits for one if told to.
    fn take(&self, wait: bool, ready: &mut VecDeque<Result<O, TaskError>>) {
        let mut slots = lock(&self.slots);
        while wait && !matches!(slots.results.front(), Some(Some(_))) {
            slots.waiting = true;
            slots = self
                .arrived
                .wait(slots)
                .unwrap_or_else(PoisonError::into_inner);
        }
        while let Some(result) = slots.results.front_mut().and_then(Option::take) {
            slots.results.pop_front();
            slots.first += 1;
            ready.push_back(result);
        }
    }
}

impl<O> Drop for Inbox<O> {
    /// The last to hold it may be a supervisor: results that nobody took are dropped one by one.
    fn drop(&mut self) {
        let slots = self.slots.get_mut();
        let slots = slots.unwrap_or_else(PoisonError::into_inner);
        slots.results.drain(..).for_each(discard);
    }
}

/// A job that is over, and how it ended.
pub(crate) type Done<T> = (Job<T>, Result<<T as Task>::Output, TaskError>);

/// Hands results to those who wait for them: one lock and at most one wake-up for each run of
/// results of the same `map`.
pub(crate) fn deliver<T: Task>(done: &mut Vec<Done<T>>) {
    let mut done = done.drain(..).peekable();
    while let Some((job, result)) = done.next() {
        let inbox = job.inbox;
        discard(job.task);
        let rest = std::iter::from_fn(|| {
            let (next, result) = done.next_if(|(next, _)| Arc::ptr_eq(&next.inbox, &inbox))?;
            discard(next.task);
            Some((next.number, result))
        });
        inbox.put(std::iter::once((job.number, result)).chain(rest));
    }
}

/// What the supervisors, one thread for each worker, share with the pool.
pub(crate) struct Shared<T: Task> {
    pub(crate) options: Options,
    queue: Mutex<Queue<T>>,
    /// One for each supervisor, which waits for its worker's socket and for this bell at once;
    /// a condition variable could not wake it from the socket.
    bells: Vec<PipeWriter>,
}

struct Queue<T: Task> {
    fresh: VecDeque<Job<T>>,
    /// Tasks that were in a worker with others when it died. Each runs alone, so that the next
    /// death has one culprit.
    suspects: VecDeque<Job<T>>,
    /// The supervisors that wait for work.
    idle: Vec<usize>,
    /// Whether a supervisor has wanted more tasks than its share.
    hungry: bool,
    /// How many workers are ready or at work.
    alive: usize,
    died: u64,
    closing: bool,
}

/// What [`Shared::take`] found.
pub(crate) enum Taken {
    /// Nothing, or as many tasks as were asked for and fair.
    Tasks,
    /// One task, to be sent alone.
    Suspect,
    /// The pool is going away.
    Closing,
}

impl<T: Task> Shared<T> {
    pub(crate) fn new(options: Options) -> io::Result<(Shared<T>, Vec<PipeReader>)> {
        let mut bells = Vec::new();
        let mut ears = Vec::new();
        for _ in 0..options.workers {
            let (ear, bell) = io::pipe()?;
            bells.push(bell);
            ears.push(ear);
        }
        let queue = Mutex::new(Queue {
            fresh: VecDeque::new(),
            suspects: VecDeque::new(),
            idle: Vec::new(),
            hungry: false,
            alive: 0,
            died: 0,
            closing: false,
        });
        let shared = Shared {
            options,
            queue,
            bells,
        };
        Ok((shared, ears))
    }

    /// Queues the jobs and wakes as many idle supervisors as there is work for.
    fn push(&self, jobs: impl Iterator<Item = Job<T>>) {
        let mut queue = lock(&self.queue);
        let before = queue.fresh.len();
        queue.fresh.extend(jobs);
        let added = queue.fresh.len() - before;
        self.wake(&mut queue, added);
    }

    fn wake(&self, queue: &mut Queue<T>, jobs: usize) {
        for _ in 0..jobs {
            let Some(seat) = queue.idle.pop() else { break };
            self.ring(seat);
        }
    }

    fn ring(&self, seat: usize) {
        // Never blocks: two strokes at most wait in a pipe. Never fails: the supervisor, which
        // holds the other end, lives until the pool has rung for the end.
        let _ = (&self.bells[seat]).write(&[1]);
    }

    /// Moves up to `room` jobs to `taken`. If there are none and the supervisor holds none either,
    /// it counts as idle from here on and will be rung for.
    pub(crate) fn take(
        &self,
        seat: usize,
        room: usize,
        held: usize,
        taken: &mut VecDeque<Job<T>>,
    ) -> Taken {
        let mut queue = lock(&self.queue);
        let queue = &mut *queue;
        queue.idle.retain(|idle| *idle != seat);
        if queue.closing {
            return Taken::Closing;
        }
        if !queue.suspects.is_empty() {
            // Before all others, or a stream of new tasks could keep them waiting for ever.
            if held > 0 {
                return Taken::Tasks;
            }
            taken.extend(queue.suspects.pop_front());
            return Taken::Suspect;
        }
        // A fair share, so that near the end no worker sits on what others could do.
        let share = queue.fresh.len().div_ceil(self.options.workers);
        queue.hungry |= share < room;
        taken.extend(queue.fresh.drain(..room.min(share)));
        if taken.is_empty() && held == 0 {
            queue.idle.push(seat);
        }
        Taken::Tasks
    }

    /// Whether a worker has wanted more than its share since this was asked last.
    fn was_hungry(&self) -> bool {
        mem::take(&mut lock(&self.queue).hungry)
    }

    /// Whether anything is queued; if not, the supervisor counts as idle from here on.
    pub(crate) fn has_work(&self, seat: usize) -> bool {
        let mut queue = lock(&self.queue);
        queue.idle.retain(|idle| *idle != seat);
        let work = !queue.fresh.is_empty() || !queue.suspects.is_empty();
        if !work {
            queue.idle.insert(0, seat); // Woken last: those whose worker lives are quicker.
        }
        work
    }

    /// Puts jobs back that did not get their turn, before all others: they are the oldest.
    pub(crate) fn put_back(&self, jobs: impl DoubleEndedIterator<Item = Job<T>>) {
        let mut queue = lock(&self.queue);
        let mut count = 0;
        for job in jobs.rev() {
            queue.fresh.push_front(job);
            count += 1;
        }
        self.wake(&mut queue, count);
    }

    /// Queues jobs to be run alone.
    pub(crate) fn suspect(&self, jobs: impl Iterator<Item = Job<T>>) {
        let mut queue = lock(&self.queue);
        let before = queue.suspects.len();
        queue.suspects.extend(jobs);
        let added = queue.suspects.len() - before;
        self.wake(&mut queue, added);
    }

    pub(crate) fn count_start(&self) {
        lock(&self.queue).alive += 1;
    }

    pub(crate) fn count_death(&self) {
        let mut queue = lock(&self.queue);
        queue.alive -= 1;
        queue.died += 1;
    }

    pub(crate) fn died(&self) -> u64 {
        lock(&self.queue).died
    }

    /// Called when a worker could not be started. If no other is left to do the work, all that is
    /// queued fails now; what is submitted later makes the supervisors try again.
    pub(crate) fn cannot_start(&self, reason: &str) {
        let orphans = {
            let mut queue = lock(&self.queue);
            if queue.closing {
                return;
            }
            if queue.alive > 0 {
                // Woken for these tasks in place of another, this supervisor passes them on.
                let jobs = queue.suspects.len() + queue.fresh.len();
                return self.wake(&mut queue, jobs);
            }
            queue.take_all()
        };
        fail(orphans, &TaskError::NoWorker(reason.to_owned()));
    }

    /// The end: every supervisor kills its worker and returns.
    pub(crate) fn close(&self) {
        lock(&self.queue).closing = true;
        for seat in 0..self.bells.len() {
            self.ring(seat);
        }
    }

    /// After the end: all that is left fails.
    pub(crate) fn fail_rest(&self) {
        let orphans = lock(&self.queue).take_all();
        fail(orphans, &TaskError::PoolDropped);
    }

    pub(crate) fn closing(&self) -> bool {
        lock(&self.queue).closing
    }
}

impl<T: Task> Queue<T> {
    fn take_all(&mut self) -> Vec<Job<T>> {
        self.suspects
            .drain(..)
            .chain(self.fresh.drain(..))
            .collect()
    }
}

/// Gives all these jobs the same error.
pub(crate) fn fail<T: Task>(jobs: impl IntoIterator<Item = Job<T>>, error: &TaskError) {
    let failed = |job| (job, Err(error.clone()));
    deliver(&mut jobs.into_iter().map(failed).collect());
}

/// The result of one submitted task, to be.
///
/// Dropping it abandons the task: one that no worker has yet is never run, one that runs is
/// run to its end for nothing.
#[must_use = "a dropped handle abandons its task"]
pub struct Handle<T: Task> {
    inbox: Arc<Inbox<T::Output>>,
}

impl<T: Task> Handle<T> {
    pub(crate) fn submit(shared: &Shared<T>, task: T) -> Handle<T> {
        let inbox = Inbox::new();
        shared.push(std::iter::once(Job::new(task, 0, &inbox)));
        Handle { inbox }
    }

    /// Waits for the result.
    ///
    /// # Errors
    /// The [`TaskError`] of this task.
    #[expect(
        clippy::missing_panics_doc,
        reason = "it cannot: take has waited for a result"
    )]
    pub fn join(self) -> Result<T::Output, TaskError> {
        let mut ready = VecDeque::new();
        self.inbox.take(true, &mut ready);
        ready.pop_front().expect("take has waited for a result")
    }
}

impl<T: Task> Drop for Handle<T> {
    fn drop(&mut self) {
        self.inbox.abandoned.store(true, Relaxed);
    }
}

/// The results of [`Pool::map`](crate::Pool::map), in the order of the tasks.
///
/// Dropping it abandons the tasks that are left: those that no worker has yet are never run, those
/// that run are run to their end for nothing. The pool goes on with other work at once.
#[must_use = "tasks are taken from the iterator only while results are asked for"]
pub struct Map<'pool, T: Task, I> {
    shared: &'pool Shared<T>,
    tasks: std::iter::Fuse<I>,
    exhausted: bool,
    /// Taken, not handed to the queue yet. A field, so that a panic in the iterator loses none.
    batch: Vec<Job<T>>,
    inbox: Arc<Inbox<T::Output>>,
    ready: VecDeque<Result<T::Output, TaskError>>,
    taken: u64,
    returned: u64,
    /// How many tasks may be ahead of the result returned last. It starts small and doubles when
    /// the workers and the caller wait for each other: slow tasks, or those of a slow caller, are
    /// not taken, and their results not stored, long before their time.
    ahead: usize,
}

/// About as long as this tasks are taken from an iterator while a result may be there.
const PULL_FOR: Duration = Duration::from_millis(1);

impl<'pool, T: Task, I: Iterator<Item = T>> Map<'pool, T, I> {
    pub(crate) fn new(shared: &'pool Shared<T>, tasks: I) -> Self {
        Map {
            shared,
            tasks: tasks.fuse(),
            exhausted: false,
            batch: Vec::new(),
            inbox: Inbox::new(),
            ready: VecDeque::new(),
            taken: 0,
            returned: 0,
            ahead: shared.options.in_flight.min(2 * shared.options.workers),
        }
    }

    /// How many more tasks may be taken from the iterator.
    fn room(&self) -> usize {
        self.ahead - (self.taken - self.returned) as usize
    }

    fn pull(&mut self) {
        let start = Instant::now();
        while self.room() > 0 {
            let Some(task) = self.tasks.next() else {
                self.exhausted = true;
                break;
            };
            self.batch.push(Job::new(task, self.taken, &self.inbox));
            self.taken += 1;
            // The clock costs as much as a small task, so it is read ever more rarely.
            if self.batch.len().is_power_of_two() && start.elapsed() > PULL_FOR {
                break;
            }
        }
        if !self.batch.is_empty() {
            self.shared.push(mem::take(&mut self.batch).into_iter());
        }
    }
}

impl<T: Task, I: Iterator<Item = T>> Iterator for Map<'_, T, I> {
    type Item = Result<T::Output, TaskError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            // Refilled when half empty: in batches, and before the workers run out.
            let refill = self.room() > self.ahead / 2 || self.ready.is_empty();
            if refill && !self.exhausted {
                self.pull();
            }
            if self.ready.is_empty() {
                if self.exhausted && self.taken == self.returned {
                    return None;
                }
                self.inbox.take(false, &mut self.ready);
                if self.ready.is_empty() && (self.exhausted || self.room() == 0) {
                    // Nothing is left to do but wait; unless the workers could do with more.
                    let most = self.shared.options.in_flight;
                    if !self.exhausted && self.ahead < most && self.shared.was_hungry() {
                        self.ahead = most.min(2 * self.ahead);
                        continue;
                    }
                    self.inbox.take(true, &mut self.ready);
                }
            }
            if let Some(result) = self.ready.pop_front() {
                self.returned += 1;
                return Some(result);
            }
        }
    }
}

impl<T: Task, I> Drop for Map<'_, T, I> {
    fn drop(&mut self) {
        self.inbox.abandoned.store(true, Relaxed);
    }
}

/// Of the user's code only a task's `Drop` can run under these locks, and its panic is caught: a
/// poisoned one holds whole data.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
