//! Workers and servers that die: no job is lost, and few run twice.

use crate::{PROGRAM, Worker, limits, pushed, server, server_on};
use process_queue::Queue;
use std::collections::{HashMap, HashSet};
use std::process::Command;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use testing::watchdog;

#[tokio::test]
async fn workers_killed_every_200_ms_lose_no_job() {
    const JOBS: usize = 2_000;
    let _limit = watchdog::limit();
    let Some(server) = server() else { return };
    let queue = Queue::connect(&server.url(), "jobs", limits())
        .await
        .unwrap();
    pushed(&queue, JOBS).await;
    let (send, ids) = mpsc::channel();
    let mut workers = [(); 3].map(|()| Worker::of(&server, &send));
    let (mut seen, mut runs, mut kills) = (HashSet::new(), 0, 0);
    let mut next = Instant::now() + Duration::from_millis(200);
    let mut seen_before = 0;
    while seen.len() < JOBS {
        if let Ok((_, id)) = ids.recv_timeout(Duration::from_millis(20)) {
            runs += 1;
            seen.insert(id);
        }
        // On a busy machine a worker takes longer than that to start: some jobs must run first.
        if Instant::now() >= next && seen.len() >= seen_before + 20 {
            seen_before = seen.len();
            workers[kills % 3] = Worker::of(&server, &send); // the old one is killed
            kills += 1;
            next = Instant::now() + Duration::from_millis(200);
        }
    }
    let repeats = runs - seen.len();
    println!("{kills} kills, {repeats} of {JOBS} jobs ran twice");
    assert!(kills > 0 && repeats <= 4 * kills, "{repeats}, {kills}");
    while queue.counts().await.unwrap() != (0, 0) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// How often jobs run twice is printed: it depends on when the server writes its state.
async fn restarted(stop: fn(&mut local_nats::Server)) {
    const JOBS: usize = 400;
    let Some(mut server) = server() else { return };
    let queue = Queue::connect(&server.url(), "jobs", limits())
        .await
        .expect("it runs");
    pushed(&queue, JOBS).await;
    let (send, ids) = mpsc::channel();
    let _workers = [(); 2].map(|()| Worker::of(&server, &send));
    let (mut seen, mut runs) = (HashSet::new(), 0);
    while seen.len() < JOBS {
        let (_, id) = ids.recv().expect("we hold a sender");
        runs += 1;
        seen.insert(id);
        if runs == 100 {
            stop(&mut server);
            server.start_again().expect("its port is free again");
        }
    }
    println!("{} of {JOBS} jobs ran twice", runs - seen.len());
}

#[tokio::test]
#[cfg(unix)]
async fn a_server_that_is_stopped_and_started_again_loses_no_job() {
    let _limit = watchdog::limit();
    restarted(|server| server.stop().unwrap()).await;
}

#[tokio::test]
async fn a_server_that_is_killed_and_started_again_loses_no_job() {
    let _limit = watchdog::limit();
    restarted(|server| server.kill().unwrap()).await;
}

/// Two network namespaces, as two hosts, each joined to this one by a cable of its own.
#[cfg(target_os = "linux")]
struct Hosts(Vec<String>);

#[cfg(target_os = "linux")]
impl Hosts {
    fn new() -> Option<Hosts> {
        let mut hosts = Hosts(Vec::new());
        for number in 1..=2 {
            let tag = format!("{}{number}", std::process::id() % 100_000);
            let (host, ours, theirs) = (
                format!("queue{tag}"),
                format!("qa{tag}"),
                format!("qb{tag}"),
            );
            let script = format!(
                "ip netns add {host} && ip link add {ours} type veth peer name {theirs} &&
                 ip link set {theirs} netns {host} && ip addr add 10.213.{number}.1/24 dev {ours} &&
                 ip link set {ours} up &&
                 ip netns exec {host} ip addr add 10.213.{number}.2/24 dev {theirs} &&
                 ip netns exec {host} ip link set {theirs} up"
            );
            hosts.0.push(host);
            let done = Command::new("sh").args(["-c", &script]).output();
            if !done.is_ok_and(|output| output.status.success()) {
                eprintln!("skipped: this system does not allow network namespaces");
                return None;
            }
        }
        Some(hosts)
    }
}

#[cfg(target_os = "linux")]
impl Drop for Hosts {
    fn drop(&mut self) {
        for host in &self.0 {
            let _ = Command::new("ip").args(["netns", "del", host]).output();
        }
    }
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn workers_on_two_hosts_share_the_jobs() {
    const JOBS: usize = 200;
    let _limit = watchdog::limit();
    let Some(server) = server_on("0.0.0.0") else {
        return;
    };
    let Some(hosts) = Hosts::new() else { return };
    let queue = Queue::connect(&server.url(), "jobs", limits())
        .await
        .unwrap();
    let (send, ids) = mpsc::channel();
    let _workers = [0, 1].map(|host| {
        let url = server
            .url()
            .replace("0.0.0.0", &format!("10.213.{}.1", host + 1));
        let mut command = Command::new("ip");
        command.args([
            "netns",
            "exec",
            &hosts.0[host],
            PROGRAM,
            "worker",
            &url,
            "jobs",
        ]);
        Worker::start(&mut command, &send)
    });
    let (mut shares, mut number) = (HashMap::new(), 0);
    // More until both have done some: one of them may start later.
    while shares.len() < 2 || number < JOBS {
        assert!(queue.push(&number.to_string(), "counts").await.unwrap());
        let (worker, _) = ids.recv().unwrap();
        *shares.entry(worker).or_insert(0) += 1;
        number += 1;
    }
    println!("{shares:?}");
}
