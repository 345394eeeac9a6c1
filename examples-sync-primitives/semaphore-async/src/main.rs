//! Twelve requests share three permits. Then: the queue, a cancelled task, `acquire_many`, `close`.

use semaphore_async::{Limit, by_hand};
use std::fmt::Display;
use std::io::{self, Write};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, yield_now};
use virtual_time::sleep;

const REQUESTS: usize = 12;
const PERMITS: usize = 3;
const ANSWER: Duration = Duration::from_millis(100);

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();

    writeln!(
        out,
        "{REQUESTS} requests of 100 ms share {PERMITS} permits."
    )?;
    row(&mut out, "without a limit:", without_limit()?)?;
    row(&mut out, "acquired inside each task:", inside_each_task()?)?;
    row(&mut out, "acquired before spawn:", before_the_start()?)?;
    row(&mut out, "the same, all joined last:", joined_last()?)?;

    writeln!(
        out,
        "Five tasks ask for one permit, in the order 1 2 3 4 5. In which order is it granted?"
    )?;
    let (theirs, ours) = orders_of_the_queue()?;
    row(&mut out, "tokio's semaphore:", theirs)?;
    row(&mut out, "built by hand:", ours)?;

    writeln!(
        out,
        "The permit is handed to a task that was cancelled. Is it lost?"
    )?;
    let (theirs, ours) = free_after_a_cancelled_wait()?;
    row(&mut out, "tokio's semaphore, free:", theirs)?;
    row(&mut out, "built by hand, free:", ours)?;

    writeln!(
        out,
        "One of two permits is free, and a task waits for both with acquire_many(2)."
    )?;
    let (tried, order) = request_for_two()?;
    row(&mut out, "try_acquire():", tried)?;
    row(&mut out, "acquire():", order)?;

    writeln!(
        out,
        "The limit is closed while one task runs and one waits."
    )?;
    let (through, waits) = closed()?;
    row(&mut out, "the running task:", through)?;
    row(&mut out, "the waiting task:", waits)
}

fn row(out: &mut impl Write, what: &str, value: impl Display) -> io::Result<()> {
    writeln!(out, "  {what:<28} {value}")
}

/// Counts the requests, and the tasks that exist for them.
#[derive(Clone, Default)]
struct Server(Arc<Counts>);

#[derive(Default)]
struct Counts {
    requests: AtomicUsize,
    most_requests: AtomicUsize,
    most_tasks: AtomicUsize,
}

impl Server {
    async fn request(self) {
        let requests = self.0.requests.fetch_add(1, Ordering::Relaxed) + 1;
        self.0.most_requests.fetch_max(requests, Ordering::Relaxed);
        sleep(ANSWER).await;
        self.0.requests.fetch_sub(1, Ordering::Relaxed);
    }

    fn tasks(&self, tasks: &JoinSet<()>) {
        self.0.most_tasks.fetch_max(tasks.len(), Ordering::Relaxed);
    }
}

/// Starts the task of each request with `start`. Returns what the server counted.
fn twelve(start: impl AsyncFn(&mut JoinSet<()>, Server)) -> io::Result<String> {
    let server = Server::default();
    let (_, elapsed) = virtual_time::run(async {
        let mut tasks = JoinSet::new();
        for _ in 0..REQUESTS {
            start(&mut tasks, server.clone()).await;
            server.tasks(&tasks);
        }
        tasks.join_all().await
    })?;
    let requests = server.0.most_requests.load(Ordering::Relaxed);
    let tasks = server.0.most_tasks.load(Ordering::Relaxed);
    let elapsed = elapsed.as_millis();
    Ok(format!("{requests} at a time, {tasks} tasks, {elapsed} ms"))
}

fn without_limit() -> io::Result<String> {
    twelve(async |tasks, server| {
        tasks.spawn(server.request());
    })
}

fn inside_each_task() -> io::Result<String> {
    let limit = Limit::new(PERMITS);
    twelve(async |tasks, server| {
        let limit = limit.clone();
        tasks.spawn(async move {
            let done = limit.run(server.request()).await;
            done.expect("this limit is never closed");
        });
    })
}

fn before_the_start() -> io::Result<String> {
    let limit = Limit::new(PERMITS);
    twelve(async |tasks, server| {
        let spawned = limit.spawn(tasks, server.request()).await;
        spawned.expect("this limit is never closed");
        while tasks.try_join_next().is_some() {} // joins the finished ones
    })
}

fn joined_last() -> io::Result<String> {
    let limit = Limit::new(PERMITS);
    twelve(async |tasks, server| {
        let spawned = limit.spawn(tasks, server.request()).await;
        spawned.expect("this limit is never closed");
    })
}

/// With tokio's semaphore, and with the one built by hand.
fn orders_of_the_queue() -> io::Result<(String, String)> {
    let (theirs, ours) = (Semaphore::new(1), by_hand::Semaphore::new(1));
    let theirs = order_of_the_queue(|| theirs.acquire())?;
    Ok((theirs, order_of_the_queue(|| ours.acquire())?))
}

fn order_of_the_queue<F: Future>(acquire: impl Fn() -> F) -> io::Result<String> {
    let order = Mutex::new(Vec::new());
    let ask = async |name: &'static str| {
        let _permit = acquire().await;
        let mut order = order.lock().unwrap_or_else(PoisonError::into_inner);
        order.push(name);
    };
    virtual_time::run(async {
        let held = acquire().await;
        let leave = async {
            yield_now().await; // all of them are in the queue
            drop(held);
        };
        tokio::join!(ask("1"), ask("2"), ask("3"), ask("4"), ask("5"), leave)
    })?;
    let order = order.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(order.join(" "))
}

fn free_after_a_cancelled_wait() -> io::Result<(usize, usize)> {
    let (theirs, ours) = (Semaphore::new(1), by_hand::Semaphore::new(1));
    cancel_a_wait(|| theirs.acquire())?;
    cancel_a_wait(|| ours.acquire())?;
    Ok((theirs.available_permits(), ours.available()))
}

fn cancel_a_wait<F: Future>(acquire: impl Fn() -> F) -> io::Result<()> {
    virtual_time::run(async {
        let held = acquire().await;
        let mut waits = pin!(acquire());
        assert_eq!(polled(waits.as_mut()), "waits");
        drop(held); // hands the permit to the future that waits, which is dropped without another poll
    })?;
    Ok(())
}

fn request_for_two() -> io::Result<(String, &'static str)> {
    let semaphore = Semaphore::new(2);
    let (seen, _) = virtual_time::run(async {
        let _one = semaphore.acquire().await;
        let mut both = pin!(semaphore.acquire_many(2));
        assert_eq!(polled(both.as_mut()), "waits");
        let tried = semaphore.try_acquire().err();
        let tried = tried.map_or("acquired".to_owned(), |error| error.to_string());
        (tried, polled(pin!(semaphore.acquire())))
    })?;
    Ok(seen)
}

fn closed() -> io::Result<(String, String)> {
    let limit = Limit::new(1);
    let ((through, waits, ()), _) = virtual_time::run(async {
        let work = async || sleep(ANSWER).await;
        let close = async {
            yield_now().await; // one is running, the other is in the queue
            limit.close();
        };
        tokio::join!(limit.run(work()), limit.run(work()), close)
    })?;
    let outcome = |result: Result<(), _>| match result {
        Ok(()) => "finishes".to_owned(),
        Err(error) => format!("fails: {error}"),
    };
    Ok((outcome(through), outcome(waits)))
}

/// What one poll of the future shows.
fn polled<F: Future>(future: Pin<&mut F>) -> &'static str {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(_) => "acquired",
        Poll::Pending => "waits",
    }
}
