// SPDX-License-Identifier: 0BSD OR MIT OR Apache-2.0
//! A queue of jobs on NATS JetStream, for workers on several machines: at least once, with bounds.
//!
//! From the project "Many Things at Once", where `cargo run -p process-queue` demonstrates it and
//! `docs/src/processes/process-queue.md` explains it.
//!
//! *Notice:* a job may run twice, because a worker can die after the work and before its ack. So an
//! effect is keyed by the job's id, and the second time it changes nothing.
//!
//! *Use instead:* a pool of processes on one machine, which needs no server.
//!
//! # Use it
//! ```ignore
//! use process_queue::{Limits, Queue, Verdict};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), process_queue::Error> {
//!     let url = std::env::var("NATS_URL").unwrap_or("nats://127.0.0.1:4222".into());
//!     let queue = Queue::connect(&url, "mails", Limits::default()).await?;
//!     queue.push("mail 17", "Dear Ada, …").await?;
//!     let soon = tokio::time::sleep(std::time::Duration::from_secs(1));
//!     let send = async |job: process_queue::Job| {
//!         println!("sends {}, delivery {}", job.id, job.deliveries);
//!         Verdict::Done
//!     };
//!     queue.work(4, soon, send).await
//! }
//! ```

use async_nats::HeaderMap;
use async_nats::header::{HeaderValue, NATS_MESSAGE_ID};
use async_nats::jetstream::consumer::{AckPolicy, Consumer, pull};
use async_nats::jetstream::context::{
    Context, CreateStreamError, CreateStreamErrorKind, PublishError,
};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy};
use async_nats::jetstream::stream::{ConsumerError, ConsumerErrorKind};
use async_nats::jetstream::{self, AckKind, ErrorCode, Message};
use futures_util::StreamExt;
use futures_util::future::{Either, select, try_join_all};
use std::error;
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::sleep;

/// How long a worker waits for a job before it looks whether it should stop.
const PATIENCE: Duration = Duration::from_secs(1);

/// What bounds a queue. All who connect to it must name the same.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How many jobs may wait or run. One more is refused.
    pub jobs: i64,
    /// How many may run at the same time, in all workers together.
    pub running: i64,
    /// After this time without a sign of life the job is given to another worker.
    pub silence: Duration,
    /// How often a job is tried before it is set aside.
    pub deliveries: i64,
    /// For how long an id is remembered, so that it is not queued twice.
    pub remembered: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            jobs: 100_000,
            running: 1_000,
            silence: Duration::from_secs(30),
            deliveries: 5,
            remembered: Duration::from_secs(120),
        }
    }
}

/// A job, as a worker gets it.
#[derive(Debug)]
pub struct Job {
    /// The id that it was pushed with. Key its effects by it.
    pub id: String,
    /// What it was pushed with.
    pub bytes: Vec<u8>,
    /// 1 the first time. More if a worker died, was too slow, or asked for it again.
    pub deliveries: i64,
}

/// What a worker says about a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is done, and is removed.
    Done,
    /// It failed, and should be delivered again after this time.
    Again(Duration),
    /// It will never succeed: it is set aside immediately.
    Poison,
}

/// What went wrong.
#[derive(Debug)]
pub enum Error {
    /// The queue holds [`Limits::jobs`] jobs. Try later.
    Full,
    /// The server could not be reached, did not answer or refused. A job that was pushed may be
    /// queued nevertheless: push it again, with the same id.
    Server(BoxError),
}

type BoxError = Box<dyn error::Error + Send + Sync>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Full => write!(f, "the queue is full"),
            Error::Server(error) => write!(f, "the queue's server: {error}"),
        }
    }
}

impl error::Error for Error {}

impl From<BoxError> for Error {
    fn from(error: BoxError) -> Error {
        let publish = error.downcast_ref::<PublishError>();
        let answer = publish.and_then(error::Error::source);
        match answer.and_then(|answer| answer.downcast_ref::<jetstream::Error>()) {
            Some(answer) if answer.error_code() == ErrorCode::STREAM_STORE_FAILED => Error::Full,
            _ => Error::Server(error),
        }
    }
}

/// A connection to a queue on a server. Clones share the connection.
#[derive(Clone, Debug)]
pub struct Queue {
    context: Context,
    name: String,
    limits: Limits,
    consumer: Consumer<pull::Config>,
}

impl Queue {
    /// Connects to the server and makes the queue `name` there, unless it exists. The name has no
    /// spaces or dots.
    ///
    /// # Errors
    /// If the server cannot be reached, or has this queue with other limits.
    pub async fn connect(url: &str, name: &str, limits: Limits) -> Result<Queue, Error> {
        let client = async_nats::connect(url).await.map_err(BoxError::from)?;
        let context = jetstream::new(client);
        let consumer = open(&context, name, &limits).await?;
        let name = name.to_owned();
        Ok(Queue {
            context,
            name,
            limits,
            consumer,
        })
    }

    /// Queues a job, and waits until the server has confirmed it. `false` if the id was queued
    /// before, within [`Limits::remembered`]: then nothing is queued.
    ///
    /// # Errors
    /// [`Error::Full`], or that the server did not confirm it.
    pub async fn push(&self, id: &str, job: impl Into<Vec<u8>>) -> Result<bool, Error> {
        let subject = format!("{}.jobs", self.name);
        Ok(self.publish(subject, id, job.into()).await?)
    }

    /// Calls `f` for `at_a_time` jobs at the same time, until `stop` is ready and the jobs that are
    /// running have ended. While a job runs, the server is told so.
    ///
    /// A lost connection is no error: the client connects again. If this is dropped, or `f` panics,
    /// the jobs that were running are delivered again, after [`Limits::silence`].
    ///
    /// # Errors
    /// If the server refuses the queue.
    pub async fn work<F: Future<Output = Verdict>>(
        &self,
        at_a_time: usize,
        stop: impl Future<Output = ()>,
        f: impl Fn(Job) -> F,
    ) -> Result<(), Error> {
        let stopping = AtomicBool::new(false);
        let workers = (0..at_a_time).map(|_| async {
            while !stopping.load(Ordering::Relaxed) {
                match self.next().await {
                    Ok(Some(message)) => self.run(message, &f).await,
                    Ok(None) => {} // no job came within the time
                    Err(_) => self.recover().await?,
                }
            }
            Ok::<(), BoxError>(())
        });
        let workers = pin!(try_join_all(workers));
        match select(pin!(stop), workers).await {
            Either::Left(((), workers)) => {
                stopping.store(true, Ordering::Relaxed);
                workers.await?;
            }
            Either::Right((ended, _)) => drop(ended?),
        }
        Ok(())
    }

    /// How many jobs wait or run, and how many were set aside.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn counts(&self) -> Result<(u64, u64), Error> {
        let count = async |name: String| {
            let stream = self
                .context
                .get_stream(name)
                .await
                .map_err(BoxError::from)?;
            Ok::<u64, Error>(stream.cached_info().state.messages)
        };
        Ok((
            count(self.name.clone()).await?,
            count(format!("{}-dead", self.name)).await?,
        ))
    }

    /// One job, because what is fetched in advance could not be given to another worker.
    async fn next(&self) -> Result<Option<Message>, BoxError> {
        let batch = self.consumer.batch().max_messages(1).expires(PATIENCE);
        batch.messages().await?.next().await.transpose()
    }

    /// The connection is lost, or the server has started again. Fails only if the server answers
    /// that it does not want this queue.
    async fn recover(&self) -> Result<(), BoxError> {
        sleep(Duration::from_millis(100)).await;
        match open(&self.context, &self.name, &self.limits).await {
            Err(error) if is_refused(&error) => Err(error),
            _ => Ok(()),
        }
    }

    /// What fails here only makes the server deliver the job again.
    async fn run<F: Future<Output = Verdict>>(&self, message: Message, f: &impl Fn(Job) -> F) {
        let id = message
            .headers
            .as_ref()
            .and_then(|headers| headers.get(NATS_MESSAGE_ID));
        let id = id.map_or_else(String::new, ToString::to_string);
        let deliveries = message.info().map_or(1, |info| info.delivered);
        let bytes = message.payload.to_vec();
        // Counted here and not by the server, which would leave the job where it is.
        if deliveries > self.limits.deliveries {
            return self.set_aside(&id, message).await;
        }
        let mut work = pin!(f(Job {
            id: id.clone(),
            bytes,
            deliveries
        }));
        let verdict = loop {
            match select(work, pin!(sleep(self.limits.silence / 3))).await {
                Either::Left((verdict, _)) => break verdict,
                Either::Right(((), unfinished)) => {
                    let _ = message.ack_with(AckKind::Progress).await;
                    work = unfinished;
                }
            }
        };
        match verdict {
            // Waits for the server's answer, so a job that is counted as done stays done.
            Verdict::Done => drop(message.double_ack().await),
            Verdict::Again(after) => drop(message.ack_with(AckKind::Nak(Some(after))).await),
            Verdict::Poison => self.set_aside(&id, message).await,
        }
    }

    /// First it is stored among the dead, and then it is removed: if this ends in between, both
    /// happen again, and the id keeps it from being stored twice.
    async fn set_aside(&self, id: &str, message: Message) {
        let subject = format!("{}.dead", self.name);
        let stored = self.publish(subject, id, message.payload.to_vec()).await;
        if stored.is_ok() {
            let _ = message.double_ack_with(AckKind::Term).await;
        }
    }

    /// Whether it is new.
    async fn publish(&self, subject: String, id: &str, bytes: Vec<u8>) -> Result<bool, BoxError> {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, id.parse::<HeaderValue>()?);
        let sent = self
            .context
            .publish_with_headers(subject, headers, bytes.into())
            .await?;
        Ok(!sent.await?.duplicate)
    }
}

/// Makes the two streams and the workers' consumer. If they exist, the server only compares.
async fn open(
    context: &Context,
    name: &str,
    limits: &Limits,
) -> Result<Consumer<pull::Config>, BoxError> {
    let jobs = Config {
        name: name.to_owned(),
        subjects: vec![format!("{name}.jobs")],
        retention: RetentionPolicy::WorkQueue, // a job is removed when it is acknowledged
        discard: DiscardPolicy::New, // a full queue refuses, instead of forgetting the oldest
        max_messages: limits.jobs,
        duplicate_window: limits.remembered,
        ..Config::default()
    };
    let dead = Config {
        name: format!("{name}-dead"),
        subjects: vec![format!("{name}.dead")],
        ..Config::default()
    };
    context.create_stream(dead).await?;
    let workers = pull::Config {
        durable_name: Some("workers".to_owned()),
        ack_policy: AckPolicy::Explicit,
        ack_wait: limits.silence,
        max_ack_pending: limits.running,
        max_deliver: -1, // see `run`
        ..pull::Config::default()
    };
    let jobs = context.create_stream(jobs).await?;
    Ok(jobs.create_consumer(workers).await?)
}

/// Whether the server answered, and trying again would not help. One that has just started answers
/// 503.
fn is_refused(error: &BoxError) -> bool {
    let stream = error
        .downcast_ref::<CreateStreamError>()
        .map(|error| error.kind());
    let consumer = error
        .downcast_ref::<ConsumerError>()
        .map(|error| error.kind());
    match (stream, consumer) {
        (Some(CreateStreamErrorKind::JetStream(answer)), _)
        | (_, Some(ConsumerErrorKind::JetStream(answer))) => answer.code() < 500,
        _ => false,
    }
}
