//! The traps of the page. What would end the test binary runs in a child process.
#![expect(clippy::unwrap_used, reason = "the traps as people write them")]

use std::panic::catch_unwind;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use testing::child::again;
use thread_parallel_map::with_rayon::parallel_map;
use tokio::sync::oneshot;

#[test]
// ANCHOR: message
fn join_returns_the_message() {
    let work = || -> u64 { panic!("no steps for 27") };

    // Wrong: nobody joins. The scope only knows that a thread panicked.
    let payload = catch_unwind(|| {
        thread::scope(|scope| {
            scope.spawn(work);
        });
    });
    let payload = payload.unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"a scoped thread panicked"));

    // Right: join() returns what the thread panicked with: a &str, or a String if it was formatted.
    let result = thread::scope(|scope| scope.spawn(work).join());
    let payload = result.unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"no steps for 27"));

    // Without a scope: if you drop the handle, you never learn of the panic.
    drop(thread::spawn(work));
    assert!(thread::spawn(work).join().is_err());
}
// ANCHOR_END: message

// ANCHOR: stack
/// Uses 1 KiB of stack for each level.
fn deep(levels: u32) -> u32 {
    let frame = std::hint::black_box([1_u8; 1024]);
    if levels == 0 {
        return 0;
    }
    deep(levels - 1) + u32::from(frame[levels as usize % 1024])
}

fn overflows() {
    thread::spawn(|| deep(8_000)).join().unwrap(); // wrong: the default is 2 MiB
}

fn fits() {
    let builder = thread::Builder::new().stack_size(64 << 20); // right: 64 MiB
    let thread = builder.spawn(|| deep(8_000)).unwrap();
    assert_eq!(thread.join().unwrap(), 8_000);
}
// ANCHOR_END: stack

#[test]
fn a_stack_overflow_ends_the_process() {
    let test = "traps::a_stack_overflow_ends_the_process";
    let Some(mut child) = again(test) else {
        return overflows();
    };
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(said.contains("has overflowed its stack"), "{said}");

    let output = child.env("RUST_MIN_STACK", "67108864").output().unwrap();
    assert!(
        output.status.success(),
        "64 MiB by RUST_MIN_STACK are enough"
    );
}

#[test]
fn a_panic_in_rayon_spawn_ends_the_process() {
    let test = "traps::a_panic_in_rayon_spawn_ends_the_process";
    let Some(mut child) = again(test) else {
        rayon::spawn(|| panic!("meant"));
        thread::sleep(Duration::from_secs(60)); // cut short by the abort
        return;
    };
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        said.contains("detected unexpected panic; aborting"),
        "{said}"
    );
}

#[test]
fn a_larger_stack_is_enough() {
    fits();
}

// ANCHOR: tokio
/// While rayon computes, the runtime's thread runs other tasks.
async fn sum_of_squares(numbers: Vec<u64>) -> u64 {
    let (answer, answered) = oneshot::channel();
    rayon::spawn(move || {
        let squares = parallel_map(&numbers, |number| number * number);
        let _ = answer.send(squares.into_iter().sum()); // fails if the caller is gone
    });
    answered.await.unwrap() // a panic in the job aborts the process
}
// ANCHOR_END: tokio

#[tokio::test]
async fn rayon_computes_for_a_task() {
    assert_eq!(sum_of_squares((1..=10).collect()).await, 385);
}

/// The job ends only after a task of the same runtime, which has one thread, has sent it a number.
/// If the runtime were blocked, both would wait forever.
#[tokio::test]
async fn meanwhile_the_runtime_runs_other_tasks() {
    let _limit = testing::watchdog::limit();
    let (number, from_the_task) = mpsc::channel();
    let (answer, answered) = oneshot::channel();
    rayon::spawn(move || {
        let number: u64 = from_the_task.recv().unwrap();
        answer.send(number * 2).unwrap();
    });
    tokio::spawn(async move { number.send(21) });
    assert_eq!(answered.await, Ok(42));
}

#[tokio::test]
// ANCHOR: join
async fn joined_futures_compute_on_one_thread() {
    async fn compute() -> thread::ThreadId {
        thread::current().id() // after some computing
    }
    let (one, other) = tokio::join!(compute(), compute());
    assert_eq!(one, other); // one task, so one thread at a time, on any runtime
}
// ANCHOR_END: join

#[test]
// ANCHOR: float
fn a_parallel_sum_of_floats_depends_on_the_grouping() {
    let terms = [1e16, 1.0, 1.0];
    let in_order: f64 = terms.iter().sum();
    let in_groups = terms[0] + (terms[1] + terms[2]); // wrong: as a parallel sum may group them
    assert_ne!(in_order, in_groups);

    // Right: map in parallel, sum in order. The result is the same on any number of cores.
    let mapped = parallel_map(&terms, |term| *term);
    assert_eq!(mapped.into_iter().sum::<f64>(), in_order);
}
// ANCHOR_END: float
