//! Order, laziness, backpressure, errors that are values, and whatever a task does to its channel.

use std::cell::Cell;
use std::io;
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Duration;

use libtest_mimic::Failed;
use process_pool::{Options, Pool, TaskError};

use crate::Test;
use crate::work::*;

#[rustfmt::skip] // a line for each test
pub(crate) const TESTS: &[Test] = &[
    ("map_is_lazy_ordered_and_bounded", map_is_lazy_ordered_and_bounded),
    ("a_slow_iterator_holds_no_result_back", a_slow_iterator_holds_no_result_back),
    ("a_panic_in_the_iterator_loses_no_task", a_panic_in_the_iterator_loses_no_task),
    ("map_dropped_half_way", map_dropped_half_way),
    ("a_dropped_handle_abandons_its_task", a_dropped_handle_abandons_its_task),
    ("submit_and_join", submit_and_join),
    ("no_result_waits_behind_a_long_task", no_result_waits_behind_a_long_task),
    ("tasks_that_come_back_keep_their_place", tasks_that_come_back_keep_their_place),
    ("tasks_that_come_back_wake_an_idle_worker", tasks_that_come_back_wake_an_idle_worker),
    ("tasks_come_back_from_a_long_task_once", tasks_come_back_from_a_long_task_once),
    ("a_program_of_a_task_inherits_nothing", a_program_of_a_task_inherits_nothing),
    ("large_both_ways_at_once", large_both_ways_at_once),
    ("above_the_limit", above_the_limit),
    ("two_pools_at_once", two_pools_at_once),
    ("one_pool_for_many_threads", one_pool_for_many_threads),
    ("a_worker_starts_no_pool", a_worker_starts_no_pool),
    ("zero_is_refused", zero_is_refused),
    ("two_types_of_one_name", two_types_of_one_name),
    ("size_hint_counts_what_is_left", size_hint_counts_what_is_left),
    ("map_stays_at_its_end", map_stays_at_its_end),
    ("debug_names_the_types", debug_names_the_types),
];

fn map_is_lazy_ordered_and_bounded() -> Result<(), Failed> {
    for in_flight in [1, 2, 7, 1024] {
        let pool = pool_with(Options {
            workers: 3,
            in_flight,
            ..Options::default()
        });
        let (taken, most) = (Cell::new(0), Cell::new(0));
        let endless = (0..)
            .inspect(|_| taken.set(taken.get() + 1))
            .map(Work::Echo);
        for (returned, result) in pool.map(endless).take(5000).enumerate() {
            assert_eq!(result?, Done::Number(returned as u64));
            assert!(taken.get() <= returned + in_flight, "{} taken", taken.get());
            most.set(most.get().max(taken.get() - returned));
        }
        assert!(taken.get() >= 5000);
        let fills = most.get() > 2 * 3 || in_flight <= 2 * 3;
        assert!(fills || in_flight == 7, "{} ahead at most", most.get());
    }
    Ok(())
}

fn a_slow_iterator_holds_no_result_back() -> Result<(), Failed> {
    let pool = pool(1);
    let taken = Cell::new(0);
    let slow = (0..).map(|number| {
        taken.set(taken.get() + 1);
        thread::sleep(Duration::from_millis(2));
        Work::Echo(number)
    });
    assert_eq!(pool.map(slow).next().transpose()?, Some(Done::Number(0)));
    assert!(
        taken.get() < 1024,
        "the window was filled before the first result came"
    );
    // Nor are tasks taken that no worker can begin soon.
    let taken = Cell::new(0);
    let naps = std::iter::repeat_with(|| {
        taken.set(taken.get() + 1);
        Work::Nap(Duration::from_millis(50))
    });
    assert_eq!(pool.map(naps).next().transpose()?, Some(Done::Nothing));
    assert!(taken.get() < 64, "{} taken", taken.get());
    Ok(())
}

fn a_panic_in_the_iterator_loses_no_task() -> Result<(), Failed> {
    let pool = pool(2);
    let tasks = (0..100).map(|number| {
        if number == 50 {
            std::panic::resume_unwind(Box::new("a panic, without a line about it"));
        }
        Work::Echo(number)
    });
    let mut map = pool.map(tasks);
    let mut results = Vec::new();
    let mut panics = 0;
    loop {
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| map.next())) {
            Ok(Some(result)) => results.push(result?),
            Ok(None) => break,
            Err(_) => panics += 1,
        }
    }
    assert_eq!(panics, 1);
    let expected = (0..100).filter(|number| *number != 50).map(Done::Number);
    assert!(results.into_iter().eq(expected));
    Ok(())
}

fn map_dropped_half_way() -> Result<(), Failed> {
    let folder = Folder::new();
    let file = folder.file("marks");
    let pool = pool_with(Options {
        workers: 1,
        in_flight: 64,
        ..Options::default()
    });
    let nap = Duration::from_millis(20);
    let mut map = pool.map(std::iter::repeat_with(|| Work::Mark(file.clone(), nap)));
    assert_eq!(map.next().transpose()?, Some(Done::Nothing));
    drop(map);
    // The queue is in order: had the rest not been abandoned, it would have run before this.
    assert_eq!(pool.submit(Work::Echo(1)).join()?, Done::Number(1));
    let ran = std::fs::metadata(&file)?.len();
    assert!(ran < 64, "{ran} tasks ran");
    assert_eq!(pool.workers_lost(), 0);
    Ok(())
}

fn a_dropped_handle_abandons_its_task() -> Result<(), Failed> {
    let folder = Folder::new();
    let (go, marks) = (folder.file("go"), folder.file("marks"));
    let pool = pool(1);
    let first = pool.submit(Work::WaitFor(go.clone()));
    let nap = Duration::ZERO;
    let abandoned: Vec<_> = (0..10)
        .map(|_| pool.submit(Work::Mark(marks.clone(), nap)))
        .collect();
    drop(abandoned);
    mark(&go);
    first.join()?;
    pool.submit(Work::Echo(1)).join()?;
    assert!(!marks.exists());
    Ok(())
}

fn submit_and_join() -> Result<(), Failed> {
    let pool = pool(2);
    let handles: Vec<_> = (0..1000)
        .map(|number| pool.submit(Work::Echo(number)))
        .collect();
    for (number, handle) in handles.into_iter().enumerate().rev() {
        assert_eq!(handle.join()?, Done::Number(number as u64));
    }
    Ok(())
}

fn no_result_waits_behind_a_long_task() -> Result<(), Failed> {
    let folder = Folder::new();
    let go = folder.file("go");
    let pool = pool(2);
    // Many short tasks before it, so that a worker holds many at once when it meets the long one.
    let mut handles: Vec<_> = (0..20_000)
        .map(|number| pool.submit(Work::Echo(number)))
        .collect();
    let long = pool.submit(Work::WaitFor(go.clone()));
    handles.extend((20_000..30_000).map(|number| pool.submit(Work::Echo(number))));
    for (number, handle) in handles.into_iter().enumerate() {
        assert_eq!(handle.join()?, Done::Number(number as u64));
    }
    mark(&go); // Only now: a result stuck behind the long task would never have come.
    assert_eq!(long.join()?, Done::Nothing);
    Ok(())
}

/// A worker gives back what is behind a long task. These are the oldest, so they run first.
fn tasks_that_come_back_keep_their_place() -> Result<(), Failed> {
    const NOTES: u64 = 3000;
    let folder = Folder::new();
    let (go, notes) = (folder.file("go"), folder.file("notes"));
    let pool = pool(1);
    let before: Vec<_> = (0..5000).map(|i| pool.submit(Work::Echo(i))).collect();
    let long = pool.submit(Work::WaitFor(go.clone()));
    let behind: Vec<_> = (0..NOTES)
        .map(|number| pool.submit(Work::Note(notes.clone(), number)))
        .collect();
    for (number, handle) in (0..).zip(before) {
        assert_eq!(handle.join()?, Done::Number(number));
    }
    thread::sleep(Duration::from_millis(100)); // Until they have come back.
    mark(&go);
    assert_eq!(long.join()?, Done::Nothing);
    for handle in behind {
        assert_eq!(handle.join()?, Done::Nothing);
    }
    let notes = std::fs::read_to_string(notes)?;
    let numbers = notes.lines().map(|line| line.parse().ok());
    assert!(numbers.eq((0..NOTES).map(Some)));
    assert_eq!(pool.workers_lost(), 0);
    Ok(())
}

/// Otherwise they would wait for the long task, beside a worker that has nothing to do.
fn tasks_that_come_back_wake_an_idle_worker() -> Result<(), Failed> {
    let folder = Folder::new();
    let pool = pool(2);
    for round in 0..10 {
        // From now on the workers get several at a time.
        assert!(
            pool.map((0..2000).map(Work::Echo))
                .all(|result| result.is_ok())
        );
        let go = folder.file(&format!("go{round}"));
        let marks = folder.file(&format!("marks{round}"));
        let mut tasks = vec![Work::WaitFor(go.clone())];
        tasks.extend([(); 3].map(|()| Work::Mark(marks.clone(), Duration::ZERO)));
        let mut results = pool.map(tasks);
        let all = thread::scope(|scope| {
            let takes = scope.spawn(|| results.by_ref().filter(Result::is_ok).count());
            wait_until(|| std::fs::metadata(&marks).is_ok_and(|file| file.len() == 3));
            mark(&go);
            takes.join()
        });
        assert_eq!(all.ok(), Some(4));
    }
    Ok(())
}

/// Sending them again behind the same task, to get them back again, would only cost time.
fn tasks_come_back_from_a_long_task_once() -> Result<(), Failed> {
    const WINDOW: u64 = 1024;
    let folder = Folder::new();
    let go = folder.file("go");
    let pool = Pool::<Counted>::new(1)?;
    let echo = |number| pool.submit(Counted(Work::Echo(number)));
    let before: Vec<_> = (0..5000).map(echo).collect();
    let long = pool.submit(Counted(Work::WaitFor(go.clone())));
    let behind: Vec<_> = (0..3000).map(echo).collect();
    for handle in before {
        handle.join()?;
    }
    let sent = SENT.load(Relaxed);
    thread::sleep(Duration::from_millis(500)); // Time to send them fifty times.
    let again = SENT.load(Relaxed) - sent;
    mark(&go);
    assert!(again <= WINDOW, "sent {again} times during one task");
    long.join()?;
    for handle in behind {
        handle.join()?;
    }
    Ok(())
}

/// No socket, no pipe: what a task starts would keep the pool's stream open.
fn a_program_of_a_task_inherits_nothing() -> Result<(), Failed> {
    let pool = pool(2);
    let expected = descriptors();
    assert!(expected.lines().count() >= 3, "{expected}");
    assert_eq!(pool.submit(Work::Descriptors).join()?, Done::Text(expected));
    Ok(())
}

fn large_both_ways_at_once() -> Result<(), Failed> {
    // Tasks and results far above what a socket holds, many in flight, in both directions.
    for (task, more) in [
        (1 << 20, 0),
        (100 << 10, 0),
        (0, 1 << 20),
        (1 << 20, 1 << 20),
    ] {
        let pool = pool_with(Options {
            workers: 2,
            in_flight: 16,
            ..Options::default()
        });
        let tasks = (0..60_u8).map(|number| Work::Bytes(vec![number; task], more));
        for (number, result) in pool.map(tasks).enumerate() {
            let mut expected = vec![number as u8; task];
            expected.resize(task + more, 0);
            assert!(result? == Done::Bytes(expected));
        }
        assert_eq!(pool.workers_lost(), 0);
    }
    Ok(())
}

fn above_the_limit() -> Result<(), Failed> {
    let pool = pool(1);
    let task = pool.submit(Work::Bytes(vec![1; (64 << 20) + 1], 0)).join();
    assert!(refused(&task, "the task does not encode"), "{task:?}");
    let result = pool.submit(Work::Bytes(Vec::new(), (64 << 20) + 1)).join();
    assert!(refused(&result, "the result does not encode"), "{result:?}");
    let fits = pool
        .submit(Work::Bytes(Vec::new(), (64 << 20) - 100))
        .join()?;
    assert!(matches!(fits, Done::Bytes(bytes) if bytes.len() == (64 << 20) - 100));
    assert_eq!(pool.workers_lost(), 0);
    Ok(())
}

fn refused<O>(result: &Result<O, TaskError>, why: &str) -> bool {
    matches!(result, Err(TaskError::Codec(message)) if message.starts_with(why))
}

pub(crate) fn a_panic_is_its_tasks_error() -> Result<(), Failed> {
    let pool = pool(1);
    let worker = a_worker(&pool);
    let tasks = (0..100).map(|number| match number {
        50 => Work::Panic("fifty".into()),
        51 => Work::Panic("a literal".into()),
        52 => Work::Panic("a number".into()),
        _ => Work::Echo(number),
    });
    for (number, result) in pool.map(tasks).enumerate() {
        match number {
            50 => assert_eq!(result, Err(TaskError::Panicked("fifty".into()))),
            51 => assert_eq!(result, Err(TaskError::Panicked("a literal".into()))),
            52 => assert_eq!(result, Err(TaskError::Panicked("no message".into()))),
            _ => assert_eq!(result?, Done::Number(number as u64)),
        }
    }
    assert_eq!(a_worker(&pool), worker, "the worker lives on");
    Ok(())
}

pub(crate) fn values_that_do_not_encode_or_decode() -> Result<(), Failed> {
    let pool = Pool::<Unwritable>::new(1)?;
    // Nothing of a refused task is left in front of the next one, alone or in one batch with it.
    let kinds = [Some(false), None, Some(true), None];
    let alone = kinds.map(|panics| pool.submit(Unwritable { panics }).join());
    let batch: Vec<_> = pool
        .map(kinds.map(|panics| Unwritable { panics }))
        .collect();
    for result in alone.chunks(2).chain(batch.chunks(2)) {
        assert!(
            refused(&result[0], "the task does not encode"),
            "{result:?}"
        );
        assert_eq!(result[1], Ok(()));
    }
    assert_eq!(pool.workers_lost(), 0);

    let pool = Pool::<Unreadable>::new(1)?;
    let result = pool.submit(Unreadable { panics: false }).join();
    assert!(
        refused(&result, "the task does not decode in the worker"),
        "{result:?}"
    );
    let result = pool.submit(Unreadable { panics: true }).join();
    assert_eq!(result, Err(TaskError::Panicked("cannot read this".into())));
    assert_eq!(pool.workers_lost(), 0);

    let pool = Pool::<GivesUnwritable>::new(1)?;
    let result = pool.submit(GivesUnwritable(Some(false))).join();
    assert!(refused(&result, "the result does not encode"), "{result:?}");
    let result = pool.submit(GivesUnwritable(Some(true))).join();
    assert_eq!(
        result.err(),
        Some(TaskError::Panicked("cannot write this".into()))
    );
    assert_eq!(pool.submit(GivesUnwritable(None)).join()?.ok(), Some(7));
    assert_eq!(pool.workers_lost(), 0);

    let pool = Pool::<GivesUnreadable>::new(1)?;
    for panics in [false, true] {
        let result = pool.submit(GivesUnreadable(Some(panics))).join();
        assert!(refused(&result, "the result does not decode"), "{result:?}");
    }
    assert_eq!(pool.submit(GivesUnreadable(None)).join()?.ok(), Some(7));
    assert_eq!(pool.workers_lost(), 0);
    Ok(())
}

pub(crate) fn printing_and_reading_do_not_disturb() -> Result<(), Failed> {
    let pool = pool(2);
    let tasks = (0..300).map(|number| match number % 3 {
        0 => Work::Print(format!("\0\0\0\0\u{4}{number}")),
        1 => Work::ReadInput,
        _ => Work::Echo(number),
    });
    for (number, result) in pool.map(tasks).enumerate() {
        let expected = match number % 3 {
            0 => Done::Nothing,
            1 => Done::Text(String::new()),
            _ => Done::Number(number as u64),
        };
        assert_eq!(result?, expected);
    }
    assert_eq!(pool.workers_lost(), 0);
    Ok(())
}

/// What came of a task of which nothing may be dropped.
fn outcome(result: Result<Fragile, TaskError>) -> Result<(), TaskError> {
    result.map(std::mem::forget)
}

pub(crate) fn a_drop_that_panics_ends_no_supervisor() -> Result<(), Failed> {
    let pool = Pool::<FragileTask>::new(2)?;
    // The pool drops each task when it is answered: alone, in a run of many, and as an error.
    assert_eq!(
        outcome(pool.submit(FragileTask::Echo(Fragile)).join()),
        Ok(())
    );
    let many = pool.map((0..2000).map(|_| FragileTask::Echo(Fragile)));
    assert_eq!(many.map(outcome).filter(Result::is_ok).count(), 2000);
    let died = outcome(pool.submit(FragileTask::Die(Fragile)).join());
    assert!(
        matches!(died, Err(TaskError::Died { kills: 3, .. })),
        "{died:?}"
    );
    assert_eq!(
        outcome(pool.submit(FragileTask::Echo(Fragile)).join()),
        Ok(())
    );
    Ok(())
}

fn begun(file: impl AsRef<Path>) -> bool {
    file.as_ref().with_extension("begun").exists()
}

pub(crate) fn a_drop_that_panics_in_what_is_abandoned() -> Result<(), Failed> {
    let folder = Folder::new();
    let pool = Pool::<FragileTask>::new(2)?;
    let files = [folder.file("one"), folder.file("two")];
    let waiting = files
        .clone()
        .map(|file| FragileTask::WaitFor(Fragile, file));
    let mut map = pool.map(std::iter::once(FragileTask::Echo(Fragile)).chain(waiting));
    assert_eq!(map.next().map(outcome), Some(Ok(())));
    wait_until(|| files.iter().all(begun));
    // Two results that nobody waits for, and ten tasks that need not run.
    drop(map);
    drop(Vec::from_iter(
        (0..10).map(|_| pool.submit(FragileTask::Echo(Fragile))),
    ));
    for file in &files {
        mark(file);
    }
    // Both supervisors are at work: two tasks run at once.
    let more = [folder.file("three"), folder.file("four")];
    let handles = more
        .clone()
        .map(|file| pool.submit(FragileTask::WaitFor(Fragile, file)));
    wait_until(|| more.iter().all(begun));
    for file in &more {
        mark(file);
    }
    for handle in handles {
        assert_eq!(outcome(handle.join()), Ok(()));
    }
    Ok(())
}

pub(crate) fn a_drop_that_panics_while_the_pool_is_dropped() -> Result<(), Failed> {
    let pool = Pool::<FragileTask>::new(1)?;
    let never = Folder::new().file("never");
    let tasks = (0..10).map(|_| FragileTask::WaitFor(Fragile, never.clone()));
    let handles: Vec<_> = tasks.map(|task| pool.submit(task)).collect();
    drop(pool);
    for handle in handles {
        assert_eq!(outcome(handle.join()), Err(TaskError::PoolDropped));
    }
    Ok(())
}

fn two_pools_at_once() -> Result<(), Failed> {
    let work = pool(2);
    let other = Pool::<GivesUnreadable>::new(2)?;
    let results = work.map((0..2000).map(Work::Echo));
    let others = other.map((0..2000).map(|_| GivesUnreadable(None)));
    for (number, (result, other)) in results.zip(others).enumerate() {
        assert_eq!(result?, Done::Number(number as u64));
        assert_eq!(other?.ok(), Some(7));
    }
    drop(other);
    assert_eq!(work.submit(Work::Echo(1)).join()?, Done::Number(1));
    Ok(())
}

fn one_pool_for_many_threads() -> Result<(), Failed> {
    let pool = pool(2);
    thread::scope(|scope| {
        for thread in 0..4_u64 {
            let pool = &pool;
            scope.spawn(move || {
                let range = thread * 10_000..thread * 10_000 + 5000;
                let results = pool.map(range.clone().map(Work::Echo));
                assert!(results.eq(range.map(|number| Ok(Done::Number(number)))));
            });
        }
    });
    Ok(())
}

fn a_worker_starts_no_pool() -> Result<(), Failed> {
    match pool(1).submit(Work::Nest).join()? {
        Done::Text(error) => assert!(error.contains("may not start a pool"), "{error}"),
        other => panic_with(&other),
    }
    Ok(())
}

fn two_types_of_one_name() -> Result<(), Failed> {
    types_of_one_name(false);
    Ok(())
}

fn size_hint_counts_what_is_left() -> Result<(), Failed> {
    let pool = pool(2);
    let mut map = pool.map((0..100).map(Work::Echo));
    for left in (0..=100).rev() {
        assert_eq!(map.size_hint(), (left, Some(left)));
        assert_eq!(map.next().is_some(), left > 0);
    }
    let endless = pool.map((0..).map(Work::Echo));
    assert_eq!(endless.size_hint(), (usize::MAX, None));
    Ok(())
}

fn map_stays_at_its_end() -> Result<(), Failed> {
    let mut calls = 0;
    // An iterator that would begin again.
    let tasks = std::iter::from_fn(|| {
        calls += 1;
        (calls != 3).then_some(Work::Echo(calls))
    });
    let pool = pool(1);
    let mut map = pool.map(tasks);
    assert_eq!(map.by_ref().count(), 2);
    assert_eq!((map.next(), map.size_hint()), (None, (0, Some(0))));
    fn is_fused(_: &impl std::iter::FusedIterator) {}
    is_fused(&map);
    Ok(())
}

fn debug_names_the_types() -> Result<(), Failed> {
    let pool = pool(1);
    let map = pool.map([Work::Echo(1)]);
    assert_eq!(format!("{map:?}"), "Map { taken: 0, returned: 0, .. }");
    drop(map);
    let handle = pool.submit(Work::Echo(1));
    assert_eq!(format!("{handle:?}"), "Handle { .. }");
    let text = format!("{pool:?}");
    assert!(
        text.starts_with("Pool { options: Options { workers: 1,"),
        "{text}"
    );
    assert!(text.ends_with("workers_lost: 0, .. }"), "{text}");
    Ok(())
}

/// A pool, its handles and its iterators can be used from other threads.
const _: () = {
    const fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<Pool<Work>>();
    is_send_and_sync::<process_pool::Handle<Work>>();
    is_send_and_sync::<process_pool::Map<'static, Work, std::vec::IntoIter<Work>>>();
};

fn zero_is_refused() -> Result<(), Failed> {
    let good = Options {
        workers: 1,
        ..Options::default()
    };
    for bad in [
        Options {
            workers: 0,
            ..good.clone()
        },
        Options {
            attempts: 0,
            ..good.clone()
        },
        Options {
            in_flight: 0,
            ..good.clone()
        },
        Options {
            timeout: Some(Duration::ZERO),
            ..good.clone()
        },
    ] {
        let error = Pool::<Work>::with(bad).err().map(|error| error.kind());
        assert_eq!(error, Some(io::ErrorKind::InvalidInput));
    }
    Ok(())
}

pub(crate) fn a_task_type_that_is_not_served() -> Result<(), Failed> {
    // The worker goes past serve_all and ends over its strange arguments.
    let error = Pool::<Forgotten>::new(2)
        .err()
        .map(|error| error.to_string());
    let error = error.unwrap_or_default();
    assert!(error.contains("does not serve as worker"), "{error}");
    assert!(
        error.contains("serve::<pool::work::Forgotten>() first in main"),
        "{error}"
    );
    assert!(error.contains("exit status"), "{error}");
    Ok(())
}
