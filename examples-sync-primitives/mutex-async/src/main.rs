//! What happens to a lock that is kept across an await: a hang, a queue, a wrong answer.

use mutex_async::Connection;
use std::io::{self, BufRead, Read, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError::Timeout};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{env, process, thread};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex};
use tokio::sync::Mutex as AsyncMutex;
use tokio::task::{JoinSet, yield_now};
use virtual_time::{sleep, timeout};

const TASKS: usize = 10;
const ANSWER: Duration = Duration::from_millis(100);
/// Set in the child process, which hangs.
const CHILD: &str = "MUTEX_ASYNC_CHILD";
/// The limit for a task to reach the lock, also on a busy machine; and how long it is left alone.
const START: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_millis(300);

fn main() -> io::Result<()> {
    demo::no_arguments();
    if env::var_os(CHILD).is_some() {
        return two_with_std_mutex();
    }
    let mut out = io::stdout().lock();

    writeln!(
        out,
        "Two tasks on one thread. Each keeps its lock across an await."
    )?;
    writeln!(out, "  std's Mutex:                  {}", child_hangs()?)?;
    writeln!(
        out,
        "  tokio's Mutex:                {}",
        two_with_tokio_mutex()?
    )?;

    writeln!(
        out,
        "{TASKS} tasks each wait 100 ms for an answer and add it to a sum."
    )?;
    writeln!(out, "  locked while waiting:         {}", lock_held()?)?;
    writeln!(out, "  locked only while adding:     {}", lock_free()?)?;

    writeln!(
        out,
        "Five tasks call lock() of tokio's Mutex, in the order 1 2 3 4 5."
    )?;
    writeln!(
        out,
        "  they get the lock in order:   {}",
        order_of_the_queue()?
    )?;

    writeln!(
        out,
        "Two accounts have 100 and 0. Moving 40 is cancelled between its two steps."
    )?;
    let (locked, sum) = cancelled_half_way()?;
    writeln!(out, "  the lock afterwards:          {locked}")?;
    writeln!(out, "  sum of both accounts:         {sum}")?;

    writeln!(
        out,
        "A task asks \"one\" and is cancelled. The next task asks \"two\"."
    )?;
    writeln!(
        out,
        "  a Mutex around the stream:    {}",
        next_answer_without_care()?
    )?;
    writeln!(
        out,
        "  Connection:                   {}",
        next_answer_of_connection()?
    )
}

/// Both tasks are on one thread, and keep std's Mutex locked across an await.
#[expect(clippy::await_holding_lock, reason = "the trap")]
fn two_with_std_mutex() -> io::Result<()> {
    // Ends with its parent, because the system closes the pipe then.
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        process::exit(1);
    });
    let mutex = Mutex::new(0);
    let add = async |name| {
        writeln!(io::stdout(), "{name} calls lock()")?;
        let mut number = mutex.lock().unwrap_or_else(PoisonError::into_inner);
        yield_now().await; // the other task runs, and blocks the thread that would continue here
        *number += 1;
        io::Result::Ok(())
    };
    let (both, _) = virtual_time::run(async { tokio::try_join!(add("first"), add("second")) })?;
    both.map(|_| ())
}

/// Runs the child until both its tasks have called `lock`, and then for much longer than it needs.
fn child_hangs() -> io::Result<&'static str> {
    let mut child = Command::new(env::current_exe()?)
        .env(CHILD, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let printed = child.stdout.take().expect("it is piped");
    // Reading has no time limit, receiving has one.
    let (lines, came) = mpsc::channel();
    thread::spawn(move || {
        let mut read = io::BufReader::new(printed).lines();
        read.try_for_each(|line| lines.send(line))
    });
    let first_two = [came.recv_timeout(START), came.recv_timeout(START)];
    let then = came.recv_timeout(PATIENCE);
    child.kill()?;
    child.wait()?;
    Ok(match (first_two, then) {
        ([Ok(_), Ok(_)], Err(Timeout)) => "hangs",
        ([Err(Timeout), _] | [_, Err(Timeout)], _) => "hangs before the lock",
        _ => "ends",
    })
}

fn two_with_tokio_mutex() -> io::Result<&'static str> {
    let mutex = AsyncMutex::new(0);
    let add = async || {
        let mut number = mutex.lock().await; // waits without blocking the thread
        yield_now().await;
        *number += 1;
    };
    virtual_time::run(async { tokio::join!(add(), add()) })?;
    Ok(if mutex.into_inner() == 2 {
        "both done"
    } else {
        "lost"
    })
}

/// Waits for an answer, and counts how many tasks wait at the same time.
#[derive(Default)]
struct Server {
    asked: AtomicUsize,
    most: AtomicUsize,
}

impl Server {
    async fn answer(&self) -> usize {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(asked, Ordering::Relaxed);
        sleep(ANSWER).await;
        self.asked.fetch_sub(1, Ordering::Relaxed);
        1
    }
}

fn lock_held() -> io::Result<String> {
    let sum = Arc::new(AsyncMutex::new(0));
    ten_tasks(|server| {
        let sum = Arc::clone(&sum);
        async move {
            let mut sum = sum.lock().await;
            *sum += server.answer().await; // all other tasks wait for this answer, too
        }
    })
}

fn lock_free() -> io::Result<String> {
    let sum = Arc::new(Mutex::new(0));
    ten_tasks(|server| {
        let sum = Arc::clone(&sum);
        async move {
            let answer = server.answer().await;
            *sum.lock().unwrap_or_else(PoisonError::into_inner) += answer;
        }
    })
}

fn ten_tasks<F>(task: impl Fn(Arc<Server>) -> F) -> io::Result<String>
where
    F: Future<Output = ()> + Send + 'static,
{
    let server = Arc::new(Server::default());
    let (_, elapsed) = virtual_time::run(async {
        let tasks = (0..TASKS).map(|_| task(Arc::clone(&server)));
        tasks.collect::<JoinSet<()>>().join_all().await
    })?;
    let most = server.most.load(Ordering::Relaxed);
    Ok(format!("{most} at a time, {} ms", elapsed.as_millis()))
}

fn order_of_the_queue() -> io::Result<String> {
    let order = Arc::new(AsyncMutex::new(Vec::new()));
    virtual_time::run(async {
        let held = order.lock().await;
        let tasks: JoinSet<()> = (1..=5)
            .map(|name| {
                let order = Arc::clone(&order);
                async move { order.lock().await.push(name.to_string()) }
            })
            .collect();
        yield_now().await; // all of them run up to the lock
        drop(held);
        tasks.join_all().await;
    })?;
    Ok(order.blocking_lock().join(" "))
}

fn cancelled_half_way() -> io::Result<(&'static str, u32)> {
    let accounts = AsyncMutex::new([100, 0]);
    let transfer = async {
        let mut accounts = accounts.lock().await;
        accounts[0] -= 40;
        sleep(ANSWER).await; // asks the bank
        accounts[1] += 40;
    };
    let (cancelled, _) = virtual_time::run(async { timeout(ANSWER / 2, transfer).await })?;
    assert!(cancelled.is_err(), "it is cancelled half way");
    let locked = match accounts.try_lock() {
        Ok(_) => "free, and not poisoned",
        Err(_) => "locked",
    };
    Ok((locked, accounts.into_inner().iter().sum()))
}

fn next_answer_without_care() -> io::Result<String> {
    let (answer, _) = virtual_time::run(async {
        let stream = AsyncMutex::new(BufReader::new(echo_after_a_while()));
        let ask = async |question: &str| {
            let mut stream = stream.lock().await;
            stream.write_all(question.as_bytes()).await?;
            let mut answer = String::new();
            stream.read_line(&mut answer).await?;
            io::Result::Ok(answer)
        };
        let cancelled = timeout(ANSWER / 2, ask("one\n")).await;
        assert!(cancelled.is_err(), "it is cancelled half way");
        ask("two\n").await
    })?;
    Ok(format!("the answer is {:?}", answer?.trim_end()))
}

fn next_answer_of_connection() -> io::Result<String> {
    let (answer, _) = virtual_time::run(async {
        let connection = Connection::new(echo_after_a_while());
        let cancelled = timeout(ANSWER / 2, connection.ask("one")).await;
        assert!(cancelled.is_err(), "it is cancelled half way");
        connection.ask("two").await
    })?;
    Ok(match answer {
        Ok(answer) => format!("the answer is {answer:?}"),
        Err(error) => format!("error: {error}"),
    })
}

fn echo_after_a_while() -> DuplexStream {
    let (ours, theirs) = duplex(1024);
    tokio::spawn(async move {
        let mut stream = BufReader::new(theirs);
        let mut line = String::new();
        while stream.read_line(&mut line).await? > 0 {
            sleep(ANSWER).await;
            stream.write_all(line.as_bytes()).await?;
            line.clear();
        }
        io::Result::Ok(())
    });
    ours
}
