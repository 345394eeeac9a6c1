//! `compare sync`: what a lock, a permit, a message costs, and a task, a thread, a process.

use std::future::Future;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use anyhow::Context as _;
use measured::names::{groups, sync as names};
use measured::{Question, Row};

use crate::child_report::ChildReport;
use crate::idle;
use crate::job::{Job, Selection};
use crate::model::{self, Model};
use crate::run::{now, peak_memory};
use crate::start::Start;
use crate::work::Work;

type Run = fn(&Work) -> anyhow::Result<ChildReport>;

/// How many messages fit into a channel.
const CAPACITY: usize = 64;

/// All that is measured. The models of a group are compared with each other.
pub(crate) const GROUPS: [(&str, &[Model<Run>]); 5] = [
    (groups::LOCK, LOCK),
    (groups::READ, READ),
    (groups::PERMIT, PERMIT),
    (groups::MESSAGE, MESSAGE),
    (groups::IDLE, IDLE),
];

/// One number that all threads add to.
const LOCK: &[Model<Run>] = &[
    Model::new(names::ATOMIC_ADD, |work| {
        let number = AtomicU64::new(0);
        on_threads(work, || {
            number.fetch_add(1, Ordering::Relaxed);
        })
    }),
    Model::new(names::STD_MUTEX, |work| {
        let number = std::sync::Mutex::new(0_u64);
        on_threads(work, || {
            *number.lock().expect("no thread panics with the lock") += 1;
        })
    }),
    Model::new(names::PARKING_LOT_MUTEX, |work| {
        let number = parking_lot::Mutex::new(0_u64);
        on_threads(work, || *number.lock() += 1)
    }),
    Model::new(names::SPINLOCK, |work| {
        let number = spinlock::SpinLock::new(0_u64);
        on_threads(work, || *number.lock() += 1)
    }),
    Model::new(names::TOKIO_MUTEX, |work| {
        let number = tokio::sync::Mutex::new(0_u64);
        in_tasks(work, number, |number, times| async move {
            for _ in 0..times {
                *number.lock().await += 1;
            }
        })
    }),
];

/// A value that all threads read.
const READ: &[Model<Run>] = &[
    Model::new(names::STD_RWLOCK, |work| {
        let number = std::sync::RwLock::new(1_u64);
        on_threads(work, || {
            black_box(*number.read().expect("no thread panics with the lock"));
        })
    }),
    Model::new(names::PARKING_LOT_RWLOCK, |work| {
        let number = parking_lot::RwLock::new(1_u64);
        on_threads(work, || {
            black_box(*number.read());
        })
    }),
    Model::new(names::TOKIO_RWLOCK, |work| {
        let number = tokio::sync::RwLock::new(1_u64);
        in_tasks(work, number, |number, times| async move {
            for _ in 0..times {
                black_box(*number.read().await);
            }
        })
    }),
    Model::new(names::OUR_RWLOCK, |work| {
        let number = rwlock::by_hand::RwLock::new(rwlock::by_hand::Prefer::Writers, 1_u64);
        on_threads(work, || {
            black_box(*number.read());
        })
    }),
];

/// Permits, half as many as there are threads.
const PERMIT: &[Model<Run>] = &[
    Model::new(names::OUR_SEMAPHORE, |work| {
        let semaphore = semaphore::Semaphore::new(permits(work));
        on_threads(work, || drop(semaphore.acquire()))
    }),
    Model::new(names::TOKIO_SEMAPHORE, |work| {
        let semaphore = tokio::sync::Semaphore::new(permits(work));
        in_tasks(work, semaphore, |semaphore, times| async move {
            for _ in 0..times {
                drop(semaphore.acquire().await);
            }
        })
    }),
    Model::new(names::OUR_ASYNC_SEMAPHORE, |work| {
        let semaphore = semaphore_async::by_hand::Semaphore::new(permits(work));
        in_tasks(work, semaphore, |semaphore, times| async move {
            for _ in 0..times {
                drop(semaphore.acquire().await);
            }
        })
    }),
];

/// A bounded channel with one consumer; all other threads produce.
const MESSAGE: &[Model<Run>] = &[
    Model::new(names::STD_CHANNEL, |work| {
        let send = |sender: &mpsc::SyncSender<_>, n| sender.send(n).is_ok();
        let receive = |inbox: &mpsc::Receiver<_>| inbox.recv().is_ok();
        messages(work, mpsc::sync_channel(CAPACITY), send, receive)
    }),
    Model::new(names::CROSSBEAM_CHANNEL, |work| {
        let send = |sender: &crossbeam_channel::Sender<_>, n| sender.send(n).is_ok();
        let receive = |inbox: &crossbeam_channel::Receiver<_>| inbox.recv().is_ok();
        messages(work, crossbeam_channel::bounded(CAPACITY), send, receive)
    }),
    Model::new(names::FLUME_CHANNEL, |work| {
        let send = |sender: &flume::Sender<_>, n| sender.send(n).is_ok();
        let receive = |inbox: &flume::Receiver<_>| inbox.recv().is_ok();
        messages(work, flume::bounded(CAPACITY), send, receive)
    }),
    Model::new(names::OUR_CHANNEL, |work| {
        let send = |sender: &channel::Sender<_>, n| sender.send(n).is_ok();
        let receive = |inbox: &channel::Receiver<_>| inbox.recv().is_ok();
        messages(work, channel::channel(CAPACITY), send, receive)
    }),
    Model::new(names::TOKIO_CHANNEL, tokio_messages::<Mpsc>),
    Model::new(names::TOKIO_ONESHOT, tokio_messages::<Oneshot>),
    Model::new(names::TOKIO_BROADCAST, tokio_messages::<Broadcast>),
    Model::new(names::TOKIO_WATCH, tokio_messages::<Watch>),
    Model::new(names::TOKIO_NOTIFY, tokio_messages::<Notify>),
];

/// Units that are created and then wait.
const IDLE: &[Model<Run>] = &[
    Model::new(names::SMOL_TASK, idle::smol_tasks),
    Model::new(names::TOKIO_TASK, idle::tokio_tasks),
    Model::new(names::THREAD, idle::threads),
    Model::up_to(
        1_000,
        "more processes than 1,000 take the machine's memory, and minutes",
        names::PROCESS,
        idle::processes,
    ),
];

fn permits(work: &Work) -> usize {
    (work.threads / 2).max(1) as usize
}

/// Shares the operations out over threads, which begin together.
fn on_threads(work: &Work, operate: impl Fn() + Sync) -> anyhow::Result<ChildReport> {
    let each = work.operations.div_ceil(work.threads);
    let start = Start::of(work.threads);
    let operate_each = || {
        let began = now();
        for _ in 0..each {
            operate();
        }
        (began, now())
    };
    let moments = thread::scope(|scope| {
        let threads = (0..work.threads).map(|_| start.spawn(scope, operate_each));
        let threads = threads.collect::<anyhow::Result<Vec<_>>>()?;
        let moments = threads.into_iter().map(|thread| thread.join().ok()?);
        moments
            .collect::<Option<Vec<_>>>()
            .context("a thread panicked")
    })?;
    Ok(report(&moments, each * work.threads))
}

/// Shares the operations out over tasks, on as many threads of tokio's.
fn in_tasks<T, F>(
    work: &Work,
    shared: T,
    operate: impl Fn(Arc<T>, u64) -> F,
) -> anyhow::Result<ChildReport>
where
    F: Future<Output = ()> + Send + 'static,
{
    let shared = Arc::new(shared);
    let each = work.operations.div_ceil(work.threads);
    let runtime = runtime(work.threads)?;
    let start = Arc::new(Start::of(work.threads));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..work.threads {
        let start = Arc::clone(&start);
        let operations = operate(Arc::clone(&shared), each);
        let task = async move {
            start.wait();
            let began = now();
            operations.await;
            (began, now())
        };
        tasks.spawn_on(task, runtime.handle());
    }
    let moments = runtime.block_on(tasks.join_all());
    Ok(report(&moments, each * work.threads))
}

fn runtime(threads: u64) -> anyhow::Result<tokio::runtime::Runtime> {
    // Refused a thread, tokio panics, and may then wait for those it has. So the system is asked first.
    let nothing = Work {
        threads,
        operations: 0,
    };
    on_threads(&nothing, || {})?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads as usize)
        .build()?;
    Ok(runtime)
}

/// From when the first thread began to when the last one ended.
fn report(moments: &[(u64, u64)], done: u64) -> ChildReport {
    ChildReport {
        began: moments.iter().map(|moment| moment.0).min().unwrap_or(0),
        ended: moments.iter().map(|moment| moment.1).max().unwrap_or(0),
        done,
        ..ChildReport::default()
    }
}

/// One consumer, and all other threads producers; a single thread sends and receives in turn.
fn messages<S: Clone + Send + Sync, R: Send>(
    work: &Work,
    (sender, inbox): (S, R),
    send: impl Fn(&S, u64) -> bool + Sync,
    receive: impl Fn(&R) -> bool + Send,
) -> anyhow::Result<ChildReport> {
    if work.threads == 1 {
        let began = now();
        for number in 0..work.operations {
            anyhow::ensure!(send(&sender, number) && receive(&inbox), "closed");
        }
        return Ok(report(&[(began, now())], work.operations));
    }
    let producers = work.threads - 1;
    let each = work.operations.div_ceil(producers);
    let (start, send) = (Start::of(work.threads), &send);
    let moments = thread::scope(|scope| {
        for _ in 0..producers {
            let sender = sender.clone();
            start.spawn(scope, move || (0..each).all(|number| send(&sender, number)))?;
        }
        drop(sender);
        let consumer = start.spawn(scope, move || {
            let began = now();
            let mut received = 0;
            while receive(&inbox) {
                received += 1;
            }
            (began, now(), received)
        })?;
        let moments = consumer.join().ok().flatten();
        moments.context("the consumer panicked")
    })?;
    let (began, ended, received) = moments;
    Ok(report(&[(began, ended)], received))
}

/// A channel between tasks.
trait Channel: 'static {
    type Sender: Clone + Send + Sync + 'static;
    type Receiver: Send + 'static;

    fn new() -> (Self::Sender, Self::Receiver);

    /// Whether there was a receiver.
    fn send(sender: &Self::Sender, number: u64) -> impl Future<Output = bool> + Send;

    /// How many messages it received, those included that were overwritten before.
    fn receive(receiver: &mut Self::Receiver) -> impl Future<Output = Option<u64>> + Send;

    /// Sends and receives one message, both in the same task.
    fn exchange(
        sender: &Self::Sender,
        receiver: &mut Self::Receiver,
        number: u64,
    ) -> impl Future<Output = u64> + Send {
        async move {
            if Self::send(sender, number).await {
                return Self::receive(receiver).await.unwrap_or(0);
            }
            0
        }
    }
}

struct Mpsc;

impl Channel for Mpsc {
    type Sender = tokio::sync::mpsc::Sender<u64>;
    type Receiver = tokio::sync::mpsc::Receiver<u64>;

    fn new() -> (Self::Sender, Self::Receiver) {
        tokio::sync::mpsc::channel(CAPACITY)
    }

    async fn send(sender: &Self::Sender, number: u64) -> bool {
        sender.send(number).await.is_ok()
    }

    async fn receive(receiver: &mut Self::Receiver) -> Option<u64> {
        receiver.recv().await.map(|_| 1)
    }
}

/// Each message is a question, and its sender waits for the answer.
struct Oneshot;

type Asked = (u64, tokio::sync::oneshot::Sender<u64>);

impl Channel for Oneshot {
    type Sender = tokio::sync::mpsc::Sender<Asked>;
    type Receiver = tokio::sync::mpsc::Receiver<Asked>;

    fn new() -> (Self::Sender, Self::Receiver) {
        tokio::sync::mpsc::channel(CAPACITY)
    }

    async fn send(sender: &Self::Sender, number: u64) -> bool {
        let (answer, answered) = tokio::sync::oneshot::channel();
        sender.send((number, answer)).await.is_ok() && answered.await.is_ok()
    }

    async fn receive(receiver: &mut Self::Receiver) -> Option<u64> {
        let (number, answer) = receiver.recv().await?;
        let _ = answer.send(number); // The one who asked has gone, which is noticed at the end.
        Some(1)
    }

    async fn exchange(sender: &Self::Sender, receiver: &mut Self::Receiver, number: u64) -> u64 {
        let (answer, answered) = tokio::sync::oneshot::channel();
        let sent = sender.send((number, answer)).await.is_ok();
        let received = Self::receive(receiver).await;
        u64::from(sent && received.is_some() && answered.await.is_ok())
    }
}

struct Broadcast;

impl Channel for Broadcast {
    type Sender = tokio::sync::broadcast::Sender<u64>;
    type Receiver = tokio::sync::broadcast::Receiver<u64>;

    fn new() -> (Self::Sender, Self::Receiver) {
        tokio::sync::broadcast::channel(CAPACITY)
    }

    async fn send(sender: &Self::Sender, number: u64) -> bool {
        sender.send(number).is_ok()
    }

    async fn receive(receiver: &mut Self::Receiver) -> Option<u64> {
        use tokio::sync::broadcast::error::RecvError;
        match receiver.recv().await {
            Ok(_) => Some(1),
            Err(RecvError::Lagged(missed)) => Some(missed),
            Err(RecvError::Closed) => None,
        }
    }
}

/// The value is how many messages were sent, so that the receiver can tell how many it missed.
struct Watch;

impl Channel for Watch {
    type Sender = Arc<tokio::sync::watch::Sender<u64>>;
    type Receiver = (tokio::sync::watch::Receiver<u64>, u64);

    fn new() -> (Self::Sender, Self::Receiver) {
        let (sender, receiver) = tokio::sync::watch::channel(0);
        (Arc::new(sender), (receiver, 0))
    }

    async fn send(sender: &Self::Sender, _number: u64) -> bool {
        sender.send_modify(|sent| *sent += 1);
        true
    }

    async fn receive((receiver, seen): &mut Self::Receiver) -> Option<u64> {
        receiver.changed().await.ok()?;
        let sent = *receiver.borrow_and_update();
        Some(sent - std::mem::replace(seen, sent))
    }
}

/// A counter, and a call to look at it. Nothing else tells the receiver that the senders have gone.
struct Notify;

#[derive(Default)]
struct Notified {
    notify: tokio::sync::Notify,
    sent: AtomicU64,
    closed: AtomicBool,
}

/// All senders share one, and so it is dropped with the last of them.
struct Open(Arc<Notified>);

impl Drop for Open {
    fn drop(&mut self) {
        // Release: a receiver that sees this sees all that was sent.
        self.0.closed.store(true, Ordering::Release);
        self.0.notify.notify_one();
    }
}

impl Channel for Notify {
    type Sender = Arc<Open>;
    type Receiver = (Arc<Notified>, u64);

    fn new() -> (Self::Sender, Self::Receiver) {
        let shared = Arc::new(Notified::default());
        (Arc::new(Open(Arc::clone(&shared))), (shared, 0))
    }

    async fn send(sender: &Self::Sender, _number: u64) -> bool {
        sender.0.sent.fetch_add(1, Ordering::Relaxed);
        sender.0.notify.notify_one();
        true
    }

    async fn receive((shared, seen): &mut Self::Receiver) -> Option<u64> {
        loop {
            shared.notify.notified().await;
            let closed = shared.closed.load(Ordering::Acquire);
            let sent = shared.sent.load(Ordering::Relaxed);
            if closed && sent > *seen {
                shared.notify.notify_one(); // The next call finds that it is closed.
            }
            if sent > *seen {
                return Some(sent - std::mem::replace(seen, sent));
            }
            if closed {
                return None;
            }
        }
    }
}

/// Here a single producer and the consumer come to share a thread, wherever they began: tokio runs
/// a task that is woken on the thread that woke it.
fn tokio_messages<C: Channel>(work: &Work) -> anyhow::Result<ChildReport> {
    let runtime = runtime(work.threads)?;
    let (sender, mut inbox) = C::new();
    if work.threads == 1 {
        let operations = work.operations;
        let task = runtime.spawn(async move {
            let began = now();
            let mut received = 0;
            for number in 0..operations {
                received += C::exchange(&sender, &mut inbox, number).await;
            }
            (began, now(), received)
        });
        let (began, ended, received) = runtime.block_on(task)?;
        return Ok(report(&[(began, ended)], received));
    }
    let producers = work.threads - 1;
    let each = work.operations.div_ceil(producers);
    let start = Arc::new(Start::of(work.threads));
    for _ in 0..producers {
        let (sender, start) = (sender.clone(), Arc::clone(&start));
        runtime.spawn(async move {
            start.wait();
            for number in 0..each {
                if !C::send(&sender, number).await {
                    return; // The consumer has gone, and its absence is noticed below.
                }
            }
        });
    }
    drop(sender);
    let consumer = runtime.spawn(async move {
        start.wait();
        let began = now();
        let mut received = 0;
        while let Some(more) = C::receive(&mut inbox).await {
            received += more;
        }
        (began, now(), received)
    });
    let (began, ended, received) = runtime.block_on(consumer)?;
    Ok(report(&[(began, ended)], received))
}

/// A job for each thing and each number of threads or units.
pub(crate) fn jobs(selection: &mut Selection<'_>) -> Vec<Job> {
    let options = &selection.options.sync;
    let mut jobs = Vec::new();
    for (group, models) in GROUPS {
        let (swept, xs) = match group {
            groups::IDLE => ("of them", &options.units),
            _ => ("threads", &options.threads),
        };
        for &x in xs {
            let units = match group {
                groups::IDLE => x,
                // Each may put a thread to sleep and wake another.
                groups::MESSAGE => options.operations.div_ceil(10),
                _ => options.operations,
            };
            let row = |name| Row::new(Question::Sync, group, name, swept, x, units);
            let arguments = [x, units].map(|number| number.to_string());
            jobs.extend(selection.jobs(models, &[], &arguments, row));
        }
    }
    jobs
}

/// The child: does it over and over again, and says what it took.
pub(crate) fn child(arguments: &[String]) -> anyhow::Result<ChildReport> {
    let [name, threads, operations] = arguments else {
        anyhow::bail!("MODEL THREADS OPERATIONS are meant");
    };
    let models = GROUPS.map(|(_, models)| models).concat();
    let run = model::find(&models, name)?;
    let work = Work {
        threads: threads.parse()?,
        operations: operations.parse()?,
    };
    let report = run(&work)?;
    let (nanoseconds, done) = (report.ended.saturating_sub(report.began), report.done);
    anyhow::ensure!(done >= work.operations, "only {done} were done");
    Ok(ChildReport {
        // Threads share them out evenly, and so may do a few more.
        done: work.operations,
        peak_memory: peak_memory(),
        ns_each: Some(nanoseconds as f64 / done as f64),
        ..report
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn every_operation_is_done_however_it_is_shared_out() {
        for model in [LOCK, READ, PERMIT, MESSAGE].concat() {
            for threads in [1, 3] {
                let work = Work {
                    threads,
                    operations: 100,
                };
                let cost = (model.run)(&work).unwrap();
                assert!((100..=102).contains(&cost.done), "{}", model.name.id);
                assert!(cost.began < cost.ended, "{}", model.name.id);
            }
        }
    }

    #[test]
    fn each_task_begins_on_a_thread_of_its_own() {
        let seen = Arc::new(Mutex::new(HashSet::new()));
        let work = Work {
            threads: 4,
            operations: 4,
        };
        let cost = in_tasks(&work, Arc::clone(&seen), |seen, _| async move {
            seen.lock().unwrap().insert(thread::current().id());
        });
        assert_eq!(cost.unwrap().done, 4);
        assert_eq!(seen.lock().unwrap().len(), 4);
    }
}
