//! Futures that report each poll: alone, joined, woken by a thread, and dropped.

use async_future::{block_on, join};
use std::cell::RefCell;
use std::future::Future;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::thread;

/// What the futures report, in order.
type Log = RefCell<Vec<String>>;

fn main() -> io::Result<()> {
    demo::no_arguments();
    let mut out = io::stdout().lock();
    let log = Log::default();

    let future = two_steps(&log);
    writeln!(out, "An async function was called.")?;
    writeln!(out, "  lines of it that have run: {}", log.take().len())?;
    writeln!(out, "block_on polls it until it is ready.")?;
    block_on(future);
    print(&mut out, &log)?;

    writeln!(out, "join polls two futures in turn, in one task:")?;
    let tea = Pending {
        name: "tea",
        times: 1,
        log: &log,
    };
    let toast = Pending {
        name: "toast",
        times: 2,
        log: &log,
    };
    block_on(join(tea, toast));
    print(&mut out, &log)?;

    writeln!(out, "A thread calls the waker; block_on sleeps until then:")?;
    block_on(FromThread {
        done: Arc::default(),
        log: &log,
    });
    print(&mut out, &log)?;

    drop(two_steps(&log));
    writeln!(out, "A future is dropped instead of polled.")?;
    writeln!(out, "  lines of it that have run: {}", log.take().len())
}

async fn two_steps(log: &Log) {
    log.borrow_mut().push("first line".into());
    Pending {
        name: "step",
        times: 1,
        log,
    }
    .await;
    log.borrow_mut().push("last line".into());
}

/// Answers `Pending` this many times. Each time it calls its waker first, or nobody would poll it
/// again.
struct Pending<'a> {
    name: &'static str,
    times: u32,
    log: &'a Log,
}

impl Future for Pending<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let answer = if self.times == 0 { "ready" } else { "pending" };
        self.log
            .borrow_mut()
            .push(format!("poll {}: {answer}", self.name));
        if self.times == 0 {
            return Poll::Ready(());
        }
        self.times -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Is ready when a thread says so.
struct FromThread<'a> {
    done: Arc<AtomicBool>,
    log: &'a Log,
}

impl Future for FromThread<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.done.load(Ordering::Acquire) {
            self.log.borrow_mut().push("poll 2: ready".into());
            return Poll::Ready(());
        }
        self.log
            .borrow_mut()
            .push("poll 1: pending; the waker goes to a thread".into());
        let (done, waker) = (Arc::clone(&self.done), context.waker().clone());
        thread::spawn(move || {
            done.store(true, Ordering::Release); // first the result, then the waker
            waker.wake();
        });
        Poll::Pending
    }
}

fn print(out: &mut impl Write, log: &Log) -> io::Result<()> {
    log.take()
        .iter()
        .try_for_each(|line| writeln!(out, "  {line}"))
}
