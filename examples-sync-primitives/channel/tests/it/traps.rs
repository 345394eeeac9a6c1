//! The traps of the page.
#![expect(clippy::unwrap_used, reason = "the traps as people write them")]

use channel::channel;
use std::sync::mpsc::{self, RecvTimeoutError, TrySendError};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

// ANCHOR: moment
const MOMENT: Duration = Duration::from_millis(20);
// ANCHOR_END: moment

// ANCHOR: workers
type Job = Box<dyn FnOnce() + Send>;

/// Wrong: std's Receiver cannot be cloned, so the workers share it in a Mutex. The guard is a
/// temporary of the `while let` and lives until the end of the body. No other worker can receive.
fn one_at_a_time(jobs: &Mutex<mpsc::Receiver<Job>>) {
    while let Ok(job) = jobs.lock().unwrap().recv() {
        job();
    }
}

/// Right: a `let` drops its temporaries at the semicolon, so the job runs without the lock.
fn in_parallel(jobs: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap().recv();
        let Ok(job) = job else { return };
        job();
    }
}

/// Also right: with a receiver for each worker there is no lock, and the short form is correct.
fn with_a_receiver_each(jobs: &channel::Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        job();
    }
}
// ANCHOR_END: workers

/// Two jobs that wait for each other, so they end only if both run at the same time.
fn jobs_that_meet() -> [Job; 2] {
    let meeting = Arc::new(Barrier::new(2));
    [Arc::clone(&meeting), meeting].map(|meeting| -> Job {
        Box::new(move || {
            meeting.wait();
        })
    })
}

#[test]
fn while_let_keeps_the_receiver_locked_while_the_job_runs() {
    let _limit = testing::watchdog::limit();
    let (sender, receiver) = mpsc::channel::<Job>();
    let jobs = Arc::new(Mutex::new(receiver));
    for _ in 0..2 {
        let seen = Arc::clone(&jobs);
        let job = move || assert!(seen.try_lock().is_err(), "others can receive");
        sender.send(Box::new(job)).unwrap();
    }
    drop(sender);
    one_at_a_time(&jobs);
}

#[test]
fn let_frees_the_receiver_before_the_job_runs() {
    let _limit = testing::watchdog::limit();
    let (sender, receiver) = mpsc::channel();
    let jobs = Mutex::new(receiver);
    for job in jobs_that_meet() {
        sender.send(job).unwrap();
    }
    drop(sender);
    thread::scope(|scope| {
        scope.spawn(|| in_parallel(&jobs));
        scope.spawn(|| in_parallel(&jobs));
    });
}

#[test]
fn workers_with_a_receiver_each_run_in_parallel() {
    let _limit = testing::watchdog::limit();
    let (sender, receiver) = channel(2);
    for job in jobs_that_meet() {
        assert!(sender.send(job).is_ok());
    }
    drop(sender);
    thread::scope(|scope| {
        scope.spawn(|| with_a_receiver_each(&receiver));
        scope.spawn(|| with_a_receiver_each(&receiver));
    });
}

#[test]
// ANCHOR: forgotten
fn the_loop_does_not_end_while_a_sender_is_left() {
    let (sender, receiver) = channel(4);
    let producer = sender.clone();
    let producing = thread::spawn(move || producer.send(1).unwrap());
    producing.join().unwrap(); // that producer has ended…
    assert_eq!(receiver.recv(), Ok(1));

    // …but `sender` still exists here, so recv() and a loop over it would wait forever:
    let nothing = receiver.recv_timeout(MOMENT);
    assert_eq!(nothing, Err(RecvTimeoutError::Timeout));

    drop(sender); // right: drop it as soon as the last clone is made
    let nothing = receiver.recv_timeout(MOMENT);
    assert_eq!(nothing, Err(RecvTimeoutError::Disconnected));
}
// ANCHOR_END: forgotten

#[test]
fn while_a_sender_is_left_recv_hangs() {
    let test = "traps::while_a_sender_is_left_recv_hangs";
    testing::watchdog::assert_hangs(test, "receives", || {
        let (sender, receiver) = channel::<u32>(4);
        println!("receives");
        let nothing = receiver.recv();
        println!("{nothing:?}");
        drop(sender);
    });
}

#[test]
// ANCHOR: circle
fn two_threads_that_send_to_each_other_can_both_wait() {
    let (to_left, left) = channel(1);
    let (to_right, right) = channel(1);
    to_left.send("question").unwrap();
    to_right.send("question").unwrap();

    // Wrong: each now sends before it receives. send() would wait for the other forever:
    assert_eq!(to_left.try_send("more"), Err(TrySendError::Full("more")));
    assert_eq!(to_right.try_send("more"), Err(TrySendError::Full("more")));

    assert_eq!(left.recv(), Ok("question")); // right: receive first
    assert_eq!(to_left.try_send("more"), Ok(()));
    assert_eq!(right.recv(), Ok("question"));
}
// ANCHOR_END: circle

// ANCHOR: async
#[test]
fn recv_in_a_task_stops_the_thread_that_should_run_the_sender() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (sender, receiver) = mpsc::channel();
        let task = tokio::spawn(async move { sender.send(1).unwrap() });

        // receiver.recv() would never return: it blocks the thread on which the task waits to run.
        assert_eq!(
            receiver.recv_timeout(MOMENT),
            Err(RecvTimeoutError::Timeout)
        );

        task.await.unwrap(); // right: an await lets the other task run
        assert_eq!(receiver.recv(), Ok(1));
    });
}

#[test]
fn a_channel_of_the_runtime_joins_threads_and_tasks() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let (to_task, mut in_task) = tokio::sync::mpsc::channel(4);
    let (to_thread, mut in_thread) = tokio::sync::mpsc::channel(4);
    let thread = thread::spawn(move || {
        to_task.blocking_send(20).unwrap(); // in a thread: the calls that block
        in_thread.blocking_recv()
    });
    runtime.block_on(async {
        let number = in_task.recv().await.unwrap(); // in a task: the calls that are awaited
        to_thread.send(number + 1).await.unwrap();
    });
    assert_eq!(thread.join().unwrap(), Some(21));
}
// ANCHOR_END: async
