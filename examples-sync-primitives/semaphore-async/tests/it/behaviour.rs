//! `Limit` with tasks on one thread and on several, which end, panic or are cancelled.

use semaphore_async::Limit;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use testing::watchdog;
use tokio::sync::Barrier;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{sleep, timeout};

const MOMENT: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3600);

/// Whether this many are inside at the same time: they wait for each other there.
async fn lets_through(limit: &Limit, expected: usize) -> bool {
    let meeting = Arc::new(Barrier::new(expected));
    let mut tasks = JoinSet::new();
    for _ in 0..expected {
        let (limit, meeting) = (limit.clone(), Arc::clone(&meeting));
        tasks.spawn(async move { limit.run(meeting.wait()).await.is_ok() });
    }
    let met = timeout(HOUR, tasks.join_all()).await;
    met.is_ok_and(|met| met.into_iter().all(|met| met))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn never_more_than_n_at_a_time() {
    let _limit = watchdog::limit();
    const LIMIT: usize = 4;
    let limit = Limit::new(LIMIT);
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let work = move || {
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            yield_now().await;
            now.fetch_sub(1, Ordering::Relaxed);
            most.load(Ordering::Relaxed)
        }
    };
    let mut tasks = JoinSet::new();
    for number in 0..200 {
        if number % 2 == 0 {
            limit.spawn(&mut tasks, work()).await.unwrap();
        } else {
            let (limit, work) = (limit.clone(), work());
            tasks.spawn(async move { limit.run(work).await.unwrap() });
        }
    }
    let most = tasks.join_all().await;
    assert_eq!(most.len(), 200);
    assert!(most.into_iter().max().unwrap() <= LIMIT);
    assert!(lets_through(&limit, LIMIT).await);
}

#[tokio::test(start_paused = true)]
async fn as_many_as_the_limit_run_together_and_no_more() {
    let _limit = watchdog::limit();
    let limit = Limit::new(3);
    assert!(lets_through(&limit, 3).await);
    assert!(!lets_through(&limit, 4).await);
}

#[tokio::test(start_paused = true)]
async fn spawn_waits_for_a_permit() {
    let _limit = watchdog::limit();
    let (limit, mut tasks) = (Limit::new(2), JoinSet::new());
    for _ in 0..2 {
        limit.spawn(&mut tasks, sleep(10 * MOMENT)).await.unwrap();
    }
    let third = limit.spawn(&mut tasks, sleep(MOMENT));
    assert!(timeout(9 * MOMENT, third).await.is_err());
    assert_eq!(tasks.len(), 2);
    limit.spawn(&mut tasks, sleep(MOMENT)).await.unwrap();
    assert_eq!(tasks.join_all().await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn panics_and_cancelled_tasks_release_their_permits() {
    let _limit = watchdog::limit();
    let (limit, mut tasks) = (Limit::new(2), JoinSet::new());
    limit
        .spawn(&mut tasks, async { panic!("meant") })
        .await
        .unwrap();
    limit.spawn(&mut tasks, sleep(HOUR)).await.unwrap();
    let run = limit.run(sleep(HOUR));
    assert!(
        timeout(MOMENT, run).await.is_err(),
        "it ran and was cancelled"
    );
    tasks.abort_all();
    let mut ends = Vec::new();
    while let Some(end) = tasks.join_next().await {
        let error = end.unwrap_err();
        ends.push((error.is_panic(), error.is_cancelled()));
    }
    ends.sort_unstable();
    assert_eq!(ends, [(false, true), (true, false)]);
    assert!(lets_through(&limit, 2).await);
}

#[tokio::test]
async fn blocking_work_keeps_its_permit_without_its_handle() {
    let _limit = watchdog::limit();
    let limit = Limit::new(1);
    let (finish, finished) = std::sync::mpsc::channel::<()>();
    let work = limit.spawn_blocking(move || finished.recv().is_ok());
    drop(work.await.unwrap());
    assert!(timeout(20 * MOMENT, limit.run(yield_now())).await.is_err());
    finish.send(()).unwrap();
    limit.run(yield_now()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn close_fails_waiting_and_later_work_and_lets_running_work_finish() {
    let _limit = watchdog::limit();
    let (limit, mut tasks) = (Limit::new(1), JoinSet::new());
    limit.spawn(&mut tasks, sleep(10 * MOMENT)).await.unwrap();
    let begun = AtomicUsize::new(0);
    let begins = async {
        begun.fetch_add(1, Ordering::Relaxed);
    };
    let closes = async {
        sleep(MOMENT).await;
        limit.close();
    };
    let (waits, ()) = tokio::join!(limit.run(begins), closes);
    assert!(waits.is_err());
    assert_eq!(begun.into_inner(), 0);
    assert!(limit.run(yield_now()).await.is_err());
    assert!(limit.spawn(&mut tasks, yield_now()).await.is_err());
    assert!(limit.spawn_blocking(|| ()).await.is_err());
    assert_eq!(tasks.join_all().await.len(), 1);
}

#[test]
#[should_panic(expected = "a limit of zero")]
fn a_limit_of_zero_panics() {
    let _limit = watchdog::limit();
    drop(Limit::new(0));
}

#[test]
fn a_limit_beyond_tokios_panics() {
    let most = tokio::sync::Semaphore::MAX_PERMITS;
    drop(Limit::new(most));
    assert!(std::panic::catch_unwind(|| Limit::new(most + 1)).is_err());
}
