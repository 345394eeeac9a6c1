//! Creates many of a thing, which then do nothing: what does one take to make, and to keep?

use std::future;
use std::io::{self, Read as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use anyhow::Context as _;

use crate::accounting::proc_bytes;
use crate::child_report::ChildReport;
use crate::run::now;
use crate::work::Work;

/// With fewer units, the bytes of one cannot be told from what the allocator rounds up to.
const MIN_UNITS: u64 = 1_000;

/// A report with what each takes, from what was resident before, and is now.
fn report(work: &Work, (began, ended): (u64, u64), before: Option<u64>) -> ChildReport {
    let grown = resident().zip(before);
    let grown = grown.map(|(after, before)| after.saturating_sub(before) as f64);
    ChildReport {
        began,
        ended,
        done: work.operations,
        bytes_each: grown
            .filter(|_| work.operations >= MIN_UNITS)
            .map(|bytes| bytes / work.operations as f64),
        ..ChildReport::default()
    }
}

/// Bytes of memory that this process has resident; only Linux shows it so.
fn resident() -> Option<u64> {
    proc_bytes("/proc/self/status", "VmRSS")
}

/// Tasks on an executor of smol's. They are made when all have run once.
pub(crate) fn smol_tasks(work: &Work) -> anyhow::Result<ChildReport> {
    let running = AtomicU64::new(0);
    let executor = smol::Executor::new(); // Its tasks borrow the number, so it must go first.
    let before = resident();
    let began = now();
    for _ in 0..work.operations {
        executor
            .spawn(async {
                running.fetch_add(1, Ordering::Relaxed);
                future::pending::<()>().await;
            })
            .detach();
    }
    while running.load(Ordering::Relaxed) < work.operations {
        executor.try_tick();
    }
    Ok(report(work, (began, now()), before))
}

/// Tasks on one thread of tokio's. They are made when all have run once.
pub(crate) fn tokio_tasks(work: &Work) -> anyhow::Result<ChildReport> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let running = Arc::new(AtomicU64::new(0));
    let before = resident();
    let began = now();
    runtime.block_on(async {
        for _ in 0..work.operations {
            let running = Arc::clone(&running);
            tokio::spawn(async move {
                running.fetch_add(1, Ordering::Relaxed);
                future::pending::<()>().await;
            });
        }
        while running.load(Ordering::Relaxed) < work.operations {
            tokio::task::yield_now().await;
        }
    });
    Ok(report(work, (began, now()), before))
}

/// Threads. They are made when all run.
pub(crate) fn threads(work: &Work) -> anyhow::Result<ChildReport> {
    let running = Arc::new(AtomicU64::new(0));
    let before = resident();
    let began = now();
    for number in 0..work.operations {
        let running = Arc::clone(&running);
        let wait = move || {
            running.fetch_add(1, Ordering::Relaxed);
            loop {
                thread::park(); // It may return for no reason.
            }
        };
        // The end of this process is theirs too.
        thread::Builder::new()
            .spawn(wait)
            .with_context(|| format!("no more than {number} threads were granted"))?;
    }
    while running.load(Ordering::Relaxed) < work.operations {
        thread::yield_now();
    }
    Ok(report(work, (began, now()), before))
}

/// Processes, each running this program. The work ends when all have written a byte. What they share
/// with each other, above all the program itself, counts for each in part.
pub(crate) fn processes(work: &Work) -> anyhow::Result<ChildReport> {
    let program = std::env::current_exe()?;
    let mut children = Vec::new();
    let began = now();
    for number in 0..work.operations {
        let child = Command::new(&program)
            .args(["--child", "idle"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("no more than {number} processes were granted"))?;
        children.push(child);
    }
    for child in &mut children {
        let said = child.stdout.as_mut().context("it has no output")?;
        said.read_exact(&mut [0]).context("a process ended early")?;
    }
    let mut report = report(work, (began, now()), None);
    let bytes = children
        .iter()
        .map(|child| proc_bytes(&format!("/proc/{}/smaps_rollup", child.id()), "Pss"));
    report.bytes_each = bytes
        .sum::<Option<u64>>()
        .map(|bytes| bytes as f64 / work.operations as f64);
    for mut child in children {
        drop(child.stdin.take()); // The end of its input is the sign to end.
        child.wait()?;
    }
    Ok(report)
}

/// One of the [`processes`]: says that it is there, and waits for the end of its input.
pub(crate) fn child() -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(b"!")?;
    out.flush()?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
