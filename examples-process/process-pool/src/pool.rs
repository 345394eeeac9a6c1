// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! What all workers of a pool share: the queue, the order of the results, the shutdown.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, PipeReader, PipeWriter, Write};
use std::iter::FusedIterator;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Options, Task, TaskError};

/// One task that has no result yet.
pub(super) struct Job<T: Task> {
    /// Kept until it is answered, so that it can be sent any number of times.
    pub(super) task: T,
    /// How often a worker died while it had this task and no other.
    pub(super) kills: u32,
    /// How often it was late in a worker that was stopped, by SIGSTOP or a debugger.
    pub(super) stops: u32,
    number: u64,
    inbox: Arc<Inbox<T::Output>>,
}

impl<T: Task> Job<T> {
    fn new(task: T, number: u64, inbox: &Arc<Inbox<T::Output>>) -> Job<T> {
        Job {
            task,
            kills: 0,
            stops: 0,
            number,
            inbox: Arc::clone(inbox),
        }
    }

    /// Whether nobody waits for the result.
    pub(super) fn abandoned(&self) -> bool {
        self.inbox.abandoned.load(Relaxed) // Only a hint to save work; it orders nothing.
    }
}

/// Drops a caller's value. A panic in its `Drop` is printed as usual and is not propagated: it
/// would end a supervisor, and with it other tasks.
pub(super) fn discard<V>(value: V) {
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

    /// Moves the results that are next in order to `ready`. Waits for one first if `wait` is true.
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
    /// May run on a supervisor, so results that nobody took are dropped one by one.
    fn drop(&mut self) {
        let slots = self.slots.get_mut();
        let slots = slots.unwrap_or_else(PoisonError::into_inner);
        slots.results.drain(..).for_each(discard);
    }
}

/// A finished job and its result.
pub(super) type Done<T> = (Job<T>, Result<<T as Task>::Output, TaskError>);

/// Hands results to the threads that wait for them. A run of results of the same `map` costs one
/// lock and at most one wake-up.
pub(super) fn deliver<T: Task>(done: &mut Vec<Done<T>>) {
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
pub(super) struct Shared<T: Task> {
    pub(super) options: Options,
    queue: Mutex<Queue<T>>,
    /// One pipe for each supervisor. It waits for its worker's socket and for this pipe in the same
    /// `poll`, which a condition variable could not interrupt.
    wakeups: Vec<PipeWriter>,
}

struct Queue<T: Task> {
    fresh: VecDeque<Job<T>>,
    /// Tasks that were in a worker with others when it died or hung. Each runs alone, so that the
    /// next failure can be blamed on one task.
    suspects: VecDeque<Job<T>>,
    /// The supervisors that wait for work.
    idle: Vec<usize>,
    /// Whether a supervisor had capacity for more tasks than its share.
    wants_more: bool,
    /// How many workers are running.
    alive: usize,
    died: u64,
    closing: bool,
}

/// What [`Shared::take`] found.
pub(super) enum Taken {
    /// Ordinary tasks, or none.
    Tasks,
    /// One task, to be sent alone.
    Suspect,
    /// The pool is being dropped.
    Closing,
}

impl<T: Task> Shared<T> {
    pub(super) fn new(options: Options) -> io::Result<(Shared<T>, Vec<PipeReader>)> {
        let mut wakeups = Vec::new();
        let mut readers = Vec::new();
        for _ in 0..options.workers {
            let (reader, writer) = io::pipe()?;
            wakeups.push(writer);
            readers.push(reader);
        }
        let queue = Mutex::new(Queue {
            fresh: VecDeque::new(),
            suspects: VecDeque::new(),
            idle: Vec::new(),
            wants_more: false,
            alive: 0,
            died: 0,
            closing: false,
        });
        let shared = Shared {
            options,
            queue,
            wakeups,
        };
        Ok((shared, readers))
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
            let Some(index) = queue.idle.pop() else { break };
            self.wake_supervisor(index);
        }
    }

    fn wake_supervisor(&self, index: usize) {
        // Never blocks: at most two bytes wait in a pipe. Never fails: the supervisor owns the
        // other end, and it runs until `close` has woken it.
        let _ = (&self.wakeups[index]).write(&[1]);
    }

    /// Moves up to `capacity` jobs to `taken`. If there are none, and the supervisor's worker has
    /// none either, the supervisor counts as idle from now on and will be woken.
    pub(super) fn take(
        &self,
        index: usize,
        capacity: usize,
        pending: usize,
        taken: &mut VecDeque<Job<T>>,
    ) -> Taken {
        let mut queue = lock(&self.queue);
        let queue = &mut *queue;
        queue.idle.retain(|idle| *idle != index);
        if queue.closing {
            return Taken::Closing;
        }
        if !queue.suspects.is_empty() {
            // Before all others, or a stream of new tasks could delay them forever.
            if pending > 0 {
                return Taken::Tasks;
            }
            taken.extend(queue.suspects.pop_front());
            return Taken::Suspect;
        }
        // A fair share, so that near the end no worker has a queue while others are idle.
        let share = queue.fresh.len().div_ceil(self.options.workers);
        queue.wants_more |= share < capacity;
        taken.extend(queue.fresh.drain(..capacity.min(share)));
        if taken.is_empty() && pending == 0 {
            queue.idle.push(index);
        }
        Taken::Tasks
    }

    /// Whether a worker had capacity for more than its share since the last call.
    fn wanted_more(&self) -> bool {
        mem::take(&mut lock(&self.queue).wants_more)
    }

    /// Whether anything is queued. If not, the supervisor counts as idle from now on.
    pub(super) fn has_work(&self, index: usize) -> bool {
        let mut queue = lock(&self.queue);
        queue.idle.retain(|idle| *idle != index);
        let work = !queue.fresh.is_empty() || !queue.suspects.is_empty();
        if !work {
            queue.idle.insert(0, index); // Woken last: supervisors whose worker runs are faster.
        }
        work
    }

    /// Puts jobs back that did not run, before all others: they are the oldest.
    pub(super) fn put_back(&self, jobs: impl DoubleEndedIterator<Item = Job<T>>) {
        let mut queue = lock(&self.queue);
        let mut count = 0;
        for job in jobs.rev() {
            queue.fresh.push_front(job);
            count += 1;
        }
        self.wake(&mut queue, count);
    }

    /// Queues jobs to be run alone.
    pub(super) fn suspect(&self, jobs: impl Iterator<Item = Job<T>>) {
        let mut queue = lock(&self.queue);
        let before = queue.suspects.len();
        queue.suspects.extend(jobs);
        let added = queue.suspects.len() - before;
        self.wake(&mut queue, added);
    }

    pub(super) fn count_start(&self) {
        lock(&self.queue).alive += 1;
    }

    pub(super) fn count_death(&self) {
        let mut queue = lock(&self.queue);
        queue.alive -= 1;
        queue.died += 1;
    }

    pub(super) fn died(&self) -> u64 {
        lock(&self.queue).died
    }

    /// Called when a worker could not be started. If no other worker runs, everything in the queue
    /// fails now. A task that is submitted later makes the supervisors try again.
    pub(super) fn cannot_start(&self, reason: &str) {
        let orphans = {
            let mut queue = lock(&self.queue);
            if queue.closing {
                return;
            }
            if queue.alive > 0 {
                // This supervisor was woken for these tasks, so it wakes others for them.
                let jobs = queue.suspects.len() + queue.fresh.len();
                return self.wake(&mut queue, jobs);
            }
            queue.take_all()
        };
        fail(orphans, &TaskError::NoWorker(reason.to_owned()));
    }

    /// Makes every supervisor kill its worker and return.
    pub(super) fn close(&self) {
        lock(&self.queue).closing = true;
        for index in 0..self.wakeups.len() {
            self.wake_supervisor(index);
        }
    }

    /// After all supervisors have returned: every task that is left fails.
    pub(super) fn fail_rest(&self) {
        let orphans = lock(&self.queue).take_all();
        fail(orphans, &TaskError::PoolDropped);
    }

    pub(super) fn closing(&self) -> bool {
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
pub(super) fn fail<T: Task>(jobs: impl IntoIterator<Item = Job<T>>, error: &TaskError) {
    let failed = |job| (job, Err(error.clone()));
    deliver(&mut jobs.into_iter().map(failed).collect());
}

/// The future result of one submitted task.
///
/// Dropping it abandons the task. If no worker has the task yet, it never runs. If it is running,
/// it runs to its end, and its result is dropped.
#[must_use = "a dropped handle abandons its task"]
pub struct Handle<T: Task> {
    inbox: Arc<Inbox<T::Output>>,
}

impl<T: Task> Handle<T> {
    pub(super) fn submit(shared: &Shared<T>, task: T) -> Handle<T> {
        let inbox = Inbox::new();
        shared.push(std::iter::once(Job::new(task, 0, &inbox)));
        Handle { inbox }
    }

    /// Waits for the result.
    ///
    /// # Errors
    /// The [`TaskError`] of this task.
    pub fn join(self) -> Result<T::Output, TaskError> {
        let mut ready = VecDeque::new();
        self.inbox.take(true, &mut ready);
        let Some(result) = ready.pop_front() else {
            unreachable!("take has waited for a result")
        };
        result
    }
}

impl<T: Task> Drop for Handle<T> {
    fn drop(&mut self) {
        self.inbox.abandoned.store(true, Relaxed);
    }
}

/// The results of [`Pool::map`](super::Pool::map), in the order of the tasks.
///
/// Dropping it abandons the tasks that are left. Those that no worker has yet never run. Those that
/// are running run to their end, and their results are dropped.
#[must_use = "no task is taken from the iterator until a result is asked for"]
pub struct Map<'pool, T: Task, I> {
    shared: &'pool Shared<T>,
    tasks: std::iter::Fuse<I>,
    exhausted: bool,
    /// Taken from the iterator and not queued yet. A field, so that a panic in the iterator loses
    /// none.
    batch: Vec<Job<T>>,
    inbox: Arc<Inbox<T::Output>>,
    ready: VecDeque<Result<T::Output, TaskError>>,
    taken: u64,
    returned: u64,
    /// How many tasks may be ahead of the last returned result. It starts small and doubles when
    /// the workers and the caller wait for each other. So slow tasks are not taken from the
    /// iterator, and results for a slow caller are not stored, long before they are needed.
    ahead: usize,
}

/// How long tasks are taken from an iterator before results are looked at again.
const PULL_FOR: Duration = Duration::from_millis(1);

impl<'pool, T: Task, I: Iterator<Item = T>> Map<'pool, T, I> {
    pub(super) fn new(shared: &'pool Shared<T>, tasks: I) -> Self {
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
    fn capacity(&self) -> usize {
        self.ahead - (self.taken - self.returned) as usize
    }

    fn pull(&mut self) {
        let start = Instant::now();
        while self.capacity() > 0 {
            let Some(task) = self.tasks.next() else {
                self.exhausted = true;
                break;
            };
            self.batch.push(Job::new(task, self.taken, &self.inbox));
            self.taken += 1;
            // Reading the clock costs as much as a small task, so it is read less and less often.
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
            let refill = self.capacity() > self.ahead / 2 || self.ready.is_empty();
            if refill && !self.exhausted {
                self.pull();
            }
            if self.ready.is_empty() {
                if self.exhausted && self.taken == self.returned {
                    return None;
                }
                self.inbox.take(false, &mut self.ready);
                if self.ready.is_empty() && (self.exhausted || self.capacity() == 0) {
                    // The caller has to wait, unless the workers could use more tasks.
                    let most = self.shared.options.in_flight;
                    if !self.exhausted && self.ahead < most && self.shared.wanted_more() {
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

    fn size_hint(&self) -> (usize, Option<usize>) {
        let unfinished = (self.taken - self.returned) as usize;
        let (least, most) = self.tasks.size_hint();
        let most = most.and_then(|most| most.checked_add(unfinished));
        (least.saturating_add(unfinished), most)
    }
}

impl<T: Task, I: Iterator<Item = T>> FusedIterator for Map<'_, T, I> {}

impl<T: Task> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").finish_non_exhaustive()
    }
}

impl<T: Task, I> fmt::Debug for Map<'_, T, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Map")
            .field("taken", &self.taken)
            .field("returned", &self.returned)
            .finish_non_exhaustive()
    }
}

impl<T: Task, I> Drop for Map<'_, T, I> {
    fn drop(&mut self) {
        self.inbox.abandoned.store(true, Relaxed);
    }
}

/// Of the caller's code only a task's `Drop` can run while one of these is locked, and its panic is
/// caught. So a poisoned lock does not mean broken data.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
