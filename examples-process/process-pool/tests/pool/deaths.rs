//! Workers that die, hang, and are killed: no result is lost, and everything ends.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use libtest_mimic::Failed;
use process_pool::{Options, TaskError};
use rustix::process::Signal;

use crate::Test;
use crate::work::*;

#[rustfmt::skip] // a line for each test
pub(crate) const TESTS: &[Test] = &[
    ("a_hundred_thousand_while_workers_are_killed", a_hundred_thousand_while_workers_are_killed),
    ("a_task_that_dies_once_is_run_again", a_task_that_dies_once_is_run_again),
    ("poison_among_many", poison_among_many),
    ("only_a_task_alone_is_blamed", only_a_task_alone_is_blamed),
    ("a_running_worker_is_preferred", a_running_worker_is_preferred),
    ("tasks_beside_a_death_run_before_new_ones", tasks_beside_a_death_run_before_new_ones),
    ("the_pool_keeps_its_size", the_pool_keeps_its_size),
    ("a_worker_killed_idle", a_worker_killed_idle),
    ("only_the_late_task_times_out", only_the_late_task_times_out),
    ("waiting_for_its_turn_is_not_late", waiting_for_its_turn_is_not_late),
    ("idle_time_is_not_the_tasks_time", idle_time_is_not_the_tasks_time),
    ("a_timeout_may_be_endless", a_timeout_may_be_endless),
    ("a_timeout_takes_the_grandchildren", a_timeout_takes_the_grandchildren),
    ("a_stopped_worker_is_replaced", a_stopped_worker_is_replaced),
    ("a_stopped_worker_does_not_hold_the_drop", a_stopped_worker_does_not_hold_the_drop),
    ("dropped_during_work", dropped_during_work),
    ("workers_have_no_terminal", workers_have_no_terminal),
    ("a_death_is_noticed_while_a_forked_child_lives", a_death_is_noticed_while_a_forked_child_lives),
    ("a_forked_copy_does_not_answer", a_forked_copy_does_not_answer),
    ("an_answer_with_a_wrong_number_is_refused", an_answer_with_a_wrong_number_is_refused),
    ("a_task_that_stops_its_worker_times_out_alone", a_task_that_stops_its_worker_times_out_alone),
    ("a_task_cannot_escape_its_timeout", a_task_cannot_escape_its_timeout),
    ("a_program_in_a_session_of_its_own_keeps_running", a_program_in_a_session_of_its_own_keeps_running),
];

fn a_hundred_thousand_while_workers_are_killed() -> Result<(), Failed> {
    const TASKS: u64 = 100_000;
    let pool = pool(2);
    let last_seen = AtomicU32::new(a_worker(&pool));
    let finished = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !finished.load(Relaxed) {
                kill(last_seen.load(Relaxed), Signal::KILL);
                thread::sleep(Duration::from_millis(50));
            }
        });
        // Slow enough on purpose to be killed many times: every tenth asks who runs it.
        let tasks = (0..TASKS).map(|number| match number % 10 {
            0 => Work::Pid,
            _ => Work::Echo(number),
        });
        let mut count = 0;
        for (number, result) in (0..).zip(pool.map(tasks)) {
            match (number % 10, result) {
                (0, Ok(Done::Number(pid))) => last_seen.store(pid as u32, Relaxed),
                (_, Ok(Done::Number(echo))) if echo == number => {}
                (_, other) => panic_with(&(number, other)),
            }
            count += 1;
            if number % 100 == 0 {
                thread::sleep(Duration::from_micros(500));
            }
        }
        finished.store(true, Relaxed);
        assert_eq!(count, TASKS);
    });
    assert!(
        pool.workers_lost() >= 3,
        "{} were killed",
        pool.workers_lost()
    );
    Ok(())
}

pub(crate) fn every_way_to_die_is_named() -> Result<(), Failed> {
    let ways = [
        (Death::Abort, "signal: 6 (SIGABRT)"),
        (Death::Segfault, "signal: 11 (SIGSEGV)"),
        (Death::Kill, "signal: 9 (SIGKILL)"),
        (Death::Exit(42), "exit status: 42"),
        (Death::Exit(0), "exit status: 0"),
        (Death::OutOfMemory, "signal: 6 (SIGABRT)"),
    ];
    let pool = pool_with(Options {
        workers: 2,
        attempts: 2,
        ..Options::default()
    });
    for (death, name) in ways {
        let mut handles: Vec<_> = (0..20)
            .map(|number| pool.submit(Work::Echo(number)))
            .collect();
        let poison = pool.submit(Work::Die(death));
        handles.extend((20..40).map(|number| pool.submit(Work::Echo(number))));
        let error = poison.join();
        assert!(
            matches!(error, Err(TaskError::Died { kills: 2, .. })),
            "{error:?}"
        );
        let text = error
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(text.contains(name), "{text} should name {name}");
        for (number, handle) in handles.into_iter().enumerate() {
            assert_eq!(handle.join()?, Done::Number(number as u64));
        }
    }
    Ok(())
}

fn a_task_that_dies_once_is_run_again() -> Result<(), Failed> {
    let folder = Folder::new();
    let pool = pool(2);
    let tasks = (0..200).map(|number| match number % 20 {
        7 => Work::DieOnce(folder.file(&number.to_string())),
        _ => Work::Echo(number),
    });
    for (number, result) in (0..).zip(pool.map(tasks)) {
        let expected = if number % 20 == 7 {
            Done::Nothing
        } else {
            Done::Number(number)
        };
        assert_eq!(result?, expected);
    }
    assert_eq!(pool.workers_lost(), 10);
    Ok(())
}

fn poison_among_many() -> Result<(), Failed> {
    let pool = pool(2);
    let tasks = (0..5000).map(|number| match number {
        2500 => Work::Die(Death::Kill),
        _ => Work::Echo(number),
    });
    for (number, result) in (0..).zip(pool.map(tasks)) {
        match (number, result) {
            (
                2500,
                Err(TaskError::Died {
                    kills: 3,
                    status: Some(status),
                }),
            ) => {
                assert_eq!(status.to_string(), "signal: 9 (SIGKILL)");
            }
            (_, Ok(Done::Number(echo))) if echo == number => {}
            (_, other) => panic_with(&(number, other)),
        }
    }
    // Three times alone, and at most once together with others.
    assert!(
        (3..=4).contains(&pool.workers_lost()),
        "{}",
        pool.workers_lost()
    );
    Ok(())
}

/// With one attempt the first death decides, so blame for the others would show.
fn only_a_task_alone_is_blamed() -> Result<(), Failed> {
    let pool = pool_with(Options {
        workers: 1,
        attempts: 1,
        ..Options::default()
    });
    let tasks = (0..5000).map(|number| match number {
        2500 => Work::Die(Death::Kill),
        _ => Work::Echo(number),
    });
    for (number, result) in (0..).zip(pool.map(tasks)) {
        match number {
            2500 => assert!(matches!(result, Err(TaskError::Died { kills: 1, .. }))),
            _ => assert_eq!(result?, Done::Number(number)),
        }
    }
    Ok(())
}

/// A supervisor that would have to start a worker is woken last. On a busy machine it may be the
/// only one that waits, so once in a few rounds is enough. Woken first, it would never be so.
fn a_running_worker_is_preferred() -> Result<(), Failed> {
    let preferred = (0..5).any(|_| {
        let pool = pool(2);
        let workers = all_workers(&pool, 2);
        kill(workers[0], Signal::KILL);
        wait_until(|| pool.workers_lost() == 1);
        thread::sleep(Duration::from_millis(50)); // Until the supervisor waits.
        a_worker(&pool) == workers[1]
    });
    assert!(preferred);
    Ok(())
}

/// Otherwise a stream of new tasks could delay them forever.
fn tasks_beside_a_death_run_before_new_ones() -> Result<(), Failed> {
    let folder = Folder::new();
    let (start, end) = (folder.file("start"), folder.file("end"));
    let pool = pool(1);
    let first = pool.submit(Work::WaitFor(start.clone()));
    let dies = pool.submit(Work::DieOnce(folder.file("once")));
    let others: Vec<_> = (0..5000).map(|i| pool.submit(Work::Echo(i))).collect();
    // In the queue behind thousands, so it is never in the worker together with the one that dies.
    let last = pool.submit(Work::WaitFor(end.clone()));
    std::fs::write(start, "")?;
    assert_eq!(dies.join()?, Done::Nothing); // although the last one has not ended
    std::fs::write(end, "")?;
    first.join()?;
    last.join()?;
    for (number, other) in (0..).zip(others) {
        assert_eq!(other.join()?, Done::Number(number));
    }
    assert_eq!(pool.workers_lost(), 1);
    Ok(())
}

fn the_pool_keeps_its_size() -> Result<(), Failed> {
    let pool = pool(3);
    let mut before = all_workers(&pool, 3);
    for worker in &before {
        kill(*worker, Signal::KILL);
    }
    // Three can only meet if there are three.
    let after = all_workers(&pool, 3);
    before.retain(|worker| after.contains(worker));
    assert_eq!((before, after.len()), (vec![], 3));
    Ok(())
}

fn a_worker_killed_idle() -> Result<(), Failed> {
    let pool = pool(1);
    let worker = a_worker(&pool);
    kill(worker, Signal::KILL);
    // Reaped at once, without any work: no zombie waits for the next task.
    wait_until(|| pool.workers_lost() == 1);
    assert!(gone(worker));
    assert_ne!(a_worker(&pool), worker);
    Ok(())
}

fn only_the_late_task_times_out() -> Result<(), Failed> {
    let timeout = Duration::from_secs(2);
    let pool = pool_with(Options {
        workers: 2,
        timeout: Some(timeout),
        ..Options::default()
    });
    let tasks = (0..2000).map(|number| match number {
        1000 => Work::Spin,
        _ => Work::Echo(number),
    });
    for (number, result) in (0..).zip(pool.map(tasks)) {
        match number {
            1000 => assert_eq!(result, Err(TaskError::TimedOut(timeout))),
            _ => assert_eq!(result?, Done::Number(number)),
        }
    }
    assert_eq!(pool.workers_lost(), 1);
    Ok(())
}

fn waiting_for_its_turn_is_not_late() -> Result<(), Failed> {
    // Together the tasks take more than the timeout on the only worker, each far less.
    let timeout = Some(Duration::from_secs(2));
    let pool = pool_with(Options {
        workers: 1,
        timeout,
        ..Options::default()
    });
    let handles: Vec<_> = (0..1500)
        .map(|_| pool.submit(Work::Nap(Duration::from_millis(2))))
        .collect();
    for handle in handles {
        assert_eq!(handle.join()?, Done::Nothing);
    }
    assert_eq!(pool.workers_lost(), 0);
    Ok(())
}

fn idle_time_is_not_the_tasks_time() -> Result<(), Failed> {
    let timeout = Duration::from_secs(2);
    let pool = pool_with(Options {
        workers: 1,
        timeout: Some(timeout),
        ..Options::default()
    });
    let echo = |count| {
        pool.map((0..count).map(Work::Echo))
            .all(|result| result.is_ok())
    };
    assert!(echo(5000)); // From now on the worker gets several at a time.
    for _ in 0..2 {
        thread::sleep(timeout + Duration::from_millis(100));
        let naps = pool.map((0..2).map(|_| Work::Nap(Duration::from_millis(100))));
        assert!(naps.eq([Ok(Done::Nothing), Ok(Done::Nothing)]));
    }
    assert_eq!(pool.workers_lost(), 0);
    Ok(())
}

fn a_timeout_may_be_endless() -> Result<(), Failed> {
    let timeout = Some(Duration::MAX);
    let pool = pool_with(Options {
        timeout,
        ..Options::default()
    });
    let results = pool.map((0..1000).map(Work::Echo));
    assert!(results.eq((0..1000).map(|number| Ok(Done::Number(number)))));
    Ok(())
}

fn a_timeout_takes_the_grandchildren() -> Result<(), Failed> {
    let folder = Folder::new();
    let file = folder.file("pid");
    let timeout = Duration::from_secs(2);
    let pool = pool_with(Options {
        workers: 1,
        timeout: Some(timeout),
        ..Options::default()
    });
    let result = pool.submit(Work::StartAndSpin(file.clone())).join();
    assert_eq!(result, Err(TaskError::TimedOut(timeout)));
    let grandchild = std::fs::read_to_string(file)?.parse()?;
    wait_until(|| gone(grandchild));
    Ok(())
}

fn a_stopped_worker_is_replaced() -> Result<(), Failed> {
    let timeout = Duration::from_secs(2);
    let pool = pool_with(Options {
        workers: 1,
        timeout: Some(timeout),
        ..Options::default()
    });
    // After many short tasks a worker gets several at a time, and cannot give these back.
    assert_eq!(
        pool.map((0..5000).map(Work::Echo))
            .filter(Result::is_ok)
            .count(),
        5000
    );
    kill(a_worker(&pool), Signal::STOP);
    let results = pool.map((0..100).map(Work::Echo));
    assert!(results.eq((0..100).map(|number| Ok(Done::Number(number)))));
    assert_eq!(pool.workers_lost(), 1);
    // One task, and one that is larger than what the socket can hold.
    kill(a_worker(&pool), Signal::STOP);
    assert_eq!(pool.submit(Work::Echo(1)).join()?, Done::Number(1));
    assert_eq!(pool.workers_lost(), 2);
    kill(a_worker(&pool), Signal::STOP);
    let large = pool.submit(Work::Bytes(vec![1; 10 << 20], 0));
    assert!(large.join()? == Done::Bytes(vec![1; 10 << 20]));
    assert_eq!(pool.workers_lost(), 3);
    Ok(())
}

fn a_stopped_worker_does_not_hold_the_drop() -> Result<(), Failed> {
    let pool = pool(1);
    let worker = a_worker(&pool);
    kill(worker, Signal::STOP);
    let large = pool.submit(Work::Bytes(vec![1; 10 << 20], 0));
    drop(pool);
    assert!(gone(worker));
    assert_eq!(large.join(), Err(TaskError::PoolDropped));
    Ok(())
}

fn dropped_during_work() -> Result<(), Failed> {
    let pool = pool(2);
    let workers = all_workers(&pool, 2);
    let handles: Vec<_> = (0..20).map(|_| pool.submit(Work::Spin)).collect();
    // The main threads of the workers are deep in a computation, or about to be.
    drop(pool);
    assert!(workers.into_iter().all(gone));
    for handle in handles {
        assert_eq!(handle.join(), Err(TaskError::PoolDropped));
    }
    Ok(())
}

fn workers_have_no_terminal() -> Result<(), Failed> {
    // So Ctrl-C reaches the parent alone, and nothing stops a task that reads or prints.
    assert_eq!(pool(1).submit(Work::LeadsSession).join()?, Done::Number(1));
    Ok(())
}

fn a_death_is_noticed_while_a_forked_child_lives() -> Result<(), Failed> {
    // The child has a copy of the worker's socket, so the stream does not end.
    let pool = pool_with(Options {
        workers: 1,
        attempts: 1,
        ..Options::default()
    });
    let died = pool.submit(Work::ForkAndDie).join();
    assert!(matches!(died, Err(TaskError::Died { .. })), "{died:?}");
    assert_eq!(pool.submit(Work::Echo(1)).join()?, Done::Number(1));
    Ok(())
}

fn a_forked_copy_does_not_answer() -> Result<(), Failed> {
    for _ in 0..5 {
        let pool = pool(1);
        // Many small tasks first, so that the worker has several when one of them forks.
        let tasks = (0..3000).map(|number| match number {
            1500 => Work::Fork,
            _ => Work::Echo(number),
        });
        for (number, result) in (0..).zip(pool.map(tasks)) {
            let expected = match number {
                1500 => Done::Nothing,
                _ => Done::Number(number),
            };
            assert_eq!(result?, expected);
        }
        assert_eq!(pool.workers_lost(), 0, "the copy has answered");
    }
    Ok(())
}

fn an_answer_with_a_wrong_number_is_refused() -> Result<(), Failed> {
    let pool = pool_with(Options {
        workers: 1,
        attempts: 1,
        ..Options::default()
    });
    // The first tasks of this worker have the numbers 0 and 1.
    assert_eq!(pool.submit(Work::Echo(1)).join()?, Done::Number(1));
    // Output of another task, then what a worker never sends, or not for this task.
    let others = [1, 2, 3, 7, 8, 0].map(|kind| (kind, 1));
    for (kind, number) in [(4, 0), (4, 2), (4, u32::MAX)].into_iter().chain(others) {
        let forged = pool.submit(Work::Forge(kind, number)).join();
        assert!(
            matches!(forged, Err(TaskError::Died { .. })),
            "kind {kind}: {forged:?}"
        );
        assert_eq!(pool.submit(Work::Echo(1)).join()?, Done::Number(1));
    }
    Ok(())
}

fn a_task_that_stops_its_worker_times_out_alone() -> Result<(), Failed> {
    let timeout = Duration::from_millis(500);
    let pool = pool_with(Options {
        workers: 2,
        timeout: Some(timeout),
        ..Options::default()
    });
    let tasks = (0..200).map(|number| match number {
        50 => Work::Stop,
        _ => Work::Echo(number),
    });
    for (number, result) in (0..).zip(pool.map(tasks)) {
        match number {
            50 => assert_eq!(result, Err(TaskError::TimedOut(timeout))),
            _ => assert_eq!(result?, Done::Number(number)),
        }
    }
    for attempts in [1, 3] {
        let pool = pool_with(Options {
            workers: 1,
            timeout: Some(timeout),
            attempts,
            ..Options::default()
        });
        let stops = pool.submit(Work::Stop).join();
        assert_eq!(stops, Err(TaskError::TimedOut(timeout)));
        wait_until(|| pool.workers_lost() >= u64::from(attempts));
        assert_eq!(pool.workers_lost(), u64::from(attempts));
    }
    Ok(())
}

fn a_task_cannot_escape_its_timeout() -> Result<(), Failed> {
    let timeout = Duration::from_millis(500);
    let pool = pool_with(Options {
        workers: 1,
        timeout: Some(timeout),
        ..Options::default()
    });
    let late = pool.submit(Work::LeaveGroup).join();
    assert_eq!(late, Err(TaskError::TimedOut(timeout)));
    Ok(())
}

fn a_program_in_a_session_of_its_own_keeps_running() -> Result<(), Failed> {
    let pool = pool(1);
    let Done::Number(program) = pool.submit(Work::StartSession).join()? else {
        return Err("a process number was expected".into());
    };
    drop(pool);
    assert!(!gone(program as u32), "the documentation says otherwise");
    kill(program as u32, Signal::KILL);
    Ok(())
}
