//! The integration tests of `process-queue`, in one binary. They need `nats-server`: without it each
//! says so and passes, and where `REQUIRE_NATS=1` is set, as in CI, it fails.

mod behaviour;
mod examples;
mod faults;
mod output;

use local_nats::Server;
use process_queue::{Job, Limits, Queue, Verdict};
use std::env;
use std::io::{BufRead, BufReader, ErrorKind};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_process-queue");

fn server() -> Option<Server> {
    server_on("127.0.0.1")
}

fn server_on(host: &str) -> Option<Server> {
    match Server::start_on(host) {
        Ok(server) => Some(server),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            assert!(env::var_os("REQUIRE_NATS").is_none(), "{error}");
            eprintln!("skipped: {error}");
            None
        }
        Err(error) => {
            assert!(error.to_string().is_empty(), "{error}");
            None
        }
    }
}

/// Those of the demonstration, so that its workers can join a queue.
fn limits() -> Limits {
    Limits {
        running: 64,
        silence: Duration::from_secs(1),
        deliveries: 3,
        ..Limits::default()
    }
}

/// A worker of the demonstration, which prints the id of each job. Killed when it is dropped.
struct Worker(Child);

impl Worker {
    fn start(command: &mut Command, ids: &mpsc::Sender<(u32, String)>) -> Worker {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it can be started");
        let (pid, ids) = (child.id(), ids.clone());
        let stdout = child.stdout.take().expect("it is piped");
        thread::spawn(move || {
            for id in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = ids.send((pid, id));
            }
        });
        Worker(child)
    }

    fn of(server: &Server, ids: &mpsc::Sender<(u32, String)>) -> Worker {
        let mut command = Command::new(PROGRAM);
        Worker::start(command.args(["worker", &server.url(), "jobs"]), ids)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn pushed(queue: &Queue, jobs: usize) {
    for number in 0..jobs {
        let id = number.to_string();
        assert!(queue.push(&id, "counts").await.is_ok_and(|new| new), "{id}");
    }
}

/// Works until `done` is true of the queue's counts.
async fn work_until<F: Future<Output = Verdict>>(
    queue: &Queue,
    at_a_time: usize,
    f: impl Fn(Job) -> F,
    done: impl Fn((u64, u64)) -> bool,
) {
    let stop = async {
        while !queue.counts().await.is_ok_and(&done) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let worked = queue.work(at_a_time, stop, f).await;
    assert!(worked.is_ok(), "{worked:?}");
}
