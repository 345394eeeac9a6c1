//! Twelve requests and three permits; then the line, a cancelled waiter, a wish for two, and the end.

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

    writeln!(out, "{REQUESTS} requests of 100 ms, {PERMITS} permits.")?;
    row(&mut out, "no limit:", without_limit()?)?;
    row(
        &mut out,
        "permit taken inside each task:",
        inside_each_task()?,
    )?;
    row(
        &mut out,
        "permit taken before the start:",
        before_the_start()?,
    )?;
    row(
        &mut out,
        "the same, joined at the end:",
        joined_at_the_end()?,
    )?;

    writeln!(
        out,
        "Five tasks come for one permit, in the order 1 2 3 4 5."
    )?;
    let (theirs, ours) = orders_of_the_line()?;
    row(&mut out, "they get it in the order:", theirs)?;
    row(&mut out, "the same, built by hand:", ours)?;

    writeln!(
        out,
        "The permit comes to the first in line, who is cancelled by then."
    )?;
    let (theirs, ours) = free_after_a_cancelled_wait()?;
    row(&mut out, "free after that:", theirs)?;
    row(&mut out, "the same, built by hand:", ours)?;

    writeln!(
        out,
        "One of two permits is free, and somebody waits for both."
    )?;
    let (tried, order) = wish_for_two()?;
    row(&mut out, "try_acquire:", tried)?;
    row(&mut out, "who comes later wants one:", order)?;

    writeln!(out, "The limit is closed; one task is through, one waits.")?;
    let (through, waits) = closed()?;
    row(&mut out, "who is through:", through)?;
    row(&mut out, "who waits:", waits)
}

fn row(out: &mut impl Write, what: &str, value: impl Display) -> io::Result<()> {
    writeln!(out, "  {what:<31} {value}")
}

/// Counts its requests, and the tasks that are kept for them.
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

/// Lets `start` start the task of each request, and sums up what was seen.
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
            done.expect("nobody closes it");
        });
    })
}

fn before_the_start() -> io::Result<String> {
    let limit = Limit::new(PERMITS);
    twelve(async |tasks, server| {
        let spawned = limit.spawn(tasks, server.request()).await;
        spawned.expect("nobody closes it");
        while tasks.try_join_next().is_some() {} // those are over
    })
}

fn joined_at_the_end() -> io::Result<String> {
    let limit = Limit::new(PERMITS);
    twelve(async |tasks, server| {
        let spawned = limit.spawn(tasks, server.request()).await;
        spawned.expect("nobody closes it");
    })
}

/// With tokio's semaphore, and with the one built by hand.
fn orders_of_the_line() -> io::Result<(String, String)> {
    let (theirs, ours) = (Semaphore::new(1), by_hand::Semaphore::new(1));
    let theirs = order_of_the_line(|| theirs.acquire())?;
    Ok((theirs, order_of_the_line(|| ours.acquire())?))
}

fn order_of_the_line<F: Future>(acquire: impl Fn() -> F) -> io::Result<String> {
    let order = Mutex::new(Vec::new());
    let come = async |name: &'static str| {
        let _permit = acquire().await;
        let mut order = order.lock().unwrap_or_else(PoisonError::into_inner);
        order.push(name);
    };
    virtual_time::run(async {
        let held = acquire().await;
        let leave = async {
            yield_now().await; // all of them are in line
            drop(held);
        };
        tokio::join!(come("1"), come("2"), come("3"), come("4"), come("5"), leave)
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
        drop(held); // now the permit is with the one who waits, and that one is never polled again
    })?;
    Ok(())
}

fn wish_for_two() -> io::Result<(String, &'static str)> {
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
            yield_now().await; // the one is through, the other in line
            limit.close();
        };
        tokio::join!(limit.run(work()), limit.run(work()), close)
    })?;
    let outcome = |result: Result<(), _>| match result {
        Ok(()) => "finishes".to_owned(),
        Err(error) => format!("refused, {error}"),
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
