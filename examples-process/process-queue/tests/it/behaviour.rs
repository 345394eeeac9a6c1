//! One worker and its queue: bounds, verdicts, and the end.

use crate::{limits, pushed, server, work_until};
use process_queue::{Error, Limits, Queue, Verdict};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;
use testing::watchdog;
use tokio::time::sleep;

const SOON: Duration = Duration::from_millis(300);

#[tokio::test]
async fn every_job_runs_once_and_is_removed() {
    let _limit = watchdog::limit();
    let Some(server) = server() else { return };
    let queue = Queue::connect(&server.url(), "jobs", limits())
        .await
        .unwrap();
    pushed(&queue, 500).await;
    let ids = RefCell::new(Vec::new());
    let run = async |job: process_queue::Job| {
        assert_eq!((&*job.bytes, job.deliveries), (&b"counts"[..], 1));
        ids.borrow_mut().push(job.id.parse::<usize>().unwrap());
        Verdict::Done
    };
    work_until(&queue, 8, run, |counts| counts == (0, 0)).await;
    let mut ids = ids.into_inner();
    ids.sort_unstable();
    assert_eq!(ids, (0..500).collect::<Vec<_>>());
}

#[tokio::test]
async fn never_more_run_than_the_worker_asked_for_or_the_queue_allows() {
    let _limit = watchdog::limit();
    let Some(server) = server() else { return };
    for (at_a_time, running, bound) in [(3, 64, 3), (16, 5, 5)] {
        let limits = Limits {
            running,
            ..limits()
        };
        let name = format!("bound-{bound}");
        let queue = Queue::connect(&server.url(), &name, limits).await.unwrap();
        pushed(&queue, 60).await;
        let (now, most) = (Cell::new(0), Cell::new(0));
        let run = async |_| {
            now.set(now.get() + 1);
            most.set(most.get().max(now.get()));
            sleep(Duration::from_millis(5)).await;
            now.set(now.get() - 1);
            Verdict::Done
        };
        work_until(&queue, at_a_time, run, |counts| counts == (0, 0)).await;
        assert!(most.get() <= bound, "{} of {bound}", most.get());
    }
}

#[tokio::test]
async fn an_id_is_queued_once() {
    let Some(server) = server() else { return };
    let queue = Queue::connect(&server.url(), "jobs", limits())
        .await
        .unwrap();
    assert!(queue.push("7", "one").await.unwrap());
    assert!(!queue.push("7", "two").await.unwrap());
    assert!(queue.push("8", "one").await.unwrap());
    assert_eq!(queue.counts().await.unwrap(), (2, 0));
}

#[tokio::test]
async fn a_full_queue_refuses_and_accepts_later() {
    let _limit = watchdog::limit();
    let Some(server) = server() else { return };
    let limits = Limits {
        jobs: 10,
        ..limits()
    };
    let queue = Queue::connect(&server.url(), "jobs", limits).await.unwrap();
    pushed(&queue, 10).await;
    let error = queue.push("10", "counts").await.unwrap_err();
    assert!(matches!(error, Error::Full));
    assert_eq!(error.to_string(), "the queue is full");
    assert_eq!(queue.counts().await.unwrap().0, 10);
    work_until(
        &queue,
        2,
        async |_| Verdict::Done,
        |counts| counts == (0, 0),
    )
    .await;
    assert!(queue.push("10", "counts").await.unwrap());
}

#[tokio::test]
async fn a_job_that_always_fails_is_delivered_three_times_and_set_aside() {
    let _limit = watchdog::limit();
    let Some(server) = server() else { return };
    let queue = Queue::connect(&server.url(), "jobs", limits())
        .await
        .unwrap();
    for id in ["fails", "poison", "good"] {
        queue.push(id, "counts").await.unwrap();
    }
    let runs = RefCell::new(HashMap::<String, Vec<i64>>::new());
    let run = async |job: process_queue::Job| {
        let mut runs = runs.borrow_mut();
        runs.entry(job.id.clone()).or_default().push(job.deliveries);
        match &*job.id {
            "fails" => Verdict::Again(Duration::from_millis(10)),
            "poison" => Verdict::Poison,
            _ => Verdict::Done,
        }
    };
    work_until(&queue, 2, run, |counts| counts == (0, 2)).await;
    let runs = runs.into_inner();
    assert_eq!(runs["fails"], [1, 2, 3]);
    assert_eq!((&*runs["poison"], &*runs["good"]), (&[1][..], &[1][..]));
}

/// Without that limit it would be delivered forever.
#[tokio::test]
async fn without_a_limit_of_deliveries_a_job_that_fails_never_leaves() {
    let _limit = watchdog::limit();
    let Some(server) = server() else { return };
    let limits = Limits {
        deliveries: i64::MAX,
        ..limits()
    };
    let queue = Queue::connect(&server.url(), "jobs", limits).await.unwrap();
    queue.push("fails", "counts").await.unwrap();
    let most = Cell::new(0);
    let run = async |job: process_queue::Job| {
        most.set(most.get().max(job.deliveries));
        Verdict::Again(Duration::ZERO)
    };
    let stop = async {
        while most.get() < 50 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    queue.work(1, stop, run).await.unwrap();
    assert_eq!(queue.counts().await.unwrap(), (1, 0));
}

#[tokio::test]
async fn a_job_that_runs_for_longer_than_the_silence_is_not_delivered_again() {
    let _limit = watchdog::limit();
    let Some(server) = server() else { return };
    let queue = Queue::connect(&server.url(), "jobs", limits())
        .await
        .unwrap();
    queue.push("long", "counts").await.unwrap();
    let runs = Cell::new(0);
    let run = async |_| {
        runs.set(runs.get() + 1);
        sleep(limits().silence * 3).await;
        Verdict::Done
    };
    work_until(&queue, 2, run, |counts| counts == (0, 0)).await;
    assert_eq!(runs.get(), 1);
}

#[tokio::test]
async fn stop_lets_what_runs_end_and_starts_nothing_more() {
    let _limit = watchdog::limit();
    let Some(server) = server() else { return };
    let queue = Queue::connect(&server.url(), "jobs", limits())
        .await
        .unwrap();
    pushed(&queue, 20).await;
    let (started, ended) = (Cell::new(0), Cell::new(0));
    let stop = async {
        while started.get() == 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    let run = async |_| {
        started.set(started.get() + 1);
        sleep(SOON).await;
        ended.set(ended.get() + 1);
        Verdict::Done
    };
    queue.work(4, stop, run).await.unwrap();
    assert!((1..=4).contains(&started.get()), "{}", started.get());
    assert_eq!(started.get(), ended.get());
    assert_eq!(queue.counts().await.unwrap().0, 20 - ended.get());
}

/// An effect that counts is applied twice. One that has the id as its key is not.
#[tokio::test]
async fn a_worker_that_is_dropped_before_its_ack_leaves_the_job_to_the_next() {
    let _limit = watchdog::limit();
    let Some(server) = server() else { return };
    let queue = Queue::connect(&server.url(), "jobs", limits())
        .await
        .unwrap();
    queue.push("7", "counts").await.unwrap();
    let (total, by_id) = (Cell::new(0), RefCell::new(HashMap::new()));
    let effect = |id: &str| {
        total.set(total.get() + 1);
        by_id.borrow_mut().insert(id.to_owned(), 1);
    };
    let never_acknowledges = async |job: process_queue::Job| {
        effect(&job.id);
        std::future::pending().await
    };
    let happened = async {
        while total.get() == 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        _ = queue.work(1, std::future::pending(), never_acknowledges) => {}
        () = happened => {}
    }
    let run = async |job: process_queue::Job| {
        assert_eq!(job.deliveries, 2);
        effect(&job.id);
        Verdict::Done
    };
    work_until(&queue, 1, run, |counts| counts == (0, 0)).await;
    assert_eq!((total.get(), by_id.into_inner().len()), (2, 1));
}

#[tokio::test]
async fn other_limits_for_a_queue_that_exists_are_refused() {
    let Some(server) = server() else { return };
    let _queue = Queue::connect(&server.url(), "jobs", limits())
        .await
        .unwrap();
    let others = Limits {
        jobs: 7,
        ..limits()
    };
    let error = Queue::connect(&server.url(), "jobs", others)
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("different configuration"),
        "{error}"
    );
}

#[tokio::test]
async fn no_server_is_an_error_and_so_is_an_id_with_a_line_end() {
    let error = Queue::connect("nats://127.0.0.1:1", "jobs", limits())
        .await
        .unwrap_err();
    assert!(
        error.to_string().starts_with("the queue's server: "),
        "{error}"
    );
    let Some(server) = server() else { return };
    let queue = Queue::connect(&server.url(), "jobs", limits())
        .await
        .unwrap();
    assert!(queue.push("a\r\nb", "counts").await.is_err());
}
